package analyzer

import (
	"slices"
	"sort"
)

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
	v := b.Scope.Vars[b.Ident]
	if v == nil {
		return nil
	}
	var out []*Name
	for _, name := range v.uses {
		if slices.Contains(f.resolved[name].Bindings, b) {
			out = append(out, name)
		}
	}
	return out
}

// bind resolves every name of the file that is read.
//
// Within one scope it is a forward analysis of reaching definitions over the statements. What makes it one pass is that
// loops and try blocks are entered with every binding that lies inside them: a superset of what can come around the loop
// or out of the middle of the block, and never a binding less. Class bodies and comprehensions run where they stand and
// see what reaches them; functions, lambdas and generator expressions that nothing exhausts on the spot run later and see
// all bindings of the scopes around.
func bind(f *File) {
	collect(f)
	f.resolved = map[*Name]Resolution{}
	f.readIn = map[*Name]*Scope{}
	b := &binder{f: f}
	end := &env{}
	b.block(f.Module, &flow{scope: f.scopes, env: end})
	sortUses(f.scopes)
	f.exports = map[string][]*Binding{}
	for name, v := range f.scopes.Vars {
		bound := end.get(name)
		if v.foreign || end.dead || bound[0] == many[0] {
			bound = v.live
		}
		f.exports[name] = bound
	}
}

// has tells whether the module binds a name.
func (f *File) has(name string) bool { return len(f.exports[name]) > 0 }

func sortUses(s *Scope) {
	for _, v := range s.Vars {
		sort.SliceStable(v.uses, func(i, j int) bool { return v.uses[i].Start < v.uses[j].Start })
		v.uses = slices.Compact(v.uses)
	}
	for _, in := range s.Inner {
		sortUses(in)
	}
}

// env holds the bindings that reach a point, as what is different from the point it branched off from: a branch costs what
// it binds, not what is bound. A nil among the bindings is "not bound".
type env struct {
	up   *env
	own  map[string][]*Binding
	dead bool // the point is never reached
}

var (
	unbound = []*Binding{nil}
	// many stands for all bindings of a name: a set that grew past maxReaching.
	many = []*Binding{{}}
)

const maxReaching = 64

func (e *env) branch() *env { return &env{up: e, dead: e.dead} }

func (e *env) get(name string) []*Binding {
	for ; e != nil; e = e.up {
		if bs, ok := e.own[name]; ok {
			return bs
		}
	}
	return unbound
}

func (e *env) put(name string, bs []*Binding) {
	if e.own == nil {
		e.own = map[string][]*Binding{}
	}
	e.own[name] = bs
}

// set makes b the one binding of a name. Code after a return is never reached, but it is still there to be migrated: there
// nothing is set and a use sees every binding.
func (e *env) set(name string, b *Binding) {
	if !e.dead {
		e.put(name, []*Binding{b})
	}
}

// join makes e the point where the branches off e meet.
func (e *env) join(branches ...*env) {
	live := slices.DeleteFunc(branches, func(x *env) bool { return x.dead })
	if len(live) == 0 {
		e.dead = true
		return
	}
	met := map[string][]*Binding{}
	for _, b := range live {
		for x := b; x != e; x = x.up {
			for name := range x.own {
				met[name] = nil
			}
		}
	}
	for name := range met {
		for _, b := range live {
			met[name] = union(met[name], b.get(name))
		}
	}
	for name, bs := range met {
		e.put(name, bs)
	}
}

func union(a, b []*Binding) []*Binding {
	if len(a) > 0 && a[0] == many[0] || len(b) > 0 && b[0] == many[0] {
		return many
	}
	out := a[:len(a):len(a)]
	for _, x := range b {
		if !slices.Contains(a, x) {
			out = append(out, x)
		}
	}
	if len(out) > maxReaching {
		return many
	}
	return out
}

// flow is a point of execution: one scope's env, and that of the scopes around.
type flow struct {
	scope *Scope
	env   *env
	outer *flow
	later bool // the scope runs later than the point that outer stands at
}

