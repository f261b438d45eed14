package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

// signatureCalls are the functions that make a SignatureDef.
var signatureCalls = []string{
	"saved_model.predict_signature_def", "saved_model.build_signature_def",
	"saved_model.classification_signature_def", "saved_model.regression_signature_def",
}

// signatureMap lifts the value of signature_def_map: a dict display whose values are SignatureDefs made in view.
func (x *Facts) signatureMap(e analyzer.Expr) (sigs []Signature, places []Place, doubt string) {
	made, ok := x.File.OnlyExpr(e)
	d, isDict := made.(*analyzer.Dict)
	if !ok || !isDict {
		return nil, nil, "the signature map is made out of view"
	}
	items, ok := x.itemsOf(e, d)
	if !ok {
		return nil, nil, "the signature map is changed after it is made"
	}
	for _, it := range items {
		if it.Key == nil {
			return sigs, places, "the signature map holds another dict"
		}
		c, ok := x.MadeBy(it.Value, signatureCalls...)
		if !ok {
			return sigs, places, "a signature is made out of view"
		}
		sig, ps, d := x.signature(c)
		sig.Key = it.Key
		sigs = append(sigs, sig)
		places = append(places, Place{RoleSignature, c})
		places = append(places, ps...)
		if d != "" {
			doubt = d
		}
	}
	return sigs, places, doubt
}

// itemsOf are the items of the dict that e names once d made it: those of the display, and those that statements behind it set for sure, each a key of its
// own. ok is false where it may be changed otherwise.
func (x *Facts) itemsOf(e analyzer.Expr, d *analyzer.Dict) (items []analyzer.DictItem, ok bool) {
	if e == analyzer.Expr(d) {
		return d.Items, true
	}
	sets, ok := x.changesOf(d)
	if !ok || len(sets) == 0 {
		return d.Items, ok
	}
	made := x.File.StmtOf(d)
	items = append(items, d.Items...)
	keys := map[string]bool{}
	for _, set := range sets {
		sub := set.Targets[0].(*analyzer.Subscript)
		key := ""
		if len(sub.Index) == 1 {
			key, _ = x.String(sub.Index[0])
		}
		if set.Value == nil || key == "" || keys[key] || set.Start > e.Pos().Start || !x.always(set, made) {
			return nil, false
		}
		keys[key] = true
		items = append(items, analyzer.DictItem{Key: sub.Index[0], Value: set.Value})
	}
	for _, it := range d.Items {
		if key, ok := x.String(it.Key); it.Key == nil || !ok || keys[key] {
			return nil, false
		}
	}
	return items, true
}

// always tells whether a statement runs whenever the one in front of it does: only with statements stand around it and not around the other.
func (x *Facts) always(s, front analyzer.Stmt) bool {
	block, _ := x.File.BlockOf(front)
	for {
		b, _ := x.File.BlockOf(s)
		if b == block {
			return s.Pos().Start > front.Pos().Start
		}
		with, ok := x.File.Parent(b).(*analyzer.With)
		if !ok {
			return false
		}
		s = with
	}
}

// unchanged tells whether what e names is surely the dict d as it was made.
func (x *Facts) unchanged(e analyzer.Expr, d *analyzer.Dict) bool {
	if e == analyzer.Expr(d) {
		return true
	}
	sets, ok := x.changesOf(d)
	return ok && len(sets) == 0
}

