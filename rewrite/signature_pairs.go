package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// signatureMakers are the functions that make a SignatureDef.
var signatureMakers = []string{"saved_model.build_signature_def", "saved_model.predict_signature_def",
	"saved_model.classification_signature_def", "saved_model.regression_signature_def"}

// signaturePairs is what becomes of the SignatureDefs that a file collects by code of its own, in loops, in comprehensions or in functions: what makes one
// becomes the dicts of its tensors, wherever it stands, and build_tensor_info its tensor. The code that collects them stays as it is.
type signaturePairs struct {
	edits []Edit
	// kinds tells that the method names stand beside the dicts, since some are not TensorFlow Serving's predict.
	kinds bool
	ok    bool
}

// pairs are those of the file. They are not ok where something else may look into the SignatureDefs, or where one of them is more than such dicts.
func (p *program) pairs() signaturePairs {
	if p.signaturePairs == nil {
		found := p.findPairs()
		p.signaturePairs = &found
	}
	return *p.signaturePairs
}

func (p *program) findPairs() signaturePairs {
	var out signaturePairs
	own, ok := p.ownSignatures()
	if !ok || p.takesSignaturesApart() || p.handsOnMakers() {
		return out
	}
	for _, c := range p.Calls("saved_model.build_tensor_info") {
		tensor, state := c.Arg("tensor", 0)
		if state != analyzer.Present || !p.replaceable(c) {
			return out
		}
		if own[c] {
			continue
		}
		out.edits = append(out.edits, Edit{c.Pos(), p.argText(tensor.Value)})
		if comp, of := p.eachOf(c, tensor.Value); comp != nil {
			out.edits = append(out.edits, Edit{comp.Pos(), "dict(" + p.text(of) + ")"})
		}
	}
	var makers []*analyzer.Call
	for _, c := range p.Calls(signatureMakers...) {
		if !p.replaceable(c) {
			return out
		}
		if !own[c] {
			makers = append(makers, c)
			out.kinds = out.kinds || !p.surelyPredict(c)
		}
	}
	infos := out.edits
	for _, c := range makers {
		text, ok := p.sides(c, infos, out.kinds)
		if !ok {
			return out
		}
		out.edits = append(out.edits, Edit{c.Pos(), text})
	}
	out.edits = dropInner(out.edits)
	out.ok = len(makers) > 0
	return out
}

// eachOf is the comprehension that calls c for the value of each item of a dict, and keeps the keys, with that dict; nil if c stands in no such one.
func (p *program) eachOf(c *analyzer.Call, value analyzer.Expr) (comp *analyzer.Comp, dict analyzer.Expr) {
	comp, ok := p.f.Parent(c).(*analyzer.Comp)
	if !ok || comp.Kind != analyzer.DictSeq || comp.Value != analyzer.Expr(c) || len(comp.Clauses) != 1 || p.binds("dict") {
		return nil, nil
	}
	items, ok := comp.Clauses[0].Iter.(*analyzer.Call)
	target, isSeq := comp.Clauses[0].Target.(*analyzer.Seq)
	if !ok || !isSeq || len(items.Args) > 0 || len(target.Elems) != 2 {
		return nil, nil
	}
	of, ok := items.Fn.(*analyzer.Attribute)
	if !ok || of.Attr != "items" || p.f.Text(target.Elems[0].Pos()) != p.f.Text(comp.Elt.Pos()) || p.f.Text(target.Elems[1].Pos()) != p.f.Text(value.Pos()) {
		return nil, nil
	}
	return comp, of.X
}

// binds tells whether the file has something of its own under a name.
func (p *program) binds(name string) bool {
	return slices.ContainsFunc(p.f.Bindings(), func(b *analyzer.Binding) bool { return b.Ident == name })
}

// isOpen tells whether the signatures of an export are known only when the program runs, or can't be written out where the meta graph is added.
func (p *program) isOpen(e *rules.Export) bool {
	for _, mg := range e.MetaGraphs {
		add := p.f.StmtOf(mg.Call)
		if mg.Unseen != "" {
			return true
		}
		if mg, _ = p.asGiven(mg, add); p.signaturesMove(mg, add) != "" {
			return true
		}
	}
	return false
}

