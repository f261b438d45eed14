package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// signaturePairs turns the SignatureDefs that a file makes for its one export into what save_session takes: build_signature_def and
// predict_signature_def become the pair of their dicts, and build_tensor_info its tensor, wherever they stand. The code that collects them, in
// loops, in comprehensions or in functions of its own, stays as it is. ok is false where something else in the file may look into
// them, or where one of them is more than such a pair.
func (p *program) signaturePairs(mg rules.MetaGraph) (edits []Edit, ok bool) {
	if !p.onlyExport() || !p.dictInView(mg.SignatureMap) || p.takesSignaturesApart() {
		return nil, false
	}
	infos := p.Calls("saved_model.build_tensor_info")
	for _, c := range infos {
		tensor, state := c.Arg("tensor", 0)
		if state != analyzer.Present || !p.replaceable(c) {
			return nil, false
		}
		edits = append(edits, Edit{c.Pos(), p.argText(tensor.Value)})
	}
	signatures := p.Calls("saved_model.build_signature_def", "saved_model.predict_signature_def",
		"saved_model.classification_signature_def", "saved_model.regression_signature_def")
	for _, c := range signatures {
		pair, ok := p.pair(c, edits)
		if !ok || !p.replaceable(c) {
			return nil, false
		}
		edits = append(edits, Edit{c.Pos(), pair})
	}
	return dropInner(edits), len(signatures) > 0
}

// pair is the text of a call that makes a SignatureDef as a pair of dicts.
func (p *program) pair(c *analyzer.Call, inner []Edit) (text string, ok bool) {
	if api, _ := p.Callee(c); api.Name == "saved_model.build_signature_def" {
		method, state := c.Arg("method_name", 2)
		if state != analyzer.Present {
			return "", false
		}
		if name, ok := p.String(method.Value); !ok || name != rules.PredictMethod {
			return "", false
		}
	} else if api.Name != "saved_model.predict_signature_def" {
		return "", false
	}
	var sides []string
	for i, name := range []string{"inputs", "outputs"} {
		a, state := c.Arg(name, i)
		switch {
		case state == analyzer.Unknowable:
			return "", false
		case state == analyzer.Absent || rules.IsNone(a.Value):
			sides = append(sides, "{}")
		default:
			sides = append(sides, p.spanText(a.Value.Pos(), inner))
		}
	}
	text = "(" + sides[0] + ", " + sides[1] + ")"
	if strings.Contains(text, "\n") {
		if folded := fold(text); len(folded) <= 90 {
			text = folded
		}
	}
	return text, true
}

// onlyExport tells whether nothing else in the file writes a SavedModel, which might take the same SignatureDefs.
func (p *program) onlyExport() bool {
	exports := 0
	for _, s := range p.Sites {
		switch s.(type) {
		case *rules.Export, *rules.BuilderUse:
			exports++
		}
	}
	return exports == 1
}

// dictInView tells whether e is a dict that this file makes and nothing else.
func (p *program) dictInView(e analyzer.Expr) bool {
	v := p.f.Trace(e)
	if v.Open || len(v.Origins) == 0 {
		return false
	}
	for _, o := range v.Origins {
		if o.Kind != analyzer.FromExpr || o.Context || o.Home != nil {
			return false
		}
		switch x := o.Expr.(type) {
		case *analyzer.Dict, *analyzer.Comp:
		case *analyzer.Call:
			fn, isName := x.Fn.(*analyzer.Name)
			if !isName || fn.ID != "dict" || len(p.f.Resolve(fn).Bindings) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// takesSignaturesApart tells whether the file names something that is only asked of a SignatureDef or a TensorInfo.
func (p *program) takesSignaturesApart() bool {
	for _, u := range p.uses {
		switch u.api.Name {
		case "saved_model.is_valid_signature", "saved_model.get_tensor_from_tensor_info", "TensorInfo":
			return true
		}
	}
	found := false
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Attribute:
			switch n.Attr {
			case "inputs", "outputs":
				_, found = p.MadeBy(n.X, "saved_model.build_signature_def", "saved_model.predict_signature_def")
			case "method_name", "tensor_shape", "coo_sparse", "CopyFrom", "SignatureDef", "signature_def", "SerializeToString", "meta_graph_pb2":
				found = true
			}
		case *analyzer.Name:
			found = found || n.ID == "SignatureDef" || n.ID == "TensorInfo" || n.ID == "meta_graph_pb2"
		}
		return !found
	})
	return found
}

// replaceable tells whether a call stands where any value may stand, with no comment inside that would be lost.
func (p *program) replaceable(c *analyzer.Call) bool {
	if len(p.commentsIn(c.Pos())) > 0 {
		return false
	}
	switch p.f.Parent(c).(type) {
	case *analyzer.Assign, *analyzer.Dict, *analyzer.Comp, *analyzer.Call, *analyzer.Return, *analyzer.Seq:
		return true
	}
	return false
}
