package rules

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// liftEstimatorExports lifts the exports of objects that are Estimators: whatever is known of the receiver is one, also where it comes from a
// function or from callers in view. Where nothing is known of it, what is passed can tell: only an Estimator takes a function that gives a
// ServingInputReceiver. Two functions of tf.contrib export the Estimator that is their first argument.
func liftEstimatorExports(x *Facts) []Site {
	var out []Site
	for _, c := range x.Calls("contrib.estimator.export_saved_model_for_mode", "contrib.estimator.export_all_saved_models") {
		if est, state := c.Arg("estimator", 0); state == analyzer.Present {
			api, _ := x.Callee(c)
			out = append(out, &EstimatorExport{Call: c, Estimator: est.Value, Method: api.Name, Classes: x.estimatorClasses(est.Value)})
		}
	}
	for _, m := range x.methodCalls(exportMethods...) {
		if x.isFallback(m.call, out) {
			continue
		}
		e := &EstimatorExport{Call: m.call, Estimator: m.on, Method: m.method, Classes: x.estimatorClasses(m.on)}
		switch k, _ := x.receiver(m.on, x.estimatorClass); {
		case k == isSuch:
		case x.isOwnEstimator(m.on):
			e.Doubt = "it is called on the Estimator by a class that inherits from it"
		case k == isMixed:
			e.Doubt = "it is called on an Estimator or on something else"
		case k == isUnknown && x.takesReceiver(m.call):
			e.Doubt = "nothing in view says which Estimator it is"
		default:
			continue
		}
		if m.alias && !x.isOneMethod(m.call) {
			e.Doubt = "the method is called by another name"
		}
		e.Receivers = x.receiversOf(m.call)
		e.Choice, e.Fallback = x.otherRelease(m.call)
		out = append(out, e)
	}
	return out
}

// isFallback tells whether an export is the other branch of one that has been lifted.
func (x *Facts) isFallback(c *analyzer.Call, sites []Site) bool {
	return slices.ContainsFunc(sites, func(s Site) bool { return s.(*EstimatorExport).Fallback == c })
}

// isOneMethod tells whether whatever a name for a method stands for is the export of one Estimator, by one of the names that it has had.
func (x *Facts) isOneMethod(c *analyzer.Call) bool {
	methods, ok := x.File.MayBe(c.Fn)
	if !ok {
		return false
	}
	on, ok := methods[0].X.(*analyzer.Name)
	if !ok {
		return false
	}
	for _, m := range methods {
		n, ok := m.X.(*analyzer.Name)
		if !ok || m.Attr == "experimental_export_all_saved_models" {
			return false
		}
		a, b := x.File.Resolve(on).Bindings, x.File.Resolve(n).Bindings
		if len(a) != 1 || len(b) != 1 || a[0] != b[0] || x.File.FuncOf(m.X) != x.File.FuncOf(c) || len(a[0].Scope.Vars[a[0].Ident].Bindings) != 1 {
			return false
		}
	}
	return true
}

// otherRelease finds the statement that makes the same export by another name of the method, and that other call: the else of an if whose test
// only looks, or the handler of an AttributeError.
func (x *Facts) otherRelease(c *analyzer.Call) (choice analyzer.Stmt, other *analyzer.Call) {
	st := x.File.StmtOf(c)
	b, _ := x.File.BlockOf(st)
	if b == nil || len(b.Stmts) != 1 {
		return nil, nil
	}
	var second *analyzer.Block
	switch s := x.File.Parent(b).(type) {
	case *analyzer.If:
		if b == s.Body && x.onlyLooks(s.Test) {
			second = s.Else
		}
		choice = s
	case *analyzer.Try:
		if b == s.Body && len(s.Handlers) == 1 && s.Else == nil && s.Finally == nil {
			if n, ok := s.Handlers[0].Type.(*analyzer.Name); ok && n.ID == "AttributeError" {
				second = s.Handlers[0].Body
			}
		}
		choice = s
	}
	if second == nil || len(second.Stmts) != 1 {
		return nil, nil
	}
	for _, m := range x.methodCalls("export_saved_model", "export_savedmodel") {
		if x.File.StmtOf(m.call) == second.Stmts[0] && !m.alias && x.besideMethod(second.Stmts[0], m.call) == x.besideMethod(st, c) {
			return choice, m.call
		}
	}
	return nil, nil
}