// signature lifts one call that makes a SignatureDef.
func (x *Facts) signature(c *analyzer.Call) (sig Signature, places []Place, doubt string) {
	sig.Call = c
	arg := func(name string, pos int) analyzer.Expr {
		a, state := c.Arg(name, pos)
		if state == analyzer.Unknowable {
			doubt = "some arguments come from * or **"
		}
		if state != analyzer.Present {
			return nil
		}
		return a.Value
	}
	named := func(pairs ...any) (items []Item) {
		for i := 0; i < len(pairs); i += 2 {
			if e := pairs[i+1].(analyzer.Expr); e != nil && !IsNone(e) {
				items = append(items, Item{Name: pairs[i].(string), Tensor: e})
			}
		}
		return items
	}
	api, _ := x.Callee(c)
	switch api.Name {
	case "saved_model.predict_signature_def":
		sig.Method = PredictMethod
		in, out := arg("inputs", 0), arg("outputs", 1)
		if in == nil || out == nil {
			return sig, nil, "an argument that has to be there is missing"
		}
		sig.Inputs, sig.Outputs = x.mapping(in), x.mapping(out)
	case "saved_model.build_signature_def":
		return x.builtSignature(c, arg("inputs", 0), arg("outputs", 1), arg("method_name", 2))
	// The fixed keys are those of signature_def_utils_impl.py.
	case "saved_model.classification_signature_def":
		sig.Method = ClassifyMethod
		sig.Inputs.Items = named("inputs", exprOrNone(arg("examples", 0)))
		sig.Outputs.Items = named("classes", exprOrNone(arg("classes", 1)), "scores", exprOrNone(arg("scores", 2)))
	case "saved_model.regression_signature_def":
		sig.Method = RegressMethod
		sig.Inputs.Items = named("inputs", exprOrNone(arg("examples", 0)))
		sig.Outputs.Items = named("outputs", exprOrNone(arg("predictions", 1)))
	}
	return sig, nil, doubt
}

// exprOrNone gives named a None literal where there is no argument.
func exprOrNone(e analyzer.Expr) analyzer.Expr {
	if e == nil {
		return &analyzer.Const{Text: "None"}
	}
	return e
}

// builtSignature lifts build_signature_def, whose dicts hold TensorInfos instead of tensors.
func (x *Facts) builtSignature(c *analyzer.Call, in, out, method analyzer.Expr) (sig Signature, places []Place, doubt string) {
	sig.Call = c
	if method == nil {
		return sig, nil, "the signature has no method name in view"
	}
	m, ok := x.String(method)
	if !ok {
		return sig, nil, "the signature's method name is not constant"
	}
	sig.Method = m
	for _, side := range []struct {
		e   analyzer.Expr
		out *Mapping
	}{{in, &sig.Inputs}, {out, &sig.Outputs}} {
		if side.e == nil || IsNone(side.e) {
			continue
		}
		made, ok := x.File.OnlyExpr(side.e)
		d, isDict := made.(*analyzer.Dict)
		if !ok || !isDict || !x.unchanged(side.e, d) {
			return sig, places, "the TensorInfos of a signature are collected out of view"
		}
		for _, it := range d.Items {
			if it.Key == nil {
				return sig, places, "the TensorInfos of a signature are collected out of view"
			}
			info, ok := x.MadeBy(it.Value, "saved_model.build_tensor_info")
			if !ok {
				return sig, places, "a TensorInfo is made out of view"
			}
			a, state := info.Arg("tensor", 0)
			if state != analyzer.Present {
				return sig, places, "a TensorInfo is made out of view"
			}
			places = append(places, Place{RoleTensorInfo, info})
			side.out.Items = append(side.out.Items, x.item(it.Key, a.Value))
		}
	}
	return sig, places, ""
}

func (x *Facts) item(key, tensor analyzer.Expr) Item {
	name, _ := x.String(key)
	return Item{Key: key, Name: name, Tensor: tensor}
}

// mapping lifts a dict of tensors, as a whole where it is no display in view.
func (x *Facts) mapping(e analyzer.Expr) Mapping {
	made, ok := x.File.OnlyExpr(e)
	d, isDict := made.(*analyzer.Dict)
	if !ok || !isDict || !x.unchanged(e, d) {
		return Mapping{Whole: e}
	}
	m := Mapping{Given: e}
	for _, it := range d.Items {
		if it.Key == nil {
			return Mapping{Whole: e}
		}
		m.Items = append(m.Items, x.item(it.Key, it.Value))
	}
	return m
}
