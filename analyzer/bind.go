package analyzer

import "maps"

// Resolution is what a name that is read may have been bound by.
type Resolution struct {
	// Bindings may each be the one that gave the name its value: those that reach the use in its own scope, and all
	// bindings of an enclosing scope when the use runs later than they do (a function's body).
	Bindings []*Binding
	// Unbound tells that the name may have no binding in the file at that point: a builtin, a star import, or an error.
	Unbound bool
}

// Resolve is what a name that is read resolves to.
func (f *File) Resolve(n *Name) Resolution { return f.resolved[n] }

// BindingOf is the binding that a name in a binding position makes, or nil.
func (f *File) BindingOf(n *Name) *Binding { return f.bindings[n] }

// Uses are the names that b may give a value to, by position.
func (f *File) Uses(b *Binding) []*Name {
	var out []*Name
	Walk(f.Module, func(n Node) bool {
		if name, ok := n.(*Name); ok {
			for _, r := range f.resolved[name].Bindings {
				if r == b {
					out = append(out, name)
					break
				}
			}
		}
		return true
	})
	return out
}

// bind resolves every name of the file that is read.
//
// Within one scope it is a forward analysis of reaching definitions over the statements. What makes it one pass is that
// loops and try blocks are entered with every binding that lies inside them: a superset of what can come around the loop
// or out of the middle of the block, and never a binding less. Class bodies and comprehensions run where they stand and
// see what reaches them; functions and lambdas run later and see all bindings of the scopes around.
func bind(f *File) {
	collect(f)
	f.resolved = map[*Name]Resolution{}
	b := &binder{f: f}
	b.block(f.Module, &flow{scope: f.scopes, env: env{}})
}

// env holds the bindings that reach a point; a nil among them is "not bound". A name that is absent is not bound. A nil env is
// a point that is never reached.
type env map[string][]*Binding

// flow is a point of execution: one scope's env, and that of the scopes around.
type flow struct {
	scope *Scope
	env   env
	outer *flow
	later bool // the scope runs later than the point that outer stands at
}

type binder struct{ f *File }

func merge(a, b env) env {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := maps.Clone(a)
	for name, bs := range b {
		if as, ok := a[name]; ok {
			out[name] = union(as, bs)
		} else {
			out[name] = union([]*Binding{nil}, bs)
		}
	}
	for name, as := range a {
		if _, ok := b[name]; !ok {
			out[name] = union(as, []*Binding{nil})
		}
	}
	return out
}

