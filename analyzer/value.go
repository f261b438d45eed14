package analyzer

import "strings"

// Value is what an expression may evaluate to: a set, never one. Open tells that there may be others than those listed.
type Value struct {
	Origins []Origin
	Open    bool
}

// Origin is one thing a value may have come from.
type Origin struct {
	Kind   OriginKind
	Import string // FromImport: the dotted path, attributes included
	Expr   Expr   // FromExpr, FromElement: the call, display, literal ... that made it
	Node   Node   // FromDef: the FuncDef or ClassDef; FromParam: the Param
	// Context tells that a with statement bound the value: it is what entering Expr gives.
	Context bool
}

// OriginKind tells origins apart.
type OriginKind uint8

// The kinds of Origin.
const (
	FromImport  OriginKind = iota // a dotted path that starts at an import
	FromExpr                      // the value of Expr itself, which nothing in the file resolves further
	FromElement                   // an element of Expr
	FromDef                       // a function or a class of the file
	FromParam                     // whatever a caller passes
)

// maxDepth bounds the length of a chain of names: real chains are short, and hostile ones must end.
const maxDepth = 40

// Value follows names, attributes and conditional expressions to what e may evaluate to.
func (f *File) Value(e Expr) Value {
	v := &valuer{f: f, seen: map[Node]bool{}}
	v.expr(e, 0, false)
	return v.out
}

// Names are the dotted paths that e may evaluate to; only tells that it can't be anything else.
func (f *File) Names(e Expr) (paths []string, only bool) {
	v := f.Value(e)
	only = !v.Open
	for _, o := range v.Origins {
		if o.Kind == FromImport {
			paths = append(paths, o.Import)
		} else {
			only = false
		}
	}
	return paths, only
}

// Only is the single thing that e evaluates to; ok is false where there may be another.
func (f *File) Only(e Expr) (o Origin, ok bool) {
	v := f.Value(e)
	if len(v.Origins) != 1 || v.Open {
		return Origin{}, false
	}
	return v.Origins[0], true
}

// OnlyExpr is the single expression that made e's value, e itself where nothing resolves it further. ok is false if it may
// have been made by another as well, by an import, a definition or a caller.
func (f *File) OnlyExpr(e Expr) (x Expr, ok bool) {
	o, ok := f.Only(e)
	if !ok || o.Kind != FromExpr {
		return nil, false
	}
	return o.Expr, true
}

// OnlyCall is OnlyExpr where that is a call.
func (f *File) OnlyCall(e Expr) (*Call, bool) {
	x, ok := f.OnlyExpr(e)
	if !ok {
		return nil, false
	}
	c, ok := x.(*Call)
	return c, ok
}

type valuer struct {
	f    *File
	seen map[Node]bool
	out  Value
}

func (v *valuer) add(o Origin) {
	for _, x := range v.out.Origins {
		if x == o {
			return
		}
	}
	v.out.Origins = append(v.out.Origins, o)
}

func (v *valuer) expr(e Expr, depth int, context bool) {
	if depth > maxDepth {
		v.out.Open = true
		return
	}
	switch e := e.(type) {
	case *Name:
		if v.seen[e] {
			return // around a loop: what it adds is in the set already
		}
		v.seen[e] = true
		r := v.f.Resolve(e)
		if len(r.Bindings) == 0 {
			v.star(e)
		} // else being unbound is no other value: it is an error when the program runs
		for _, b := range r.Bindings {
			v.binding(b, depth+1, context)
		}
	case *Attribute:
		v.attribute(e, depth, context)
	case *Cond:
		v.expr(e.Then, depth+1, context)
		v.expr(e.Else, depth+1, context)
	case *Walrus:
		v.expr(e.Value, depth+1, context)
	case *Binary:
		if e.Op == "or" || e.Op == "and" {
			v.expr(e.L, depth+1, context)
			v.expr(e.R, depth+1, context)
			return
		}
		v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
	case *Other, *Starred:
		v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
		v.out.Open = true
	default:
		v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
	}
}

