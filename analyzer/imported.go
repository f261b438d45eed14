package analyzer

import (
	"slices"
	"strings"
)

// moduleAt is the module of the project that an import path is, nil where it is none or only leads into one.
func (w *walk) moduleAt(path string) *File {
	if w.f.project == nil {
		return nil
	}
	w.enter(w.f.project)
	module, rest := w.f.project.find(w.f.Path, path)
	if len(rest) > 0 {
		return nil
	}
	return module
}

// imported adds what an import path is, as far as the project says more of it than the path.
func (v *valuer) imported(path string, context bool) {
	p := v.f.project
	if p == nil {
		v.add(Origin{Kind: FromImport, Import: path, Context: context})
		return
	}
	v.enter(p)
	module, rest := p.find(v.f.Path, path)
	switch {
	case module == nil || module == v.f:
		v.add(Origin{Kind: FromImport, Import: path, Context: context})
	case len(rest) == 0:
		v.add(Origin{Kind: FromImport, Import: path, Context: context, Home: module, Node: module.Module})
	default:
		v.ofModule(module, path, rest, context)
	}
}

// ofModule adds what comes of following names into a module; path is all of it for this file.
func (v *valuer) ofModule(module *File, path string, names []string, context bool) {
	sub := newValuer(v.in(module))
	sub.name(names[0])
	v.attributesOf(sub, module, path, names[1:], context)
}

// moduleMember adds what an attribute of a module object is: a name of it, or a module below it.
func (v *valuer) moduleMember(o Origin, attr string, context bool) {
	path := dotted(o.Import, attr)
	for _, st := range v.f.stores[attr] { // module.attr = ... in this very file
		for _, on := range v.value(st.target.X).Origins {
			v.out.Open = v.out.Open || on.Home == o.Home && on.isModule()
		}
	}
	if _, known := o.Home.offers(attr); !o.Home.has(attr) && known && strings.HasSuffix(o.Home.Path, "__init__.py") {
		if module, rest := v.f.project.find(o.Home.Path, "."+attr); module != nil && len(rest) == 0 {
			v.add(Origin{Kind: FromImport, Import: path, Context: context, Home: module, Node: module.Module})
			return
		}
	}
	v.ofModule(o.Home, path, []string{attr}, context)
}

// attributesOf adds what comes of a module's name by following attributes of it. What it is for that module has path for this file.
func (v *valuer) attributesOf(sub *valuer, module *File, path string, attrs []string, context bool) {
	v.out.Open = v.out.Open || sub.out.Open
	if len(sub.out.Origins) == 0 {
		v.add(Origin{Kind: FromImport, Import: path, Context: context})
		v.out.Open = true
	}
	for _, o := range sub.out.Origins {
		switch {
		case len(attrs) == 0:
			v.add(transferred(o, module, path, context))
		case isNone(o) && len(sub.out.Origins) > 1:
		case !o.Context && o.Kind == FromImport && o.Expr == nil && o.Node == nil:
			o.Import = dotted(o.Import, strings.Join(attrs, "."))
			v.add(transferred(o, module, path, context))
		default:
			next := newValuer(sub.walk)
			if next.member(o, attrs[0], context) {
				v.attributesOf(next, module, path, attrs[1:], context)
				continue
			}
			v.add(Origin{Kind: FromImport, Import: path, Context: context})
			v.out.Open = true
		}
	}
}

// transferred is an origin in a module as another file sees it, for which it has a path.
func transferred(o Origin, module *File, path string, context bool) Origin {
	out := Origin{Kind: FromImport, Import: path, Context: o.Context || context, Home: module, Expr: o.Expr, Node: o.Node}
	switch o.Kind {
	case FromImport:
		out.Import = o.Import
		if o.Home != nil {
			out.Home = o.Home
		}
	case FromParam, FromElement: // nothing that could be said outside
		out.Expr, out.Node, out.Home = nil, nil, nil
	}
	return out
}

