package rules

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// methodCall is a call of a method, by its attribute or by another name for that.
type methodCall struct {
	call   *analyzer.Call
	on     analyzer.Expr // what it is called on
	method string
	alias  bool // called by another name
}

// methodCalls are the calls whose callee can be nothing but one of the named methods of something, in source order.
func (x *Facts) methodCalls(names ...string) []methodCall {
	var out []methodCall
	for _, c := range x.File.CallsTo(names...) {
		switch fn := c.Fn.(type) {
		case *analyzer.Attribute:
			if slices.Contains(names, fn.Attr) {
				out = append(out, methodCall{call: c, on: fn.X, method: fn.Attr})
			}
		case *analyzer.Name, *analyzer.Binary, *analyzer.Cond, *analyzer.Call:
			methods, ok := x.File.MayBe(fn)
			if ok && !slices.ContainsFunc(methods, func(a *analyzer.Attribute) bool { return !slices.Contains(names, a.Attr) }) {
				out = append(out, methodCall{call: c, on: methods[0].X, method: methods[0].Attr, alias: true})
			}
		}
	}
	return out
}

// kind is how surely a receiver is what it has to be.
type kind uint8

const (
	isUnknown kind = iota // nothing is known, or not all
	isOther               // something that is known is not
	isSuch                // all that is known is
	isMixed               // some of what is known is, and some is not
)

// receiver asks everything that is known to make e's value, here or elsewhere in the project, whether it is a call of what makes accepts as a
// callee. made are the calls of this file that are.
func (x *Facts) receiver(e analyzer.Expr, makes func(fn analyzer.Expr, in *analyzer.File) bool) (k kind, made []*analyzer.Call) {
	such, unknown, other := false, false, false
	for _, o := range x.File.Trace(e).Origins {
		f := x.File
		if o.Home != nil {
			f = o.Home
		}
		call, isCall := o.Expr.(*analyzer.Call)
		isEntered := isCall && o.Context
		isCall = isCall && o.Kind != analyzer.FromElement && !o.Context
		switch {
		case IsNone(o.Expr): // a name that waits for its value
		case o.Kind == analyzer.FromParam && !o.Context: // other callers are out of view
		case isCall && makes(call.Fn, f):
			such = true
			if f == x.File {
				made = append(made, call)
			}
		case isCall && !x.ownDef(call.Fn, f), isInside(o.Expr), o.Kind == analyzer.FromElement, o.Kind == analyzer.FromImport && o.Expr == nil && o.Node == nil:
			unknown = true // what another library makes, and what is found in something else
		case isEntered && x.ownFunction(call.Fn, f):
			unknown = true // what it yields
		default:
			other = true
		}
	}
	switch {
	case such && other:
		return isMixed, nil
	case other:
		return isOther, nil
	case such && !unknown:
		return isSuch, made
	}
	return isUnknown, nil
}

// isInside tells whether an expression takes something out of something else.
func isInside(e analyzer.Expr) bool {
	switch e.(type) {
	case *analyzer.Attribute, *analyzer.Subscript:
		return true
	}
	return false
}

// ownFunction tells whether a callee is a function of the project, and no class.
func (x *Facts) ownFunction(fn analyzer.Expr, f *analyzer.File) bool {
	o, ok := f.Only(fn)
	if !ok { // a decorator may have replaced it
		v := f.Value(fn)
		if len(v.Origins) != 1 {
			return false
		}
		o = v.Origins[0]
	}
	_, isFunc := o.Node.(*analyzer.FuncDef)
	return isFunc
}

// ownDef tells whether a callee is a class or a function of the project.
func (x *Facts) ownDef(fn analyzer.Expr, f *analyzer.File) bool {
	o, ok := f.Only(fn)
	return ok && (o.Kind == analyzer.FromDef || o.Kind == analyzer.FromImport && o.Node != nil)
}

// apiIn is API in another file of the project.
func (x *Facts) apiIn(fn analyzer.Expr, f *analyzer.File) (API, bool) {
	if f == x.File {
		return x.API(fn)
	}
	return (&Facts{File: f}).API(fn)
}

// makes tells whether calling fn makes what one of the named functions or classes of TensorFlow's makes: by calling it, or a class of the project
// that inherits from it.
func (x *Facts) makes(names ...string) func(fn analyzer.Expr, f *analyzer.File) bool {
	return func(fn analyzer.Expr, f *analyzer.File) bool { return x.isOrInherits(fn, f, names, 0) }
}

func (x *Facts) isOrInherits(fn analyzer.Expr, f *analyzer.File, names []string, depth int) bool {
	if api, ok := x.apiIn(fn, f); ok {
		return api.Rest == "" && slices.Contains(names, api.Name)
	}
	o, ok := f.Only(fn)
	class, isClass := o.Node.(*analyzer.ClassDef)
	if !ok || !isClass || o.Context || depth > maxBases {
		return false
	}
	if o.Home != nil {
		f = o.Home
	}
	return slices.ContainsFunc(class.Bases, func(base *analyzer.Arg) bool {
		return base.Name == "" && x.isOrInherits(base.Value, f, names, depth+1)
	})
}
