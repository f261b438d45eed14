package analyzer

import (
	"maps"
	"slices"
	"sort"
	"strings"
)

// Scope is one of Python's scopes: a module, a class body, a function, a lambda or a comprehension.
type Scope struct {
	Kind   ScopeKind
	Node   Node // the Block of a module, a ClassDef, FuncDef, Lambda or Comp
	Parent *Scope
	Vars   map[string]*Var
	Stars  []*Binding // `from m import *`
	Inner  []*Scope

	declared map[string]*Scope // global and nonlocal declarations
	ordered  []*Binding        // by position
}

// ScopeKind tells scopes apart.
type ScopeKind uint8

// The kinds of Scope.
const (
	ModuleScope ScopeKind = iota
	ClassScope
	FuncScope
	LambdaScope
	CompScope
)

// Var is a name that a scope binds.
type Var struct {
	Name     string
	Bindings []*Binding // all of them, by position, those that other scopes make by global or nonlocal included

	foreign bool       // another scope binds it
	live    []*Binding // those of Bindings that give a value
	uses    []*Name    // the names that may read it, by position
}

// Binding is one place that gives a name a value.
type Binding struct {
	Kind  BindKind
	Name  *Name // nil for an import without `as`
	Ident string
	At    Span
	Node  Node   // the statement, Param, Walrus or Comp that binds
	Scope *Scope // whose name it is
	// Import is the dotted path of what an import binds: "tensorflow.saved_model" both for `import tensorflow.saved_model
	// as x` and for `from tensorflow import saved_model as x`. A relative import keeps its dots in front.
	Import string
	// Value is the expression the name is bound to, after taking element Path[0] of it, then Path[1] of that, and so on.
	// For a for loop it is what is iterated, for a with statement the context manager, for a parameter the default.
	Value Expr
	Path  []int
}

// attrStore is one place that gives an attribute a value; its Binding has no name.
type attrStore struct {
	target  *Attribute
	binding *Binding
}

// BindKind tells bindings apart.
type BindKind uint8

// The kinds of Binding.
const (
	BindImport BindKind = iota
	BindStar
	BindAssign
	BindAug
	BindAnnotated // x: T without a value
	BindFor
	BindWith
	BindExcept
	BindDef
	BindClass
	BindParam
	BindWalrus
	BindMatch
	BindDelete
)

// Scope is the innermost scope that n is evaluated in. Decorators, defaults and annotations of a function count as inside.
func (f *File) Scope(n Node) *Scope {
	for ; n != nil; n = f.parent[n] {
		if s, ok := f.scopeOf[n]; ok {
			return s
		}
	}
	return f.scopes
}

func (s *Scope) isFunction() bool { return s.Kind == FuncScope || s.Kind == LambdaScope }

func (s *Scope) module() *Scope {
	for s.Parent != nil {
		s = s.Parent
	}
	return s
}

// lookupVar finds the variable that name means in scope s, as Python's compiler does: class scopes are seen only from
// their own body. found is the scope that has it.
func (s *Scope) lookupVar(name string) (v *Var, found *Scope) {
	for first := true; s != nil; s, first = s.Parent, false {
		if target, ok := s.declared[name]; ok {
			return target.Vars[name], target
		}
		if s.Kind == ClassScope && !first {
			continue
		}
		if v := s.Vars[name]; v != nil {
			return v, s
		}
	}
	return nil, nil
}

// within are the bindings of the scope itself that lie inside a span.
func (s *Scope) within(at Span) []*Binding {
	i := sort.Search(len(s.ordered), func(i int) bool { return s.ordered[i].At.Start >= at.Start })
	j := sort.Search(len(s.ordered), func(i int) bool { return s.ordered[i].At.Start >= at.End })
	return s.ordered[i:j]
}

// collect builds the tree of scopes with all the bindings in it.
func collect(f *File) {
	f.scopeOf = map[Node]*Scope{}
	f.bindings = map[*Name]*Binding{}
	f.stores = map[string][]attrStore{}
	f.scopes = newScope(ModuleScope, f.Module, nil)
	f.scopeOf[f.Module] = f.scopes
	c := &collector{f: f}
	c.declarations(f.Module, f.scopes)
	c.node(f.Module, f.scopes)
	for len(c.bodies) > 0 {
		body := c.bodies[0]
		c.bodies = c.bodies[1:]
		body()
	}
	c.finish(f.scopes)
}

func newScope(kind ScopeKind, n Node, parent *Scope) *Scope {
	s := &Scope{Kind: kind, Node: n, Parent: parent, Vars: map[string]*Var{}, declared: map[string]*Scope{}}
	if parent != nil {
		parent.Inner = append(parent.Inner, s)
	}
	return s
}