// moved adds what gather finds in the terms of another file; home is that file, nil where it is this one.
func (v *valuer) moved(w *walk, home *File, gather func(*valuer)) {
	if home == nil || home == v.f {
		gather(v)
		return
	}
	sub := newValuer(w)
	gather(sub)
	v.out.Open = v.out.Open || sub.out.Open
	for _, o := range sub.out.Origins {
		if o.Kind == FromParam || o.Kind == FromElement { // nothing that could be said outside
			v.out.Open = true
			continue
		}
		v.add(transferred(o, home, "", false))
	}
}

// name adds what a name of the module is once all of the module has run.
func (v *valuer) name(name string) {
	if v.steps++; v.depth >= maxDepth || v.steps > maxValueSteps {
		v.out.Open = true
		return
	}
	v.depth++
	defer func() { v.depth-- }()
	bound := v.f.exports[name]
	for _, b := range bound {
		if b != nil {
			v.binding(b, false)
		}
	}
	if len(bound) == 0 || slices.Contains(bound, nil) {
		v.star(&Name{ID: name}, len(bound) == 0)
	}
}

// offers tells whether `from module import *` brings a name, and whether that can be told.
func (f *File) offers(name string) (has, known bool) {
	if all, ok := f.exports["__all__"]; ok {
		if len(all) != 1 || all[0] == nil || all[0].Kind != BindAssign {
			return true, f.has(name)
		}
		seq, ok := all[0].Value.(*Seq)
		if !ok {
			return true, f.has(name)
		}
		for _, e := range seq.Elems {
			if s, ok := e.(*Str); ok && s.Value == name {
				return true, true
			}
		}
		return false, true
	}
	switch {
	case strings.HasPrefix(name, "_"):
		return false, true
	case f.has(name):
		return true, true
	case len(f.scopes.Stars) == 0:
		return false, true
	}
	// Its own star imports may bring it; whatever they are, they are asked when the name is.
	return true, true
}

// importers are functions that give a module by its name: which argument has the name. __import__ gives the top of it. What else is
// called like this, in a project of its own, does the same.
var importers = map[string]int{
	"import_module": 0, "importorskip": 0, "lazy_import": 0, "lazy_module": 0, "lazy_load": 0, "try_import": 0, "optional_import": 0,
	"LazyImport": 0, "LazyModule": 0, "LazyLoader": 2, "__import__": 0,
}

// call adds what a call gives: itself, unless it is one that gives a module or an attribute by its name, or one of a function that returns
// what it imports.
func (v *valuer) call(c *Call, context bool) {
	if a, ok := v.f.getattr(c); ok {
		v.attribute(a, context)
		if len(c.Args) == 3 {
			v.expr(c.Args[2].Value, context)
		}
		return
	}
	if path, ok := v.f.importerOf(c); ok {
		v.imported(path, context)
		return
	}
	if !context && v.returnedImports(c) {
		return
	}
	v.add(Origin{Kind: FromExpr, Expr: c, Context: context})
}

// getattr is the attribute that the builtin getattr with a constant name reads.
func (f *File) getattr(c *Call) (*Attribute, bool) {
	n, ok := c.Fn.(*Name)
	if !ok || n.ID != "getattr" || len(f.Resolve(n).Bindings) > 0 || len(c.Args) < 2 || len(c.Args) > 3 {
		return nil, false
	}
	for _, a := range c.Args {
		if a.Name != "" || a.Stars > 0 {
			return nil, false
		}
	}
	name, ok := c.Args[1].Value.(*Str)
	if !ok || !f.spells(name) || !isIdentifier(name.Value) {
		return nil, false
	}
	if a, ok := f.spelled[c]; ok {
		return a, true
	}
	a := &Attribute{exprNode: exprNode{c.Span}, X: c.Args[0].Value, Attr: name.Value}
	f.spelled[c] = a
	return a, true
}

// spells tells whether a string stands in the source as it is: what goes by the words of a source relies on that.
func (f *File) spells(s *Str) bool {
	return !s.Bytes && !s.Opaque && len(s.Parts) == 0 && strings.Contains(f.Text(s.Span), s.Value)
}