// openExports are the exports of the file that are open.
func (p *program) openExports() (out []*rules.Export) {
	for _, s := range p.Sites {
		if e, ok := s.(*rules.Export); ok && e.Builder != nil && p.isOpen(e) {
			out = append(out, e)
		}
	}
	return out
}

// ownSignatures are the calls that make the signatures and TensorInfos of exports that are not open, each used there and nowhere else. ok is false
// where something of the file that writes a SavedModel may share its SignatureDefs with the open exports.
func (p *program) ownSignatures() (own map[*analyzer.Call]bool, ok bool) {
	own = map[*analyzer.Call]bool{}
	for _, s := range p.Sites {
		if _, foreign := s.(*rules.BuilderUse); foreign {
			return nil, false
		}
		e, isExport := s.(*rules.Export)
		if !isExport || e.Builder == nil || p.isOpen(e) {
			continue
		}
		gone := map[analyzer.Stmt]bool{}
		for _, mg := range e.MetaGraphs {
			gone[p.f.StmtOf(mg.Call)] = true
		}
		for _, pl := range slices.Backward(e.Places()) {
			if pl.Role != rules.RoleSignature && pl.Role != rules.RoleTensorInfo {
				continue
			}
			st := p.f.StmtOf(pl.Call)
			if made, isAssign := st.(*analyzer.Assign); !gone[st] && (!isAssign || p.usedElsewhere(made, gone, nil)) {
				return nil, false
			}
			gone[st] = true
			own[pl.Call] = true
		}
	}
	return own, true
}

// surelyPredict tells whether a call makes a SignatureDef for TensorFlow Serving's predict.
func (p *program) surelyPredict(c *analyzer.Call) bool {
	api, _ := p.Callee(c)
	if api.Name != "saved_model.build_signature_def" {
		return api.Name == "saved_model.predict_signature_def"
	}
	method, state := c.Arg("method_name", 2)
	if state != analyzer.Present {
		return false
	}
	name, ok := p.String(method.Value)
	return ok && name == rules.PredictMethod
}

// fixedSides are the keys that the functions for classification and regression give their arguments, by the parameters. Source: signature_def_utils_impl.py.
var fixedSides = map[string]struct {
	params, keys []string
	method       string
}{
	"saved_model.classification_signature_def": {[]string{"examples", "classes", "scores"}, []string{"inputs", "classes", "scores"}, rules.ClassifyMethod},
	"saved_model.regression_signature_def":     {[]string{"examples", "predictions"}, []string{"inputs", "outputs"}, rules.RegressMethod},
}

// sides is the text of a call that makes a SignatureDef as its two dicts, and with kinds its method name.
func (p *program) sides(c *analyzer.Call, inner []Edit, kinds bool) (text string, ok bool) {
	var parts []string
	method := p.v2("saved_model.PREDICT_METHOD_NAME")
	api, _ := p.Callee(c)
	if fixed, isFixed := fixedSides[api.Name]; isFixed {
		sides := [2][]string{}
		for i, param := range fixed.params {
			a, state := c.Arg(param, i)
			if state == analyzer.Absent || state == analyzer.Present && rules.IsNone(a.Value) {
				continue
			}
			if state == analyzer.Unknowable || p.mayBeNone(a.Value) {
				return "", false
			}
			entry := p.quote(fixed.keys[i]) + ": " + p.spanText(a.Value.Pos(), inner)
			sides[min(i, 1)] = append(sides[min(i, 1)], entry)
		}
		method = p.methodText(fixed.method)
		parts = []string{"{" + strings.Join(sides[0], ", ") + "}", "{" + strings.Join(sides[1], ", ") + "}"}
	} else {
		for i, name := range []string{"inputs", "outputs"} {
			a, state := c.Arg(name, i)
			switch {
			case state == analyzer.Unknowable:
				return "", false
			case state == analyzer.Absent || rules.IsNone(a.Value):
				parts = append(parts, "{}")
			default:
				parts = append(parts, p.spanText(a.Value.Pos(), inner))
			}
		}
		if api.Name == "saved_model.build_signature_def" {
			a, state := c.Arg("method_name", 2)
			if state != analyzer.Present {
				return "", false
			}
			if name, isConst := p.String(a.Value); isConst && name != rules.PredictMethod {
				method = p.methodText(name)
			} else if !isConst {
				method = p.oneLine(a.Value)
			}
		}
	}
	if kinds {
		parts = append(parts, method)
	}
	text = "(" + strings.Join(parts, ", ") + ")"
	if strings.Contains(text, "\n") {
		if folded := fold(text); len(folded) <= 90 {
			text = folded
		}
	}
	return text, true
}

