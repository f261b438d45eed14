package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

// tried is the TensorFlow name that e is where its first name is bound in a try statement: on one way to TensorFlow, on another to what a library out of
// view gives in its place.
//
//	try:
//	    tf = try_import_tf()
//	except ImportError:
//	    import tensorflow as tf
//
// What stands in for TensorFlow is used as TensorFlow is.
func (x *Facts) tried(e analyzer.Expr) (API, bool) {
	path := ""
	for {
		a, ok := e.(*analyzer.Attribute)
		if !ok {
			break
		}
		path, e = "."+a.Attr+path, a.X
	}
	n, ok := e.(*analyzer.Name)
	if !ok || !x.inOneTry(x.File.Resolve(n).Bindings) {
		return API{}, false
	}
	v := x.File.Value(n)
	if v.Open {
		return API{}, false
	}
	var known []analyzer.Origin
	for _, o := range v.Origins {
		c, isCall := o.Expr.(*analyzer.Call)
		own := o.Home != nil || isCall && x.ownDef(c.Fn, x.File)
		o.Import += path
		_, isAPI := Lookup(o.Import)
		switch {
		case o.Context || own:
			return API{}, false
		case o.Kind == analyzer.FromImport && isAPI:
			known = append(known, o)
		case o.Kind != analyzer.FromImport && !isCall:
			return API{}, false
		}
	}
	return oneAPI(known)
}

// inOneTry tells whether all of a name's bindings are in one try statement.
func (x *Facts) inOneTry(bindings []*analyzer.Binding) bool {
	if len(bindings) < 2 {
		return false
	}
	for n := bindings[0].Node; n != nil; n = x.File.Parent(n) {
		if try, ok := n.(*analyzer.Try); ok {
			for _, b := range bindings {
				if !try.Contains(b.At) {
					return false
				}
			}
			return true
		}
	}
	return false
}
