package rules

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// liftEstimatorExports lifts export_saved_model and export_savedmodel of objects that are Estimators: whatever is known of the receiver
// is one, also where it comes from a function of the file or from its callers.
func liftEstimatorExports(x *Facts) []Site {
	var out []Site
	for _, c := range x.File.Calls() {
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || a.Attr != "export_saved_model" && a.Attr != "export_savedmodel" {
			continue
		}
		if x.isEstimator(a.X, map[analyzer.Node]bool{}) {
			out = append(out, &EstimatorExport{Call: c, Estimator: a.X, Method: a.Attr})
		}
	}
	return out
}

// isEstimator tells whether everything that is known to make e's value makes an Estimator, and something is known. seen holds the parameters
// and functions that are being asked.
func (x *Facts) isEstimator(e analyzer.Expr, seen map[analyzer.Node]bool) bool {
	known := false
	for _, o := range x.File.Value(e).Origins {
		var is bool
		switch o.Kind {
		case analyzer.FromExpr:
			c, ok := o.Expr.(*analyzer.Call)
			if !ok {
				if IsNone(o.Expr) {
					continue // a name that waits for its value
				}
				return false
			}
			is = x.makesEstimator(c) || x.returnsEstimator(c, seen)
		case analyzer.FromParam:
			callers := x.argumentsFor(o.Node.(*analyzer.Param))
			if len(callers) == 0 || seen[o.Node] {
				continue // out of view, or around a loop
			}
			seen[o.Node], is = true, true
			for _, arg := range callers {
				is = is && x.isEstimator(arg, seen)
			}
			delete(seen, o.Node)
		default:
			return false
		}
		if !is {
			return false
		}
		known = true
	}
	return known
}

// returnsEstimator tells whether a call is of a function of the file that returns an Estimator.
func (x *Facts) returnsEstimator(c *analyzer.Call, seen map[analyzer.Node]bool) bool {
	o, ok := x.File.Only(c.Fn)
	if !ok || o.Kind != analyzer.FromDef || seen[o.Node] {
		return false
	}
	d, ok := o.Node.(*analyzer.FuncDef)
	if !ok {
		return false
	}
	seen[d] = true
	defer delete(seen, d)
	returns := false
	same := true
	analyzer.Walk(d.Body, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.FuncDef, *analyzer.ClassDef, *analyzer.Lambda:
			return false
		case *analyzer.Return:
			if n.X != nil {
				returns = true
				same = same && x.isEstimator(n.X, seen)
			}
		}
		return same
	})
	return returns && same
}

// argumentsFor are what the calls in the file pass for a parameter.
func (x *Facts) argumentsFor(p *analyzer.Param) []analyzer.Expr {
	if p.Name == nil {
		return nil
	}
	b := x.File.BindingOf(p.Name)
	if b == nil {
		return nil
	}
	d, ok := b.Scope.Node.(*analyzer.FuncDef)
	if !ok {
		return nil
	}
	pos := -1
	for i, q := range d.Params {
		if q == p && p.Stars == 0 {
			pos = i
		}
	}
	var out []analyzer.Expr
	for _, c := range x.File.Calls() {
		if o, ok := x.File.Only(c.Fn); ok && o.Kind == analyzer.FromDef && o.Node == analyzer.Node(d) {
			if a, state := c.Arg(p.Name.ID, pos); state == analyzer.Present {
				out = append(out, a.Value)
			}
		}
	}
	return out
}

// makesEstimator tells whether a call constructs an Estimator, one of tf.contrib's included.
func (x *Facts) makesEstimator(c *analyzer.Call) bool {
	api, ok := x.Callee(c)
	if !ok {
		return false
	}
	if api.Name == "keras.estimator.model_to_estimator" {
		return true
	}
	class := api.Name[strings.LastIndexByte(api.Name, '.')+1:]
	switch {
	case strings.HasPrefix(api.Name, "contrib."):
	case api.Name == "estimator."+class && api.Symbol.Kind == symbols.Class:
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