// star gives a name that nothing binds to the star imports of the module, which may have brought it.
func (v *valuer) star(n *Name) {
	for _, b := range v.f.scopes.Stars {
		v.add(Origin{Kind: FromImport, Import: b.Import + "." + n.ID})
	}
	v.out.Open = true
}

func (v *valuer) binding(b *Binding, depth int, context bool) {
	switch b.Kind {
	case BindImport:
		v.add(Origin{Kind: FromImport, Import: b.Import})
	case BindDef, BindClass:
		v.add(Origin{Kind: FromDef, Node: b.Node})
	case BindParam:
		v.add(Origin{Kind: FromParam, Node: b.Node})
		if b.Value != nil {
			v.expr(b.Value, depth, context)
		}
		v.out.Open = true
	case BindAssign, BindWalrus, BindWith:
		v.element(b.Value, b.Path, depth, context || b.Kind == BindWith)
	case BindFor:
		v.iterated(b, depth)
	default:
		v.out.Open = true
	}
}

// element is what element path[0] of e, then path[1] of that, and so on may be.
func (v *valuer) element(e Expr, path []int, depth int, context bool) {
	for len(path) > 0 {
		x, ok := v.f.OnlyExpr(e)
		seq, isSeq := x.(*Seq)
		if !ok || !isSeq || path[0] < 0 || path[0] >= len(seq.Elems) || hasStar(seq.Elems) {
			v.add(Origin{Kind: FromElement, Expr: e})
			v.out.Open = true
			return
		}
		e, path = seq.Elems[path[0]], path[1:]
	}
	v.expr(e, depth, context)
}

// iterated is what a for loop's target may be: any element of a display, unknown otherwise.
func (v *valuer) iterated(b *Binding, depth int) {
	if x, ok := v.f.OnlyExpr(b.Value); ok {
		if seq, ok := x.(*Seq); ok && !hasStar(seq.Elems) {
			for _, e := range seq.Elems {
				v.element(e, b.Path, depth, false)
			}
			return
		}
	}
	v.add(Origin{Kind: FromElement, Expr: b.Value})
	v.out.Open = true
}

func hasStar(es []Expr) bool {
	for _, e := range es {
		if _, ok := e.(*Starred); ok {
			return true
		}
	}
	return false
}

func (v *valuer) attribute(e *Attribute, depth int, context bool) {
	base := v.f.valueAt(e.X, depth+1)
	open := base.Open
	for _, o := range base.Origins {
		switch {
		case o.Kind == FromImport:
			v.add(Origin{Kind: FromImport, Import: o.Import + "." + e.Attr})
		case v.member(o, e.Attr, depth):
			// What self is stays open, as a parameter's value does; what the class gives its attribute is in view.
			open = open && !(o.Kind == FromParam && len(base.Origins) == 1)
		default:
			v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
		}
	}
	if len(base.Origins) == 0 {
		v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
	}
	v.out.Open = v.out.Open || open
}

func (f *File) valueAt(e Expr, depth int) Value {
	v := &valuer{f: f, seen: map[Node]bool{}}
	v.expr(e, depth, false)
	return v.out
}

// member resolves an attribute of a class of the file, or of an instance of one.
func (v *valuer) member(o Origin, attr string, depth int) bool {
	class, instance := v.f.classOf(o)
	if class == nil {
		return false
	}
	if instance {
		values := v.f.SelfAssignments(class, attr)
		for _, a := range values {
			v.expr(a, depth+1, false)
		}
		if len(values) > 0 {
			return true
		}
	}
	if cv := v.f.scopeOf[class].Vars[attr]; cv != nil {
		for _, b := range cv.Bindings {
			v.binding(b, depth+1, false)
		}
		return true
	}
	return false
}

