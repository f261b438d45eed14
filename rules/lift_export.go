package rules

import (
	"cmp"
	"slices"
	"sort"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// liftBuilders lifts every Builder with the calls of its methods. What is called on a Builder that another function made belongs to that
// Builder's site, which is not all in view then; what is called on one that another file made is a site of its own.
func liftBuilders(x *Facts) []Site {
	var out []Site
	passed, foreign := x.passedBuilders()
	for _, c := range x.Calls("saved_model.Builder") {
		e := &Export{Builder: c, places: []Place{{RoleBuilder, c}}}
		if dir, state := c.Arg("export_dir", 0); state == analyzer.Present {
			e.Directory = dir.Value
		} else {
			e.Doubt = "the export directory is not among the arguments in view"
		}
		for _, m := range x.Methods(c, "add_meta_graph_and_variables", "add_meta_graph") {
			mg, places, doubt := x.liftMetaGraph(m)
			e.MetaGraphs = append(e.MetaGraphs, mg)
			e.places = append(e.places, Place{RoleAdd, m})
			e.places = append(e.places, places...)
			if e.Doubt == "" {
				e.Doubt = doubt
			}
		}
		saves := x.Methods(c, "save")
		for _, s := range saves {
			e.Save = s
			e.places = append(e.places, Place{RoleSave, s})
		}
		for _, m := range passed[c] {
			e.places = append(e.places, x.builderPlaces(m)...)
			e.Passed = true
			switch {
			case m.alias:
				e.Doubt = "a method of the Builder is called by another name"
			case m.method == "save":
				e.Save = m.call
				saves = append(saves, m.call)
			default:
				mg, _, doubt := x.liftMetaGraph(m.call)
				e.MetaGraphs = append(e.MetaGraphs, mg)
				e.Doubt = cmp.Or(e.Doubt, doubt)
			}
		}
		switch {
		case e.Doubt != "":
		case len(saves) == 0:
			e.Doubt = "no call of the Builder's save is in view"
		case len(saves) > 1:
			e.Doubt = "the Builder's save is called in several places"
		case len(e.MetaGraphs) == 0:
			e.Doubt = "no meta graph is added in view"
		default:
			for _, mg := range e.MetaGraphs {
				e.Doubt = cmp.Or(e.Doubt, mg.Unseen)
			}
		}
		e.places = sortPlaces(e.places)
		out = append(out, e)
	}
	for _, calls := range foreign {
		e := &BuilderUse{}
		for _, m := range calls {
			e.places = append(e.places, x.builderPlaces(m)...)
		}
		e.places = sortPlaces(e.places)
		out = append(out, e)
	}
	return out
}

// addMethods are a Builder's methods that add a meta graph; builderMethods are all of them.
var (
	addMethods     = []string{"add_meta_graph_and_variables", "add_meta_graph"}
	builderMethods = append(slices.Clip(addMethods), "save")
)

// passedBuilders are the method calls on Builders that their file's Builders reach through other functions, and those on Builders that are
// made out of view, by receiver.
func (x *Facts) passedBuilders() (passed map[*analyzer.Call][]methodCall, foreign [][]methodCall) {
	type place struct {
		f    *analyzer.FuncDef
		name string
	}
	passed = map[*analyzer.Call][]methodCall{}
	groups := map[place]int{}
	makes := x.makes("saved_model.Builder")
	here := len(x.Calls("saved_model.Builder")) > 0
	if !here && len(x.methodCalls(addMethods...)) == 0 {
		return passed, nil
	}
	for _, m := range x.methodCalls(builderMethods...) {
		if m.method == "save" && !here && len(groups) == 0 {
			continue // many things have a method of that name
		}
		if _, ok := x.MadeBy(m.on, "saved_model.Builder"); ok && !m.alias {
			continue // in view
		}
		at := place{x.File.FuncOf(m.call), analyzer.Dotted(m.on)}
		if s, ok := m.on.(*analyzer.Subscript); ok {
			at.name = x.File.Text(s.Span)
		}
		k, made := x.receiver(m.on, makes)
		switch {
		case k == isSuch && len(made) > 0 && !slices.ContainsFunc(made, func(c *analyzer.Call) bool { return !x.Is(c, "saved_model.Builder") }):
			for _, c := range made {
				passed[c] = append(passed[c], m)
			}
		case m.method == "save" && k != isOther && at.name != "":
			if i, ok := groups[at]; ok {
				foreign[i] = append(foreign[i], m)
			}
		case m.method != "save" && (k == isSuch || k == isUnknown && addsMetaGraph(m)):
			i, ok := groups[at]
			if !ok {
				i = len(foreign)
				foreign = append(foreign, nil)
				if at.name != "" {
					groups[at] = i
				}
			}
			foreign[i] = append(foreign[i], m)
		}
	}
	return passed, foreign
}

// addsMetaGraph tells whether a call on something unknown can only be a Builder's: no other class has a method of that name with
// these arguments. (tf.summary.FileWriter.add_meta_graph takes a MetaGraphDef and a step.)
func addsMetaGraph(m methodCall) bool {
	_, sigs := m.call.Arg("signature_def_map", -1)
	if m.method == "add_meta_graph" {
		return sigs == analyzer.Present
	}
	_, tags := m.call.Arg("tags", 1)
	return sigs == analyzer.Present || tags == analyzer.Present
}

// builderPlaces are a method call on a Builder, with the signatures that it adds.
func (x *Facts) builderPlaces(m methodCall) []Place {
	if m.method == "save" {
		return []Place{{RoleSave, m.call}}
	}
	out := []Place{{RoleAdd, m.call}}
	if m.alias {
		return out
	}
	_, places, _ := x.liftMetaGraph(m.call)
	return append(out, places...)
}

func liftSimpleSaves(x *Facts) []Site {
	var out []Site
	for _, c := range x.Calls("saved_model.simple_save") {
		e := &Export{Save: c, places: []Place{{RoleSimpleSave, c}}}
		mg := MetaGraph{Call: c, Variables: true, Options: map[string]analyzer.Expr{}}
		sig := Signature{Method: PredictMethod}
		for i, name := range []string{"session", "export_dir", "inputs", "outputs", "legacy_init_op"} {
			a, state := c.Arg(name, i)
			if state == analyzer.Unknowable {
				e.Doubt = "some arguments come from * or **"
				break
			}
			if state == analyzer.Absent {
				if name != "legacy_init_op" {
					e.Doubt = "the argument " + name + " is missing"
				}
				continue
			}
			switch name {
			case "session":
				mg.Session = a.Value
			case "export_dir":
				e.Directory = a.Value
			case "inputs":
				sig.Inputs = x.mapping(a.Value)
			case "outputs":
				sig.Outputs = x.mapping(a.Value)
			default:
				if !IsNone(a.Value) {
					mg.Options[name] = a.Value
				}
			}
		}
		mg.Signatures = []Signature{sig}
		e.MetaGraphs = []MetaGraph{mg}
		out = append(out, e)
	}
	return out
}

// liftMetaGraph reads the arguments of add_meta_graph_and_variables(sess, tags, signature_def_map, ...) or add_meta_graph(tags,
// signature_def_map, ...). doubt says what is out of view.
func (x *Facts) liftMetaGraph(c *analyzer.Call) (mg MetaGraph, places []Place, doubt string) {
	mg = MetaGraph{Call: c, Options: map[string]analyzer.Expr{}}
	mg.Variables = c.Fn.(*analyzer.Attribute).Attr == "add_meta_graph_and_variables"
	names := []string{"sess", "tags", "signature_def_map", "assets_collection", "legacy_init_op", "clear_devices", "main_op", "strip_default_attrs", "saver"}
	if !mg.Variables {
		names = []string{"tags", "signature_def_map", "assets_collection", "legacy_init_op", "clear_devices", "main_op", "strip_default_attrs", "saver"}
	}
	for _, a := range c.Args {
		if a.Name == "train_op" {
			mg.Options["train_op"] = a.Value
		}
	}
	for i, name := range names {
		a, state := c.Arg(name, i)
		if state == analyzer.Unknowable {
			return mg, places, "some arguments come from * or **"
		}
		if state == analyzer.Absent {
			continue
		}
		switch name {
		case "sess":
			mg.Session = a.Value
		case "tags":
			mg.Tags = a.Value
		case "signature_def_map":
			sigs, ps, d := x.signatureMap(a.Value)
			mg.Signatures, mg.SignatureMap, mg.Unseen = sigs, a.Value, d
			places = append(places, ps...)
			if d != "" {
				places = append(places, x.partsOf(a.Value)...)
			}
		default:
			if !IsNone(a.Value) && !IsFalse(a.Value) {
				mg.Options[name] = a.Value
			}
		}
	}
	if doubt == "" && (mg.Tags == nil || mg.Variables && mg.Session == nil) {
		doubt = "an argument that has to be there is missing"
	}
	return mg, places, doubt
}

// IsNone tells whether e is written as None.
func IsNone(e analyzer.Expr) bool {
	c, ok := e.(*analyzer.Const)
	return ok && c.Text == "None"
}

// IsFalse tells whether e is written as False.
func IsFalse(e analyzer.Expr) bool {
	c, ok := e.(*analyzer.Const)
	return ok && c.Text == "False"
}

func sortPlaces(ps []Place) []Place {
	sort.SliceStable(ps, func(i, j int) bool { return ps[i].Call.Start < ps[j].Call.Start })
	out := ps[:0]
	for i, p := range ps {
		if i == 0 || p.Call != ps[i-1].Call {
			out = append(out, p)
		}
	}
	return out
}