// on is the same point with another env.
func (fl *flow) on(e *env) *flow { return &flow{fl.scope, e, fl.outer, fl.later} }

// may branches off with every binding of the scope that lies in span added to what reaches this point.
func (fl *flow) may(span Span) *env {
	out := fl.env.branch()
	if out.dead {
		return out
	}
	for _, b := range fl.scope.within(span) {
		switch b.Kind {
		case BindAnnotated:
		case BindDelete:
			out.put(b.Ident, union(out.get(b.Ident), unbound))
		case BindExcept: // bound, and unbound again where its clause ends
			out.put(b.Ident, union(union(out.get(b.Ident), unbound), []*Binding{b}))
		default:
			out.put(b.Ident, union(out.get(b.Ident), []*Binding{b}))
		}
	}
	return out
}

type binder struct{ f *File }

func (b *binder) use(n *Name, fl *flow) {
	b.f.readIn[n] = fl.scope
	res := b.f.resolved[n]
	v, home := fl.scope.lookupVar(n.ID)
	missed := b.read(&res, n, v, home, fl)
	if missed && home != nil && home.Kind == ClassScope {
		// What a class body binds itself it reads from its own names and then from the module's, whatever the functions
		// in between have.
		module := home.module()
		missed = b.read(&res, n, module.Vars[n.ID], module, fl)
	}
	res.Unbound = res.Unbound || missed
	b.f.resolved[n] = res
}

// read adds to res what n may find in variable v of scope home; missed tells that it may find nothing.
func (b *binder) read(res *Resolution, n *Name, v *Var, home *Scope, fl *flow) (missed bool) {
	if v == nil {
		return true
	}
	v.uses = append(v.uses, n)
	later := false
	for fl != nil && fl.scope != home {
		later = later || fl.later
		fl = fl.outer
	}
	found := many
	if fl != nil && !later && !fl.env.dead && !v.foreign {
		found = fl.env.get(n.ID)
	}
	all := found[0] == many[0]
	if all {
		found = v.live
		missed = len(found) == 0
	}
	switch had := res.Bindings; {
	case len(had) == 0 && !slices.Contains(found, nil), all && !missed && had[0].Scope == home:
		res.Bindings = found[:len(found):len(found)] // shared, not copied: there may be thousands
		return missed
	case len(had) > 0 && len(had) == len(v.live) && had[0].Scope == home: // the name was read before, on another way to it
		return slices.Contains(found, nil)
	}
	for _, x := range found {
		switch {
		case x == nil:
			missed = true
		case !slices.Contains(res.Bindings, x):
			res.Bindings = append(res.Bindings, x)
		}
	}
	return missed
}

func (b *binder) exprs(fl *flow, es ...Expr) {
	for _, e := range es {
		if e != nil {
			b.expr(e, fl)
		}
	}
}

// maybe evaluates expressions that may be passed over.
func (b *binder) maybe(fl *flow, es ...Expr) *env {
	inner := fl.on(fl.env.branch())
	b.exprs(inner, es...)
	return inner.env
}