// classOf is the class of the file that o is, or is an instance of.
func (f *File) classOf(o Origin) (class *ClassDef, instance bool) {
	switch {
	case o.Kind == FromDef:
		c, _ := o.Node.(*ClassDef)
		return c, false
	case o.Kind == FromParam:
		p := o.Node.(*Param)
		d, _ := f.parentOfParam(p)
		if d == nil || len(d.Params) == 0 || d.Params[0] != p {
			return nil, false
		}
		b, _ := f.parent[d].(*Block)
		if b == nil {
			return nil, false
		}
		c, _ := f.parent[b].(*ClassDef)
		return c, true
	case o.Kind == FromExpr && !o.Context:
		if call, ok := o.Expr.(*Call); ok {
			if callee, ok := f.Only(call.Fn); ok && callee.Kind == FromDef {
				c, _ := callee.Node.(*ClassDef)
				return c, true
			}
		}
	}
	return nil, false
}

func (f *File) parentOfParam(p *Param) (*FuncDef, bool) {
	if p.Name == nil {
		return nil, false
	}
	b := f.bindings[p.Name]
	if b == nil {
		return nil, false
	}
	d, ok := b.Scope.Node.(*FuncDef)
	return d, ok
}

// SelfAssignments are the values that the methods of a class give to attribute attr of their first parameter.
func (f *File) SelfAssignments(class *ClassDef, attr string) []Expr {
	var out []Expr
	for _, s := range class.Body.Stmts {
		m, ok := s.(*FuncDef)
		if !ok || len(m.Params) == 0 || m.Params[0].Name == nil {
			continue
		}
		self := f.bindings[m.Params[0].Name]
		Walk(m.Body, func(n Node) bool {
			a, ok := n.(*Assign)
			if !ok || a.Value == nil {
				return true
			}
			for _, t := range a.Targets {
				if f.isSelfAttr(t, attr, self) {
					out = append(out, a.Value)
				}
				if seq, ok := t.(*Seq); ok {
					for i, e := range seq.Elems {
						if !f.isSelfAttr(e, attr, self) {
							continue
						}
						if vals, ok := a.Value.(*Seq); ok && len(vals.Elems) == len(seq.Elems) {
							out = append(out, vals.Elems[i])
						} else {
							out = append(out, &Other{exprNode{a.Value.Pos()}, "element", []Expr{a.Value}})
						}
					}
				}
			}
			return true
		})
	}
	return out
}

func (f *File) isSelfAttr(t Expr, attr string, self *Binding) bool {
	a, ok := t.(*Attribute)
	if !ok || a.Attr != attr {
		return false
	}
	n, ok := a.X.(*Name)
	if !ok {
		return false
	}
	for _, b := range f.Resolve(n).Bindings {
		if b == self {
			return true
		}
	}
	return false
}

// Dotted is the text of a chain of names and attributes, "" for anything else.
func Dotted(e Expr) string {
	var parts []string
	for {
		switch x := e.(type) {
		case *Name:
			parts = append(parts, x.ID)
			for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
				parts[i], parts[j] = parts[j], parts[i]
			}
			return strings.Join(parts, ".")
		case *Attribute:
			parts = append(parts, x.Attr)
			e = x.X
		default:
			return ""
		}
	}
}

// ArgState tells what is known of an argument of a call.
type ArgState uint8

// What is known of an argument.
const (
	Absent     ArgState = iota // surely not given
	Present                    // given, and here it is
	Unknowable                 // *args or **kwargs may give it
)

// Arg is the argument called name, or number pos from 0 if it is given by position; pos -1 for one that has no position.
func (c *Call) Arg(name string, pos int) (*Arg, ArgState) {
	unknown := false
	at := 0
	for _, a := range c.Args {
		switch {
		case a.Stars > 0:
			unknown = true
		case a.Name != "":
			if a.Name == name {
				return a, Present
			}
		default:
			if at == pos && !unknown {
				return a, Present
			}
			at++
		}
	}
	if unknown {
		return nil, Unknowable
	}
	return nil, Absent
}
