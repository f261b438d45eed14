package rules

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// change is a place where a dict is changed: an item is set or deleted, or a method that changes it is called.
type change struct {
	on   analyzer.Expr
	made analyzer.Value   // all that may be changed there, through calls and parameters
	set  *analyzer.Assign // it sets one item, and is a statement of nothing else
}

// unresolved tells that something may be changed there that is not in view.
func (c change) unresolved() bool {
	return c.made.Open || len(c.made.Origins) == 0 || slices.ContainsFunc(c.made.Origins, func(o analyzer.Origin) bool {
		_, isCall := o.Expr.(*analyzer.Call)
		return o.Kind != analyzer.FromExpr && o.Kind != analyzer.FromDef || isCall
	})
}

var changingMethods = []string{"update", "pop", "clear", "setdefault", "popitem", "__setitem__", "__delitem__", "__ior__"}

// changes are all the places in the file where a dict may be changed.
func (x *Facts) changes() []change {
	if x.changed != nil {
		return *x.changed
	}
	var out []change
	add := func(e analyzer.Expr, set *analyzer.Assign) {
		out = append(out, change{on: e, made: x.File.Trace(e), set: set})
	}
	var targets func(e analyzer.Expr)
	targets = func(e analyzer.Expr) {
		switch e := e.(type) {
		case *analyzer.Subscript:
			add(e.X, nil)
		case *analyzer.Seq:
			for _, el := range e.Elems {
				targets(el)
			}
		case *analyzer.Starred:
			targets(e.X)
		}
	}
	analyzer.Walk(x.File.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Assign:
			if sub, ok := n.Targets[0].(*analyzer.Subscript); ok && len(n.Targets) == 1 {
				add(sub.X, n)
				break
			}
			for _, t := range n.Targets {
				targets(t)
			}
		case *analyzer.AugAssign:
			targets(n.Target)
			add(n.Target, nil) // |= changes the dict itself
		case *analyzer.Delete:
			for _, t := range n.Targets {
				targets(t)
			}
		case *analyzer.For:
			targets(n.Target)
		case *analyzer.With:
			for _, it := range n.Items {
				targets(it.Target)
			}
		case *analyzer.Call:
			if a, ok := n.Fn.(*analyzer.Attribute); ok && slices.Contains(changingMethods, a.Attr) {
				add(a.X, nil)
			}
		}
		return true
	})
	x.changed = &out
	return out
}

// changesOf are the statements that set items of a dict under its own name. ok is false where it is changed otherwise, or may be: under another name, by
// something that it is passed to, or by something that is not in view and may have got hold of it.
func (x *Facts) changesOf(d *analyzer.Dict) (sets []*analyzer.Assign, ok bool) {
	own := map[analyzer.Expr]bool{}
	flow := &dictFlow{x: x, own: own}
	flow.from(d)
	if flow.lost {
		return nil, false
	}
	for _, c := range x.changes() {
		is := slices.ContainsFunc(c.made.Origins, func(o analyzer.Origin) bool { return o.Expr == analyzer.Expr(d) })
		switch {
		case c.set != nil && own[c.on]:
			sets = append(sets, c.set)
		case is, own[c.on], flow.escapes && c.unresolved():
			return nil, false
		}
	}
	return sets, true
}

// dictFlow follows a dict to what holds it.
type dictFlow struct {
	x       *Facts
	own     map[analyzer.Expr]bool // the names that hold nothing but the dict
	escapes bool                   // more than these hold it, all of it in view
	lost    bool                   // something out of view gets it, which may change it
}

func (w *dictFlow) from(e analyzer.Expr) {
	f := w.x.File
	switch p := f.Parent(e).(type) {
	case *analyzer.Assign:
		if p.Value != e {
			return
		}
		for _, t := range p.Targets {
			w.bound(t)
		}
	case *analyzer.Seq:
		if a, ok := f.Parent(p).(*analyzer.Assign); ok && a.Value == analyzer.Expr(p) && len(a.Targets) == 1 {
			if t, ok := a.Targets[0].(*analyzer.Seq); ok && len(t.Elems) == len(p.Elems) {
				w.bound(t.Elems[slices.Index(p.Elems, e)])
				return
			}
		}
		w.escapes = true
	case *analyzer.Subscript, *analyzer.Attribute, *analyzer.Compare, *analyzer.ExprStmt, *analyzer.If, *analyzer.For, *analyzer.Starred, *analyzer.Comp, *analyzer.Assert,
		*analyzer.Unary, *analyzer.Str: // what changes it is found as such; the others read it
	case *analyzer.Call:
		w.passed(p, e)
	default:
		w.escapes = true
	}
}

// bound follows the names that an assignment gives the dict.
func (w *dictFlow) bound(t analyzer.Expr) {
	n, ok := t.(*analyzer.Name)
	if !ok {
		w.escapes = true
		return
	}
	b := w.x.File.BindingOf(n)
	if b == nil {
		w.escapes = true
		return
	}
	for _, u := range w.x.File.Uses(b) {
		if w.own[u] {
			continue
		}
		w.own[u] = true
		w.from(u)
	}
}

// passed looks at a call that gets the dict as an argument.
func (w *dictFlow) passed(c *analyzer.Call, e analyzer.Expr) {
	x := w.x
	for _, a := range c.Args {
		if a.Value == e && a.Stars > 0 { // a copy
			return
		}
	}
	if _, ok := x.Callee(c); ok {
		return
	}
	switch fn := c.Fn.(type) {
	case *analyzer.Name:
		if readingBuiltins[fn.ID] && len(x.File.Resolve(fn).Bindings) == 0 {
			return
		}
	case *analyzer.Attribute:
		if readingMethods[fn.Attr] {
			return
		}
	}
	for _, o := range x.File.Value(c.Fn).Origins {
		if o.Node == nil { // neither a function nor a class that is in view
			w.lost = true
		}
	}
	w.lost = w.lost || len(x.File.Value(c.Fn).Origins) == 0
	w.escapes = true
}

// readingBuiltins are Python's own functions that leave a dict as it is and give nothing that holds it.
var readingBuiltins = map[string]bool{"len": true, "sorted": true, "list": true, "tuple": true, "set": true, "dict": true, "print": true, "enumerate": true, "zip": true, "str": true,
	"repr": true, "bool": true, "iter": true, "map": true, "filter": true, "any": true, "all": true, "type": true, "isinstance": true, "OrderedDict": true, "max": true, "min": true}

// readingMethods are methods that leave a dict that they get as it is, whatever they are called on: a Builder's and a Session's, logging, formatting, and those that copy
// it into another dict or check it.
var readingMethods = map[string]bool{"add_meta_graph_and_variables": true, "add_meta_graph": true, "run": true, "info": true, "debug": true, "warning": true, "error": true, "format": true, "update": true, "pprint": true, "dumps": true,
	"iteritems": true, "itervalues": true, "iterkeys": true, "copy": true, "deepcopy": true, "OrderedDict": true, "flatten": true, "assertEqual": true}