type collector struct {
	f *File
	// The bodies of functions and classes wait until everything around them is bound: a nonlocal names a binding of an
	// enclosing function, which may stand below the declaration.
	bodies []func()
}

func (c *collector) open(kind ScopeKind, n Node, parent *Scope) *Scope {
	s := newScope(kind, n, parent)
	c.f.scopeOf[n] = s
	return s
}

// declarations notes the global and nonlocal statements of a body before anything in it is bound: they hold for the
// whole body wherever they stand.
func (c *collector) declarations(n Node, s *Scope) {
	Walk(n, func(n Node) bool {
		switch n := n.(type) {
		case *FuncDef, *ClassDef:
			return Node(n) == s.Node
		case *Lambda:
			return false
		case *Global:
			for _, name := range n.Names {
				target := s.module()
				for t := s.Parent; n.Nonlocal && t != nil; t = t.Parent {
					if t.Vars[name.ID] != nil && t.isFunction() {
						target = t
						break
					}
				}
				s.declared[name.ID] = target
			}
		}
		return true
	})
}

func (c *collector) bind(b *Binding, s *Scope) {
	if b.Kind != BindStar && b.Ident == "" && (b.Name == nil || b.Name.ID == "") { // broken source
		return
	}
	if b.Name != nil {
		b.Ident, b.At = b.Name.ID, b.Name.Span
		c.f.bindings[b.Name] = b
	}
	if b.Kind == BindStar {
		b.Scope = s
		s.Stars = append(s.Stars, b)
		return
	}
	home := s
	if target, ok := s.declared[b.Ident]; ok {
		home = target
	}
	if home == s {
		s.ordered = append(s.ordered, b)
	}
	b.Scope = home
	v := home.Vars[b.Ident]
	if v == nil {
		v = &Var{Name: b.Ident}
		home.Vars[b.Ident] = v
	}
	v.Bindings = append(v.Bindings, b)
	v.foreign = v.foreign || home != s
}

func (c *collector) later(n Node, body *Block, s *Scope) {
	c.bodies = append(c.bodies, func() {
		c.declarations(n, s)
		c.node(body, s)
	})
}

// target binds every name of an assignment target to the value.
func (c *collector) target(kind BindKind, t Expr, value Expr, path []int, at Node, s *Scope) {
	switch t := t.(type) {
	case *Name:
		c.bind(&Binding{Kind: kind, Name: t, Node: at, Value: value, Path: path}, s)
	case *Seq:
		starred := false
		for i, e := range t.Elems {
			p := append(append([]int(nil), path...), i)
			if star, ok := e.(*Starred); ok {
				e, starred = star.X, true
			}
			if starred { // which elements these are depends on the length
				p[len(p)-1] = -1
			}
			c.target(kind, e, value, p, at, s)
		}
	case *Starred:
		c.target(kind, t.X, value, append(append([]int(nil), path...), -1), at, s)
	case *Attribute:
		c.f.stores[t.Attr] = append(c.f.stores[t.Attr], attrStore{t, &Binding{Kind: kind, Node: at, At: t.Span, Value: value, Path: path}})
		c.node(t, s)
	default:
		if t != nil {
			c.node(t, s)
		}
	}
}

func (c *collector) params(ps []*Param, outer, s *Scope) {
	for _, p := range ps {
		for _, e := range []Expr{p.Default, p.Annotation} {
			if e != nil {
				c.node(e, outer)
			}
		}
		if p.Name != nil {
			c.bind(&Binding{Kind: BindParam, Name: p.Name, Node: p, Value: p.Default}, s)
		}
	}
}