func union(a, b []*Binding) []*Binding {
	out := a[:len(a):len(a)]
next:
	for _, x := range b {
		for _, y := range a {
			if x == y {
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}

func (fl *flow) set(name string, b *Binding) {
	if fl.env != nil {
		fl.env[name] = []*Binding{b}
	}
}

// may adds every binding of the scope that lies in span to what reaches this point.
func (fl *flow) may(span Span) env {
	out := maps.Clone(fl.env)
	if out == nil {
		out = env{}
	}
	for _, b := range fl.scope.within(span) {
		if b.Kind == BindAnnotated {
			continue
		}
		x := b
		if b.Kind == BindDelete {
			x = nil
		}
		bs, ok := out[b.Ident]
		if !ok {
			bs = []*Binding{nil}
		}
		out[b.Ident] = union(bs, []*Binding{x})
	}
	return out
}

func (b *binder) use(n *Name, fl *flow) {
	res := b.f.resolved[n]
	add := func(bs ...*Binding) {
		for _, x := range bs {
			if x == nil {
				res.Unbound = true
			} else {
				res.Bindings = union(res.Bindings, []*Binding{x})
			}
		}
	}
	v, home := fl.scope.lookupVar(n.ID)
	switch {
	case v == nil:
		res.Unbound = true
	default:
		later := false
		at := fl
		for at != nil && at.scope != home {
			later = later || at.later
			at = at.outer
		}
		// Code after a return is never reached, but it is still there to be migrated: it sees every binding.
		if later || at == nil || at.env == nil || v.foreign {
			for _, x := range v.Bindings {
				if x.Kind != BindDelete && x.Kind != BindAnnotated {
					add(x)
				}
			}
			break
		}
		bs, ok := at.env[n.ID]
		if !ok {
			res.Unbound = true
			if home.Kind == ClassScope { // a class body falls back to the scopes around
				if v, _ := home.Parent.lookupVar(n.ID); v != nil {
					add(v.Bindings...)
				}
			}
			break
		}
		add(bs...)
	}
	b.f.resolved[n] = res
}

func (b *binder) exprs(fl *flow, es ...Expr) {
	for _, e := range es {
		if e != nil {
			b.expr(e, fl)
		}
	}
}

// bound makes the binding of every name in a target take effect.
func (b *binder) bound(t Expr, fl *flow) {
	switch t := t.(type) {
	case nil:
	case *Name:
		if x := b.f.bindings[t]; x != nil {
			switch {
			case x.Kind == BindDelete:
				fl.set(t.ID, nil)
			case x.Kind != BindAnnotated:
				fl.set(t.ID, x)
			}
		}
	case *Seq:
		for _, e := range t.Elems {
			b.bound(e, fl)
		}
	case *Starred:
		b.bound(t.X, fl)
	default:
		b.expr(t, fl)
	}
}

func (b *binder) expr(e Expr, fl *flow) {
	switch e := e.(type) {
	case *Name:
		b.use(e, fl)
	case *Lambda:
		for _, p := range e.Params {
			b.exprs(fl, p.Default, p.Annotation)
		}
		inner := &flow{scope: b.f.scopeOf[e], env: env{}, outer: fl, later: true}
		b.paramsIn(e.Params, inner)
		b.expr(e.Body, inner)
	case *Comp:
		inner := &flow{scope: b.f.scopeOf[e], env: env{}, outer: fl}
		for i, k := range e.Clauses {
			if k.Test != nil {
				b.expr(k.Test, inner)
				continue
			}
			if i == 0 {
				b.expr(k.Iter, fl)
			} else {
				b.expr(k.Iter, inner)
			}
			b.bound(k.Target, inner)
		}
		b.exprs(inner, e.Elt, e.Value)
	case *Walrus:
		b.expr(e.Value, fl)
		for fl.scope.Kind == CompScope {
			fl = fl.outer
		}
		b.bound(e.Target, fl)
	default:
		Children(e, func(c Node) {
			if x, ok := c.(Expr); ok {
				b.expr(x, fl)
			}
		})
	}
}

func (b *binder) paramsIn(ps []*Param, fl *flow) {
	for _, p := range ps {
		if p.Name != nil {
			b.bound(p.Name, fl)
		}
	}
}

func (b *binder) block(blk *Block, fl *flow) {
	if blk == nil {
		return
	}
	for _, s := range blk.Stmts {
		b.stmt(s, fl)
	}
}

// branch runs a block from a copy of the given env and returns the env at its end.
func (b *binder) branch(blk *Block, fl *flow, from env) env {
	inner := &flow{scope: fl.scope, env: maps.Clone(from), outer: fl.outer, later: fl.later}
	b.block(blk, inner)
	return inner.env
}

func (b *binder) stmt(s Stmt, fl *flow) {
	switch s := s.(type) {
	case *Assign:
		b.exprs(fl, s.Value, s.Annotation)
		for _, t := range s.Targets {
			b.bound(t, fl)
		}
	case *AugAssign:
		b.exprs(fl, s.Target, s.Value)
		b.bound(s.Target, fl)
	case *Delete:
		for _, t := range s.Targets {
			b.bound(t, fl)
		}
	case *Import, *ImportFrom:
		for _, x := range fl.scope.within(s.Pos()) {
			fl.set(x.Ident, x)
		}
	case *FuncDef:
		b.exprs(fl, s.Decorators...)
		for _, p := range s.Params {
			b.exprs(fl, p.Default, p.Annotation)
		}
		b.exprs(fl, s.Returns)
		b.bound(s.Name, fl)
		inner := &flow{scope: b.f.scopeOf[s], env: env{}, outer: fl, later: true}
		b.paramsIn(s.Params, inner)
		b.block(s.Body, inner)
	case *ClassDef:
		b.exprs(fl, s.Decorators...)
		for _, a := range s.Bases {
			b.expr(a.Value, fl)
		}
		b.block(s.Body, &flow{scope: b.f.scopeOf[s], env: env{}, outer: fl})
		b.bound(s.Name, fl)
	case *If:
		b.expr(s.Test, fl)
		then := b.branch(s.Body, fl, fl.env)
		other := fl.env
		if s.Else != nil {
			other = b.branch(s.Else, fl, fl.env)
		}
		fl.env = merge(then, other)
	case *For:
		b.expr(s.Iter, fl)
		around := fl.may(s.Span)
		inner := &flow{scope: fl.scope, env: maps.Clone(around), outer: fl.outer, later: fl.later}
		b.bound(s.Target, inner)
		b.block(s.Body, inner)
		fl.env = merge(fl.env, around)
		if s.Else != nil {
			fl.env = merge(around, b.branch(s.Else, fl, fl.env))
		}
	case *While:
		around := fl.may(s.Span)
		b.expr(s.Test, &flow{scope: fl.scope, env: around, outer: fl.outer, later: fl.later})
		b.branch(s.Body, fl, around)
		fl.env = around
		if s.Else != nil {
			fl.env = merge(around, b.branch(s.Else, fl, around))
		}
	case *With:
		for _, it := range s.Items {
			b.expr(it.X, fl)
			b.bound(it.Target, fl)
		}
		b.block(s.Body, fl)
	case *Try:
		around := fl.may(s.Body.Span)
		end := b.branch(s.Body, fl, fl.env)
		if s.Else != nil {
			end = b.branch(s.Else, fl, end)
		}
		for _, h := range s.Handlers {
			inner := &flow{scope: fl.scope, env: maps.Clone(around), outer: fl.outer, later: fl.later}
			b.exprs(inner, h.Type)
			b.bound(h.Target, inner)
			b.block(h.Body, inner)
			end = merge(end, inner.env)
		}
		if s.Finally != nil {
			if end == nil { // reached all the same, and then left
				b.branch(s.Finally, fl, fl.may(s.Span))
			} else {
				end = b.branch(s.Finally, fl, end)
			}
		}
		fl.env = end
	case *Match:
		b.expr(s.Subject, fl)
		end := fl.env
		for _, k := range s.Cases {
			inner := &flow{scope: fl.scope, env: maps.Clone(fl.env), outer: fl.outer, later: fl.later}
			b.exprs(inner, k.Elems...)
			for _, name := range k.Binds {
				b.bound(name, inner)
			}
			b.exprs(inner, k.Guard)
			b.block(k.Body, inner)
			end = merge(end, inner.env)
		}
		fl.env = end
	case *Return, *Raise:
		Children(s, func(c Node) { b.exprs(fl, c.(Expr)) })
		fl.env = nil
	case *Simple:
		if s.Kind != "pass" {
			fl.env = nil
		}
	default:
		Children(s, func(c Node) {
			if e, ok := c.(Expr); ok {
				b.expr(e, fl)
			}
		})
	}
}
