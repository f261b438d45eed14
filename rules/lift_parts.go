package rules

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// partsOf are the calls in the file that make SignatureDefs and TensorInfos out of which a signature map may be made. Where such a map can't be lifted, they are
// parts of its export all the same: they go with it when someone migrates it by hand.
func (x *Facts) partsOf(signatureMap analyzer.Expr) []Place {
	flow := &partFlow{x: x, seen: map[analyzer.Expr]bool{}}
	flow.from(signatureMap)
	return flow.places
}

// partFlow goes from a dict back to what is put into it.
type partFlow struct {
	x      *Facts
	seen   map[analyzer.Expr]bool
	places []Place
}

// from goes on to all that may have made the value of e in the file, through its functions too.
func (w *partFlow) from(e analyzer.Expr) {
	if w.seen[e] {
		return
	}
	w.seen[e] = true
	for _, o := range w.x.File.Trace(e).Origins {
		switch {
		case o.Expr == nil || o.Home != nil && o.Home != w.x.File:
		case o.Kind == analyzer.FromElement:
			w.from(o.Expr) // any of its elements
		default:
			w.made(o.Expr)
		}
	}
}

// made goes on to what a value is put together of.
func (w *partFlow) made(e analyzer.Expr) {
	switch e := e.(type) {
	case *analyzer.Dict:
		for _, it := range e.Items {
			w.from(it.Value)
		}
		w.changed(e)
	case *analyzer.Seq:
		for _, el := range e.Elems {
			w.from(el)
		}
	case *analyzer.Comp:
		w.from(e.Elt)
		if e.Value != nil {
			w.from(e.Value)
		}
	case *analyzer.Call:
		w.called(e)
	}
}

func (w *partFlow) called(c *analyzer.Call) {
	switch {
	case w.x.Is(c, signatureCalls...):
		w.places = append(w.places, Place{RoleSignature, c})
	case w.x.Is(c, "saved_model.build_tensor_info"):
		w.places = append(w.places, Place{RoleTensorInfo, c})
		return
	case !copiesDict(c):
		return
	}
	w.arguments(c)
	w.changed(c)
}

// copiesDict tells whether a call makes a dict of its arguments.
func copiesDict(c *analyzer.Call) bool {
	switch fn := c.Fn.(type) {
	case *analyzer.Name:
		return fn.ID == "dict" || fn.ID == "OrderedDict"
	case *analyzer.Attribute:
		return fn.Attr == "OrderedDict"
	}
	return false
}

func (w *partFlow) arguments(c *analyzer.Call) {
	for _, a := range c.Args {
		w.from(a.Value)
	}
}

// changed goes on to what a dict gets after it is made: by an assignment to an item of it, or by a method.
func (w *partFlow) changed(dict analyzer.Expr) {
	f := w.x.File
	for _, c := range w.x.changes() {
		if !slices.ContainsFunc(c.made.Origins, func(o analyzer.Origin) bool { return o.Expr == dict }) {
			continue
		}
		if c.set != nil {
			w.from(c.set.Value)
		} else if method, ok := f.Parent(c.on).(*analyzer.Attribute); ok {
			if call, ok := f.Parent(method).(*analyzer.Call); ok && call.Fn == analyzer.Expr(method) {
				w.arguments(call)
			}
		}
	}
}