// bound makes the binding of every name in a target take effect.
func (b *binder) bound(t Expr, fl *flow) {
	switch t := t.(type) {
	case nil:
	case *Name:
		switch x := b.f.bindings[t]; {
		case x == nil: // (x): T
			b.use(t, fl)
		case x.Kind == BindDelete:
			fl.env.set(t.ID, nil)
		case x.Kind != BindAnnotated:
			fl.env.set(t.ID, x)
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
		inner := &flow{scope: b.f.scopeOf[e], env: &env{}, outer: fl, later: true}
		b.paramsIn(e.Params, inner)
		b.expr(e.Body, inner)
	case *Comp:
		b.comp(e, fl)
	case *Walrus:
		b.expr(e.Value, fl)
		if fl.scope.Kind != CompScope { // b.comp has seen to those inside it
			b.bound(e.Target, fl)
		}
	case *Binary:
		b.expr(e.L, fl)
		if e.Op == "and" || e.Op == "or" {
			fl.env.join(fl.env.branch(), b.maybe(fl, e.R))
			return
		}
		b.expr(e.R, fl)
	case *Compare:
		for i, x := range e.Operands {
			if i < 2 {
				b.expr(x, fl)
			} else {
				fl.env.join(fl.env.branch(), b.maybe(fl, x))
			}
		}
	case *Cond:
		b.expr(e.Test, fl)
		fl.env.join(b.maybe(fl, e.Then), b.maybe(fl, e.Else))
	default:
		Children(e, func(c Node) {
			if x, ok := c.(Expr); ok {
				b.expr(x, fl)
			}
		})
	}
}

// comp resolves a comprehension. A walrus in it binds outside, in any round or in none.
func (b *binder) comp(e *Comp, fl *flow) {
	if len(e.Clauses) > 0 {
		b.exprs(fl, e.Clauses[0].Iter)
	}
	around := fl
	for around.scope.Kind == CompScope {
		around = around.outer
	}
	for _, x := range around.scope.within(e.Span) {
		if !around.env.dead {
			around.env.put(x.Ident, union(around.env.get(x.Ident), []*Binding{x}))
		}
	}
	inner := &flow{scope: b.f.scopeOf[e], env: &env{}, outer: fl, later: e.Kind == Generator && !b.exhausted(e)}
	for i, k := range e.Clauses {
		if i > 0 {
			b.exprs(inner, k.Iter)
		}
		b.exprs(inner, k.Test)
		b.bound(k.Target, inner)
	}
	b.exprs(inner, e.Elt, e.Value)
}

// exhausters are the builtins that run a generator to its end before they return.
var exhausters = map[string]bool{
	"all": true, "any": true, "dict": true, "frozenset": true, "list": true, "max": true, "min": true, "set": true, "sorted": true,
	"sum": true, "tuple": true,
}

// exhausted tells whether a generator expression has ended before anything else of its scope runs.
func (b *binder) exhausted(e *Comp) bool {
	c, ok := b.f.parent[e].(*Call)
	if !ok || len(c.Args) == 0 || c.Args[0].Value != Expr(e) {
		return false
	}
	switch fn := c.Fn.(type) {
	case *Name:
		return exhausters[fn.ID] && len(b.f.resolved[fn].Bindings) == 0
	case *Attribute:
		_, literal := fn.X.(*Str)
		return literal && fn.Attr == "join"
	}
	return false
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

// branch runs a block that branches off from e and returns the env at its end.
func (b *binder) branch(blk *Block, fl *flow, e *env) *env {
	inner := fl.on(e.branch())
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
		if _, ok := s.Target.(*Name); ok {
			b.bound(s.Target, fl)
		}
	case *Delete:
		for _, t := range s.Targets {
			b.bound(t, fl)
		}
	case *Import, *ImportFrom:
		for _, x := range fl.scope.within(s.Pos()) {
			fl.env.set(x.Ident, x)
		}
	case *FuncDef:
		b.exprs(fl, s.Decorators...)
		for _, p := range s.Params {
			b.exprs(fl, p.Default, p.Annotation)
		}
		b.exprs(fl, s.Returns)
		b.bound(s.Name, fl)
		inner := &flow{scope: b.f.scopeOf[s], env: &env{}, outer: fl, later: true}
		b.paramsIn(s.Params, inner)
		b.block(s.Body, inner)
	case *ClassDef:
		b.exprs(fl, s.Decorators...)
		for _, a := range s.Bases {
			b.expr(a.Value, fl)
		}
		b.block(s.Body, &flow{scope: b.f.scopeOf[s], env: &env{}, outer: fl})
		b.bound(s.Name, fl)
	case *If:
		b.expr(s.Test, fl)
		fl.env.join(b.branch(s.Body, fl, fl.env), b.branch(s.Else, fl, fl.env))
	case *For:
		b.expr(s.Iter, fl)
		around := fl.may(Span{s.Start, s.Body.End})
		inner := fl.on(around.branch())
		b.bound(s.Target, inner)
		b.block(s.Body, inner)
		fl.env.join(around)
		fl.env.join(fl.env.branch(), b.branch(s.Else, fl, fl.env)) // a break passes over the else
	case *While:
		around := fl.may(Span{s.Start, s.Body.End})
		b.expr(s.Test, fl.on(around))
		b.branch(s.Body, fl, around)
		fl.env.join(around)
		fl.env.join(fl.env.branch(), b.branch(s.Else, fl, fl.env))
	case *With:
		for _, it := range s.Items {
			b.expr(it.X, fl)
			b.bound(it.Target, fl)
		}
		if suppresses(s) {
			around := fl.may(s.Body.Span)
			fl.env.join(b.branch(s.Body, fl, fl.env), around)
			return
		}
		b.block(s.Body, fl)
	case *Try:
		b.try(s, fl)
	case *Match:
		b.match(s, fl)
	case *Return, *Raise:
		Children(s, func(c Node) { b.exprs(fl, c.(Expr)) })
		fl.env.dead = true
	case *Simple:
		if s.Kind != "pass" {
			fl.env.dead = true
		}
	default:
		Children(s, func(c Node) {
			if e, ok := c.(Expr); ok {
				b.expr(e, fl)
			}
		})
	}
}

func (b *binder) try(s *Try, fl *flow) {
	around := fl.may(s.Body.Span)
	var leaving *env // what may reach the finally from anywhere before it
	if s.Finally != nil {
		leaving = fl.may(Span{s.Start, s.Finally.Start})
	}
	end := b.branch(s.Body, fl, fl.env)
	b.block(s.Else, fl.on(end))
	ends := []*env{end}
	for _, h := range s.Handlers {
		inner := fl.on(around.branch())
		b.exprs(inner, h.Type)
		b.bound(h.Target, inner)
		b.block(h.Body, inner)
		if name, ok := h.Target.(*Name); ok { // Python 3 unbinds it, Python 2 does not
			if x := b.f.bindings[name]; x != nil {
				inner.env.put(name.ID, []*Binding{x, nil})
			}
		}
		ends = append(ends, inner.env)
	}
	if leaving != nil {
		b.block(s.Finally, fl.on(leaving))
	}
	fl.env.join(ends...)
	if !fl.env.dead {
		b.block(s.Finally, fl)
	}
}

func (b *binder) match(s *Match, fl *flow) {
	b.expr(s.Subject, fl)
	passed := fl.env.branch() // no case took the subject so far
	var ends []*env
	for _, k := range s.Cases {
		inner := fl.on(passed.branch())
		b.exprs(inner, k.Elems...)
		for _, name := range k.Binds {
			b.bound(name, inner)
		}
		b.exprs(inner, k.Guard)
		ends = append(ends, b.branch(k.Body, fl, inner.env))
		if k.Guard != nil { // a guard that fails leaves what its pattern bound
			next := passed.branch()
			for name, bs := range inner.env.own {
				next.put(name, union(passed.get(name), bs))
			}
			passed = next
		}
	}
	fl.env.join(append(ends, passed)...)
}

// suppressors are names of context managers that end an exception, so that their block may be left anywhere. Python has
// no way to tell them from others; these are the standard library's and pytest's.
var suppressors = map[string]bool{
	"suppress": true, "raises": true, "assertRaises": true, "assertRaisesRegex": true, "assertRaisesRegexp": true, "warns": true,
}

func suppresses(s *With) bool {
	for _, it := range s.Items {
		c, ok := it.X.(*Call)
		if !ok {
			continue
		}
		switch fn := c.Fn.(type) {
		case *Name:
			if suppressors[fn.ID] {
				return true
			}
		case *Attribute:
			if suppressors[fn.Attr] {
				return true
			}
		}
	}
	return false
}