// node collects what n binds in s, and opens the scopes below it.
func (c *collector) node(n Node, s *Scope) {
	switch n := n.(type) {
	case *FuncDef:
		for _, d := range n.Decorators {
			c.node(d, s)
		}
		c.bind(&Binding{Kind: BindDef, Name: n.Name, Node: n}, s)
		inner := c.open(FuncScope, n, s)
		c.params(n.Params, s, inner)
		if n.Returns != nil {
			c.node(n.Returns, s)
		}
		c.later(n, n.Body, inner)
	case *ClassDef:
		for _, d := range n.Decorators {
			c.node(d, s)
		}
		for _, b := range n.Bases {
			c.node(b.Value, s)
		}
		c.bind(&Binding{Kind: BindClass, Name: n.Name, Node: n}, s)
		inner := c.open(ClassScope, n, s)
		c.later(n, n.Body, inner)
	case *Lambda:
		inner := c.open(LambdaScope, n, s)
		c.params(n.Params, s, inner)
		c.node(n.Body, inner)
	case *Comp:
		inner := c.open(CompScope, n, s)
		for i, k := range n.Clauses {
			where := inner
			if i == 0 {
				where = s // the first iterable is evaluated outside
			}
			if k.Test != nil {
				c.node(k.Test, inner)
				continue
			}
			c.node(k.Iter, where)
			c.target(BindFor, k.Target, k.Iter, nil, n, inner)
		}
		c.node(n.Elt, inner)
		if n.Value != nil {
			c.node(n.Value, inner)
		}
	case *Walrus:
		c.node(n.Value, s)
		home := s
		for home.Kind == CompScope {
			home = home.Parent
		}
		c.bind(&Binding{Kind: BindWalrus, Name: n.Target, Node: n, Value: n.Value}, home)
	case *Import:
		for _, in := range n.Names {
			b := &Binding{Kind: BindImport, Name: in.As, Node: n, Import: in.Name}
			if in.As == nil { // import a.b binds a
				b.Import, _, _ = strings.Cut(in.Name, ".")
				b.Ident, b.At = b.Import, Span{in.Start, in.Start + len(b.Import)}
			}
			c.bind(b, s)
		}
	case *ImportFrom:
		module := strings.Repeat(".", n.Level) + n.Module
		if n.Star {
			c.bind(&Binding{Kind: BindStar, Node: n, At: n.Span, Import: module}, s)
		}
		for _, in := range n.Names {
			b := &Binding{Kind: BindImport, Name: in.As, Node: n, Import: dotted(module, in.Name), Ident: in.Name, At: in.Span}
			c.bind(b, s)
		}
	case *Assign:
		if n.Value != nil {
			c.node(n.Value, s)
		}
		if n.Annotation != nil {
			c.node(n.Annotation, s)
		}
		kind := BindAssign
		if n.Value == nil {
			kind = BindAnnotated
		}
		for _, t := range n.Targets {
			if kind == BindAnnotated && t.Pos().Start != n.Start { // (x): T declares nothing
				c.node(t, s)
				continue
			}
			c.target(kind, t, n.Value, nil, n, s)
		}
	case *AugAssign:
		c.node(n.Value, s)
		c.target(BindAug, n.Target, nil, nil, n, s)
	case *For:
		c.node(n.Iter, s)
		c.target(BindFor, n.Target, n.Iter, nil, n, s)
		c.node(n.Body, s)
		if n.Else != nil {
			c.node(n.Else, s)
		}
	case *With:
		for _, it := range n.Items {
			c.node(it.X, s)
			if it.Target != nil {
				c.target(BindWith, it.Target, it.X, nil, n, s)
			}
		}
		c.node(n.Body, s)
	case *Try:
		c.node(n.Body, s)
		for _, h := range n.Handlers {
			if h.Type != nil {
				c.node(h.Type, s)
			}
			if h.Target != nil {
				c.target(BindExcept, h.Target, h.Type, nil, n, s)
			}
			c.node(h.Body, s)
		}
		for _, b := range []*Block{n.Else, n.Finally} {
			if b != nil {
				c.node(b, s)
			}
		}
	case *Delete:
		for _, t := range n.Targets {
			c.target(BindDelete, t, nil, nil, n, s)
		}
	case *Match:
		c.node(n.Subject, s)
		for _, k := range n.Cases {
			for _, name := range k.Binds {
				c.bind(&Binding{Kind: BindMatch, Name: name, Node: n}, s)
			}
			for _, e := range k.Elems {
				c.node(e, s)
			}
			if k.Guard != nil {
				c.node(k.Guard, s)
			}
			c.node(k.Body, s)
		}
	default:
		Children(n, func(ch Node) { c.node(ch, s) })
	}
}

// finish puts the bindings of every scope in the order of the source.
func (c *collector) finish(s *Scope) {
	sort.SliceStable(s.ordered, func(i, j int) bool { return s.ordered[i].At.Start < s.ordered[j].At.Start })
	for _, v := range s.Vars {
		sort.SliceStable(v.Bindings, func(i, j int) bool { return v.Bindings[i].At.Start < v.Bindings[j].At.Start })
		for _, b := range v.Bindings {
			if b.Kind != BindDelete && b.Kind != BindAnnotated {
				v.live = append(v.live, b)
			}
		}
	}
	for _, in := range s.Inner {
		c.finish(in)
	}
}

// Bindings are all bindings of the file, scope by scope, star imports included.
func (f *File) Bindings() []*Binding {
	var out []*Binding
	var walk func(*Scope)
	walk = func(s *Scope) {
		for _, name := range slices.Sorted(maps.Keys(s.Vars)) {
			out = append(out, s.Vars[name].Bindings...)
		}
		out = append(out, s.Stars...)
		for _, in := range s.Inner {
			walk(in)
		}
	}
	walk(f.scopes)
	return out
}