// importerOf is the module that a call gives by its name.
func (f *File) importerOf(c *Call) (path string, ok bool) {
	var fn string
	switch e := c.Fn.(type) {
	case *Name:
		fn = e.ID
	case *Attribute:
		fn = e.Attr
	}
	at, ok := importers[fn]
	if !ok {
		return "", false
	}
	name, state := c.Arg("name", at)
	if state != Present {
		return "", false
	}
	s, ok := name.Value.(*Str)
	if !ok || !f.spells(s) {
		return "", false
	}
	path, _, _ = strings.Cut(s.Value, "<") // some take the version as well
	path = strings.TrimRight(path, " =>!~")
	for i, part := range strings.Split(path, ".") {
		if !isIdentifier(part) {
			return "", false
		}
		if i == 0 && fn == "__import__" && len(c.Args) == 1 {
			return part, true
		}
	}
	return path, true
}

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') && r < 0x80 {
			return false
		}
	}
	return s != ""
}

// maxReturns bounds how many returns of a function are followed.
const maxReturns = 16

// returned are the expressions that a function in view returns, with its file. ok is false for a generator, for one that a decorator may
// have replaced, and for what is no function.
func (w *walk) returned(fn Expr) (f *File, returns []Expr, ok bool) {
	o, only := w.only(fn)
	if !only || o.Context {
		return nil, nil, false
	}
	d, isFunc := o.Node.(*FuncDef)
	f = w.f
	if o.Kind == FromImport {
		f = o.Home
	}
	if !isFunc || replaces(d) || f.isAsync(d) {
		return nil, nil, false
	}
	returns, ok = f.returns(d)
	return f, returns, ok && len(returns) > 0 && len(returns) <= maxReturns
}

// Returns are the expressions that a function returns; none for a generator.
func (f *File) Returns(d *FuncDef) []Expr {
	out, ok := f.returns(d)
	if !ok {
		return nil
	}
	return out
}

// returns are the expressions that a function returns; ok is false for a generator.
func (f *File) returns(d *FuncDef) (out []Expr, ok bool) {
	ok = true
	Walk(d.Body, func(n Node) bool {
		switch n := n.(type) {
		case *FuncDef, *ClassDef, *Lambda:
			return false
		case *Return:
			if n.X != nil {
				out = append(out, n.X)
			}
		case *Other:
			ok = ok && n.Kind != "yield"
		}
		return ok
	})
	return out, ok
}

// isAsync tells whether a function is a coroutine.
func (f *File) isAsync(d *FuncDef) bool {
	return strings.HasPrefix(f.Text(Span{d.Start, d.Name.Start}), "async")
}

// returnedImports adds what a call gives where the function returns nothing but what is imported, or None.
func (v *valuer) returnedImports(c *Call) bool {
	f, returns, ok := v.returned(c.Fn)
	if !ok {
		return false
	}
	return v.allImports(f, returns, func(sub *valuer, e Expr) { sub.expr(e, false) })
}

// returnedElement is returnedImports for an element of the tuples that a function returns.
func (v *valuer) returnedElement(o Origin, path []int, context bool) bool {
	c, isCall := o.Expr.(*Call)
	if !isCall || o.Kind != FromExpr || context || o.Context {
		return false
	}
	f, returns, ok := v.returned(c.Fn)
	if !ok {
		return false
	}
	for _, e := range returns {
		if _, isSeq := e.(*Seq); !isSeq {
			return false
		}
	}
	return v.allImports(f, returns, func(sub *valuer, e Expr) { sub.element(e, path, false) })
}

func (v *valuer) allImports(f *File, returns []Expr, gather func(*valuer, Expr)) bool {
	sub := newValuer(v.in(f))
	for _, e := range returns {
		if slices.Contains(v.returning, e) { // the function calls itself
			return false
		}
		v.returning = append(v.returning, e)
		gather(sub, e)
		v.returning = v.returning[:len(v.returning)-1]
	}
	some := false
	for _, o := range sub.out.Origins {
		switch {
		case isNone(o):
		case o.Kind == FromImport && !o.Context && o.Expr == nil:
			some = true
		default:
			return false
		}
	}
	if !some || sub.out.Open {
		return false
	}
	for _, o := range sub.out.Origins {
		if f != v.f {
			o = transferred(o, f, "", false)
		}
		v.add(o)
	}
	return true
}