// mayBeNone tells whether the value of an expression is out of view or may be None.
func (p *program) mayBeNone(e analyzer.Expr) bool {
	v := p.f.Trace(e)
	return len(v.Origins) == 0 || slices.ContainsFunc(v.Origins, func(o analyzer.Origin) bool {
		return o.Expr != nil && rules.IsNone(o.Expr) || o.Kind == analyzer.FromParam
	})
}

// mapInView tells whether e is a dict that this file makes and nothing else, as far as callers are in view.
func (p *program) mapInView(e analyzer.Expr) bool { return p.isMap(e, 4) }

func (p *program) isMap(e analyzer.Expr, depth int) bool {
	v := p.f.Trace(e)
	some := false
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
		case *analyzer.Attribute:
			if depth == 0 || !p.isMapProperty(x, depth) {
				return false
			}
		default:
			if !rules.IsNone(x) {
				return false
			}
			continue
		}
		some = true
	}
	return some
}

// isMapProperty tells whether all that the file defines under the name of an attribute are properties that give such dicts.
func (p *program) isMapProperty(a *analyzer.Attribute, depth int) bool {
	some, other := false, false
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.FuncDef:
			if n.Name.ID != a.Attr {
				break
			}
			returned := p.f.Returns(n)
			isProperty := len(n.Decorators) == 1 && p.f.Text(n.Decorators[0].Pos()) == "property"
			some = true
			other = other || !isProperty || len(returned) == 0 || slices.ContainsFunc(returned, func(e analyzer.Expr) bool { return !p.isMap(e, depth-1) })
		case *analyzer.Assign:
			for _, t := range n.Targets {
				set, isAttr := t.(*analyzer.Attribute)
				other = other || isAttr && set.Attr == a.Attr
			}
		}
		return true
	})
	return some && !other
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
	case *analyzer.Assign, *analyzer.Dict, *analyzer.Comp, *analyzer.Call, *analyzer.Return, *analyzer.Seq, *analyzer.Cond, *analyzer.Lambda:
		return true
	}
	return false
}

// handsOnMakers tells whether what makes a SignatureDef or a TensorInfo is used otherwise than to be called, under its own name or another: something
// that is handed it may call it.
func (p *program) handsOnMakers() bool {
	called := func(n analyzer.Node) bool {
		c, ok := p.f.Parent(n).(*analyzer.Call)
		return ok && c.Fn == n
	}
	for _, u := range p.uses {
		if u.api.Name != "saved_model.build_tensor_info" && !slices.Contains(signatureMakers, u.api.Name) || called(u.node) {
			continue
		}
		st, ok := p.f.Parent(u.node).(*analyzer.Assign)
		if !ok || len(st.Targets) != 1 {
			return true
		}
		target, ok := st.Targets[0].(*analyzer.Name)
		if !ok {
			return true
		}
		b := p.f.BindingOf(target)
		if b == nil || len(b.Scope.Vars[b.Ident].Bindings) != 1 || slices.ContainsFunc(p.f.Uses(b), func(n *analyzer.Name) bool { return !called(n) }) {
			return true
		}
	}
	return false
}