// besideMethod is the source of a statement without its comments and the name of the method that it calls.
func (x *Facts) besideMethod(s analyzer.Stmt, c *analyzer.Call) string {
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok {
		return ""
	}
	var out strings.Builder
	at := s.Pos().Start
	leave := func(gap analyzer.Span) {
		if at <= gap.Start && gap.End <= s.Pos().End {
			out.WriteString(x.File.Text(analyzer.Span{Start: at, End: gap.Start}))
			at = gap.End
		}
	}
	gaps := append(slices.Clone(x.File.Comments), analyzer.Span{Start: a.End - len(a.Attr), End: a.End})
	slices.SortFunc(gaps, func(a, b analyzer.Span) int { return a.Start - b.Start })
	for _, g := range gaps {
		leave(g)
	}
	leave(analyzer.Span{Start: s.Pos().End, End: s.Pos().End})
	return strings.Join(strings.Fields(out.String()), " ")
}

// onlyLooks tells whether evaluating a test does nothing but look: at an attribute that may be missing, at a version.
func (x *Facts) onlyLooks(e analyzer.Expr) bool {
	looks := true
	analyzer.Walk(e, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Call:
			f, isName := n.Fn.(*analyzer.Name)
			if isName && len(x.File.Resolve(f).Bindings) == 0 {
				looks = looks && slices.Contains([]string{"hasattr", "getattr", "callable", "int", "tuple", "map"}, f.ID)
				break
			}
			a, isAttribute := n.Fn.(*analyzer.Attribute)
			looks = looks && isAttribute && slices.Contains([]string{"startswith", "split"}, a.Attr)
		case *analyzer.Walrus, *analyzer.Other:
			looks = false
		}
		return looks
	})
	return looks
}

// exporters are what makes the exporters that an EvalSpec takes, and before there were EvalSpecs the export strategies that an Experiment takes.
var exporters = []string{
	"estimator.BestExporter", "estimator.LatestExporter", "estimator.FinalExporter",
	"contrib.learn.make_export_strategy", "contrib.learn.utils.make_export_strategy",
	"contrib.learn.utils.saved_model_export_utils.make_export_strategy", "contrib.learn.utils.saved_model_export_utils.make_parsing_export_strategy",
	"contrib.learn.utils.saved_model_export_utils.make_best_model_export_strategy",
}

// liftExporters lifts the exporters that an EvalSpec takes.
func liftExporters(x *Facts) []Site {
	var out []Site
	for _, c := range x.Calls(exporters...) {
		e := &Exporter{Call: c, Receivers: x.receiversOf(c)}
		trained := x.Calls("estimator.train_and_evaluate")
		e.Open = len(trained) == 0
		for _, t := range trained {
			est, state := t.Arg("estimator", 0)
			if state != analyzer.Present {
				e.Open = true
				continue
			}
			k, _ := x.receiver(est.Value, x.estimatorClass)
			e.Open = e.Open || k != isSuch || x.File.Value(est.Value).Open
			e.Classes = append(e.Classes, x.estimatorClasses(est.Value)...)
		}
		out = append(out, e)
	}
	return out
}

// estimatorClasses are the classes and functions of TensorFlow's that made an Estimator, as far as they are in view.
func (x *Facts) estimatorClasses(e analyzer.Expr) []string {
	var out []string
	for _, o := range x.File.Trace(e).Origins {
		f := x.File
		if o.Home != nil {
			f = o.Home
		}
		c, ok := o.Expr.(*analyzer.Call)
		if !ok || !x.estimatorClass(c.Fn, f) {
			continue
		}
		if name := x.estimatorBase(c.Fn, f, 0); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// estimatorBase is the class of TensorFlow's that a callee is, or inherits from.
func (x *Facts) estimatorBase(fn analyzer.Expr, f *analyzer.File, depth int) string {
	if api, ok := x.apiIn(fn, f); ok {
		if isEstimatorAPI(api) {
			return api.Name
		}
		return ""
	}
	o, ok := f.Only(fn)
	class, isClass := o.Node.(*analyzer.ClassDef)
	if !ok || !isClass || depth > maxBases {
		return ""
	}
	if o.Home != nil {
		f = o.Home
	}
	for _, base := range class.Bases {
		if name := x.estimatorBase(base.Value, f, depth+1); base.Name == "" && name != "" {
			return name
		}
	}
	return ""
}

// receiversOf are the calls of this file that made the serving input receiver function which a call passes.
func (x *Facts) receiversOf(c *analyzer.Call) []*analyzer.Call {
	var out []*analyzer.Call
	for _, arg := range []struct {
		name string
		pos  int
	}{{"serving_input_receiver_fn", 1}, {"serving_input_fn", -1}} {
		a, state := c.Arg(arg.name, arg.pos)
		if state != analyzer.Present {
			continue
		}
		for _, o := range x.File.Trace(a.Value).Origins {
			if made, ok := o.Expr.(*analyzer.Call); ok && o.Home == nil && o.Kind == analyzer.FromExpr && x.Is(made, receiverFunctions...) && !slices.Contains(out, made) {
				out = append(out, made)
			}
		}
	}
	return out
}

// takesReceiver tells whether a call passes a serving input receiver function, or what only an export with one takes.
func (x *Facts) takesReceiver(c *analyzer.Call) bool {
	for _, name := range []string{"serving_input_receiver_fn", "serving_input_fn", "export_dir_base", "assets_extra"} {
		if _, state := c.Arg(name, -1); state == analyzer.Present {
			return true
		}
	}
	a, state := c.Arg("serving_input_receiver_fn", 1)
	return state == analyzer.Present && (x.givesReceiver(a.Value) || namesReceiver(a.Value) && !x.onOwnClass(c))
}

// onOwnClass tells whether c calls a method of the class that it stands in.
func (x *Facts) onOwnClass(c *analyzer.Call) bool {
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok {
		return false
	}
	o := x.File.Value(a.X).Origins
	if len(o) != 1 || o[0].Kind != analyzer.FromParam {
		return false
	}
	return x.File.SelfOf(o[0].Node.(*analyzer.Param)) != nil
}

// namesReceiver tells whether what is out of view is called what everyone calls a serving input receiver function: it, or what gives it.
func namesReceiver(e analyzer.Expr) bool {
	name := ""
	switch e := e.(type) {
	case *analyzer.Call:
		return namesReceiver(e.Fn)
	case *analyzer.Name:
		name = e.ID
	case *analyzer.Attribute:
		name = e.Attr
	}
	return strings.Contains(name, "serving_input") || strings.Contains(name, "input_receiver")
}

// receiverMakers are what a serving input receiver comes from.
var receiverMakers = []string{
	"estimator.export.ServingInputReceiver", "estimator.export.TensorServingInputReceiver",
	"contrib.learn.InputFnOps", "contrib.learn.utils.input_fn_utils.InputFnOps",
}

// receiverFunctions make a serving input receiver function.
var receiverFunctions = []string{
	"estimator.export.build_raw_serving_input_receiver_fn", "estimator.export.build_parsing_serving_input_receiver_fn",
	"contrib.learn.build_parsing_serving_input_fn", "contrib.learn.utils.build_parsing_serving_input_fn",
	"contrib.learn.utils.input_fn_utils.build_parsing_serving_input_fn",
}

// givesReceiver tells whether e is a function that gives a ServingInputReceiver.
func (x *Facts) givesReceiver(e analyzer.Expr) bool {
	for _, o := range x.File.Trace(e).Origins {
		f := x.File
		if o.Home != nil {
			f = o.Home
		}
		switch n := o.Expr.(type) {
		case *analyzer.Call:
			if api, ok := x.apiIn(n.Fn, f); ok && slices.Contains(receiverFunctions, api.Name) {
				return true
			}
		case *analyzer.Lambda:
			if c, ok := n.Body.(*analyzer.Call); ok && x.makesReceiver(c, f) {
				return true
			}
		}
		if d, ok := o.Node.(*analyzer.FuncDef); ok {
			for _, r := range f.Returns(d) {
				for _, o := range f.Value(r).Origins {
					if c, ok := o.Expr.(*analyzer.Call); ok && x.makesReceiver(c, f) {
						return true
					}
				}
			}
		}
	}
	return false
}

func (x *Facts) makesReceiver(c *analyzer.Call, f *analyzer.File) bool {
	api, ok := x.apiIn(c.Fn, f)
	return ok && slices.Contains(receiverMakers, api.Name)
}

// estimatorClass tells whether calling fn makes an Estimator: one of TensorFlow's classes, those of tf.contrib included, or a class of the
// project that inherits from one and leaves the export to it.
func (x *Facts) estimatorClass(fn analyzer.Expr, f *analyzer.File) bool {
	if api, ok := x.apiIn(fn, f); ok {
		return isEstimatorAPI(api)
	}
	o, ok := f.Only(fn)
	class, isClass := o.Node.(*analyzer.ClassDef)
	if !ok || !isClass || o.Context {
		return false
	}
	if o.Home != nil {
		f = o.Home
	}
	return x.inheritsEstimator(class, f, 0)
}

// maxBases bounds how far a chain of base classes is followed.
const maxBases = 20

func (x *Facts) inheritsEstimator(class *analyzer.ClassDef, f *analyzer.File, depth int) bool {
	if depth > maxBases {
		return false
	}
	for _, s := range class.Body.Stmts {
		if d, ok := s.(*analyzer.FuncDef); ok && slices.Contains(exportMethods, d.Name.ID) {
			return false
		}
	}
	for _, base := range class.Bases {
		if base.Name != "" {
			continue
		}
		if api, ok := x.apiIn(base.Value, f); ok {
			if isEstimatorAPI(api) {
				return true
			}
			continue
		}
		o, ok := f.Only(base.Value)
		up, isClass := o.Node.(*analyzer.ClassDef)
		home := f
		if o.Home != nil {
			home = o.Home
		}
		if ok && isClass && x.inheritsEstimator(up, home, depth+1) {
			return true
		}
	}
	return false
}

// isOwnEstimator tells whether e is self, or super(), in a class that inherits from an Estimator.
func (x *Facts) isOwnEstimator(e analyzer.Expr) bool {
	o, ok := x.File.Only(e)
	if c, isCall := o.Expr.(*analyzer.Call); ok && isCall {
		n, isName := c.Fn.(*analyzer.Name)
		class := x.File.ClassOf(c)
		if !isName || n.ID != "super" || len(x.File.Resolve(n).Bindings) > 0 || class == nil {
			return false
		}
		bare := *class
		bare.Body = &analyzer.Block{} // what it has itself is not what super() reaches
		return x.inheritsEstimator(&bare, x.File, 0)
	}
	v := x.File.Value(e)
	if len(v.Origins) != 1 || v.Origins[0].Kind != analyzer.FromParam {
		return false
	}
	class := x.File.SelfOf(v.Origins[0].Node.(*analyzer.Param))
	return class != nil && x.inheritsEstimator(class, x.File, 0)
}

// exportMethods are an Estimator's methods that write a SavedModel.
var exportMethods = []string{"export_saved_model", "export_savedmodel", "experimental_export_all_saved_models"}

func isEstimatorAPI(api API) bool {
	if api.Name == "keras.estimator.model_to_estimator" {
		return true
	}
	class := api.Name[strings.LastIndexByte(api.Name, '.')+1:]
	switch {
	case strings.HasPrefix(api.Name, "contrib."):
	case strings.HasPrefix(api.Name, "estimator.") && api.Symbol.Kind == symbols.Class:
	default:
		return false
	}
	for _, suffix := range []string{"Estimator", "Classifier", "Regressor"} {
		if strings.HasSuffix(class, suffix) {
			return true
		}
	}
	return false
}
