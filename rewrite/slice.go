package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// region is the part of a file that a function export takes apart: the block that it stands in, with the with statements of its graph and
// its session dissolved.
type region struct {
	p     *program
	block *analyzer.Block
	withs map[*analyzer.With]bool
	names bool // with statements that only name operations are dissolved as well
	// variables are those that the slices read, where the strategy has a place for them; nil where it has none.
	variables map[*analyzer.Binding]*moduleVariable
}

// newRegion climbs from a statement through the with statements that only make a graph or a session the default.
func newRegion(p *program, s analyzer.Stmt) *region {
	r := &region{p: p, withs: map[*analyzer.With]bool{}}
	b, _ := p.f.BlockOf(s)
	for {
		w, ok := p.f.Parent(b).(*analyzer.With)
		if !ok || !p.isContext(w) {
			break
		}
		b, _ = p.f.BlockOf(w)
	}
	r.block = b
	return r
}

// isContext tells whether a with statement is only there for a graph or a session.
func (p *program) isContext(w *analyzer.With) bool {
	for _, it := range w.Items {
		if !p.isGraphContext(it.X) && !p.isSession(it.X) {
			return false
		}
	}
	return len(w.Items) > 0
}

// isSession tells whether e makes a session, or names one, or makes it the default.
func (p *program) isSession(e analyzer.Expr) bool {
	for range 3 { // more is made the default of itself, in a loop
		c, ok := p.f.OnlyCall(e)
		if !ok {
			return false
		}
		if p.Is(c, "Session", "InteractiveSession") || p.IsKerasSession(c) {
			return true
		}
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || a.Attr != "as_default" {
			return false
		}
		e = a.X
	}
	return false
}

// has tells whether a statement stands in the region, and notes the with statements around it as part of it.
func (r *region) has(s analyzer.Stmt) bool {
	var around []*analyzer.With
	for {
		b, _ := r.p.f.BlockOf(s)
		if b == nil {
			return false
		}
		if b == r.block {
			for _, w := range around {
				r.withs[w] = true
			}
			return true
		}
		w, ok := r.p.f.Parent(b).(*analyzer.With)
		if !ok || !r.p.isContext(w) && !(r.names && r.p.onlyScopes(w)) {
			return false
		}
		around = append(around, w)
		s = w
	}
}

// ownGraph tells whether the region makes the graph that it builds in.
func (r *region) ownGraph() bool {
	for w := range r.withs {
		for _, it := range w.Items {
			c, ok := it.X.(*analyzer.Call)
			if !ok || !r.p.isGraphContext(c) {
				continue
			}
			made, ok := r.p.MadeBy(c.Fn.(*analyzer.Attribute).X, "Graph")
			if ok && r.p.f.FuncOf(made) == r.p.f.FuncOf(w) {
				return true
			}
		}
	}
	return false
}

// slice is what computes a signature's outputs from its inputs.
type slice struct {
	stmts  []*analyzer.Assign // of the graph, in order
	inputs []input            // in the order of the signature
}

// input is a placeholder that a signature feeds.
type input struct {
	key         string
	name        *analyzer.Name // the variable that holds the placeholder
	binding     *analyzer.Binding
	stmt        *analyzer.Assign
	placeholder *analyzer.Call
	// fallback is the value of a placeholder_with_default that is not fed, and dtype what TensorFlow 2 calls its type.
	fallback analyzer.Expr
	dtype    string
}

// slicer collects the statements behind tensors.
type slicer struct {
	r      *region
	inputs map[*analyzer.Binding]bool
	seen   map[*analyzer.Binding]bool
	graph  map[*analyzer.Assign]bool
	why    string
}

// sliceOf finds the slice of a signature. why says what keeps it from being a function of its inputs.
func (r *region) sliceOf(s rules.Signature) (out slice, why string) {
	sl := &slicer{r: r, inputs: map[*analyzer.Binding]bool{}, seen: map[*analyzer.Binding]bool{}, graph: map[*analyzer.Assign]bool{}}
	for _, it := range s.Inputs.Items {
		in, why := r.input(it)
		if why != "" {
			return out, why
		}
		if sl.inputs[in.binding] {
			return out, "one placeholder is fed under two names"
		}
		sl.inputs[in.binding] = true
		out.inputs = append(out.inputs, in)
	}
	// Parameters with a default come last.
	slices.SortStableFunc(out.inputs, func(a, b input) int { return boolInt(a.fallback != nil) - boolInt(b.fallback != nil) })
	for _, it := range s.Outputs.Items {
		sl.expr(it.Tensor)
		if sl.why == "" {
			sl.why = r.p.impure(it.Tensor)
		}
	}
	if sl.why != "" {
		return out, sl.why
	}
	for st := range sl.graph {
		out.stmts = append(out.stmts, st)
	}
	slices.SortFunc(out.stmts, byPosition)
	return out, ""
}

// input lifts one input of a signature to its placeholder.
func (r *region) input(it rules.Item) (in input, why string) {
	n, ok := it.Tensor.(*analyzer.Name)
	if !ok {
		return in, "an input is not a variable that holds a placeholder"
	}
	if !identifier(it.Name) {
		return in, "the name of an input is not constant"
	}
	c, ok := r.p.MadeBy(n, "placeholder", "placeholder_with_default")
	if !ok {
		return in, "the input " + it.Name + " is not a placeholder made in view"
	}
	res := r.p.f.Resolve(n)
	st, isAssign := r.p.f.StmtOf(c).(*analyzer.Assign)
	if !isAssign || len(st.Targets) != 1 || st.Value != analyzer.Expr(c) || len(res.Bindings) != 1 {
		return in, "the placeholder of " + it.Name + " is not assigned to one variable"
	}
	target, isName := st.Targets[0].(*analyzer.Name)
	if !isName || r.p.f.BindingOf(target) != res.Bindings[0] || !r.has(st) || !r.p.ownLines(st) {
		return in, "the placeholder of " + it.Name + " is made elsewhere"
	}
	for _, a := range c.Args {
		if a.Stars > 0 {
			return in, "the placeholder of " + it.Name + " takes arguments out of view"
		}
	}
	in = input{key: it.Name, name: target, binding: res.Bindings[0], stmt: st, placeholder: c}
	if r.p.Is(c, "placeholder_with_default") {
		return in, in.setFallback(r.p)
	}
	return in, ""
}

// expr follows the names that e reads to the statements of the region that bind them.
func (s *slicer) expr(e analyzer.Node) {
	for _, n := range names(e) {
		if s.why != "" {
			return
		}
		s.name(n)
	}
}

func (s *slicer) name(n *analyzer.Name) {
	p := s.r.p
	for _, b := range p.f.Resolve(n).Bindings {
		if s.inputs[b] || s.seen[b] || p.local(b, n) {
			continue
		}
		s.seen[b] = true
		switch b.Kind {
		case analyzer.BindImport, analyzer.BindDef, analyzer.BindClass:
			continue
		}
		st, isAssign := b.Node.(*analyzer.Assign)
		if isAssign && s.r.variables != nil && s.r.has(st) {
			if v, why := s.r.variable(st, b); why != "" {
				s.why = why
				return
			} else if v != nil {
				s.r.variables[b] = v
				continue
			}
		}
		if isAssign && s.r.has(st) && p.inGraphOf(st) {
			s.graph[st] = true
			if !p.ownLines(st) {
				s.why = "a statement that builds the graph shares its line with another"
			}
			for _, t := range st.Targets {
				if !onlyNames(t) {
					s.why = "the graph is kept in something other than plain variables"
				}
			}
			if why := p.impure(st.Value); why != "" && s.why == "" {
				s.why = why
			}
			s.expr(st.Value)
			continue
		}
		if isAssign && s.r.has(st) {
			s.expr(st.Value) // a plain value: it stays where it is, and the function reads it
			if s.graph[st] {
				continue
			}
		}
		if why := s.stable(b, n); why != "" && s.why == "" {
			s.why = why
		}
	}
}

// local tells whether a binding belongs to a comprehension or a lambda that the name stands in.
func (p *program) local(b *analyzer.Binding, n *analyzer.Name) bool {
	return b.Scope.Kind == analyzer.CompScope || b.Scope.Kind == analyzer.LambdaScope
}

// stable tells why a function can't read a variable in place of the code that did; "" if it has one value, and that is no tensor.
func (s *slicer) stable(b *analyzer.Binding, n *analyzer.Name) string {
	p := s.r.p
	if len(b.Scope.Vars[b.Ident].Bindings) > 1 {
		return "`" + b.Ident + "` has several values"
	}
	if b.Kind == analyzer.BindParam {
		if s.r.ownGraph() {
			return "" // a caller's tensors are in another graph, and can't be used in this one
		}
		return "`" + b.Ident + "` is a parameter, and may be a tensor of the graph"
	}
	v := p.f.Value(n)
	for _, o := range v.Origins {
		switch o.Kind {
		case analyzer.FromImport:
		case analyzer.FromExpr:
			if p.buildsGraph(o.Expr, map[*analyzer.FuncDef]bool{}) {
				return "`" + b.Ident + "` is built outside of the graph that is saved"
			}
			if _, isCall := o.Expr.(*analyzer.Call); isCall && !p.plainValue(o.Expr) {
				return "what `" + b.Ident + "` holds is out of view"
			}
		default:
			return "what `" + b.Ident + "` holds is out of view"
		}
	}
	if v.Open {
		return "what `" + b.Ident + "` holds is out of view"
	}
	return ""
}

// plainValue tells whether a call surely makes no tensor: numpy's functions and builtins.
func (p *program) plainValue(e analyzer.Expr) bool {
	c, ok := e.(*analyzer.Call)
	if !ok {
		return true
	}
	root := analyzer.Expr(c)
	for {
		switch x := root.(type) {
		case *analyzer.Call:
			root = x.Fn
			continue
		case *analyzer.Attribute:
			if paths, only := p.f.Names(x); only && len(paths) == 1 && strings.HasPrefix(paths[0], "numpy.") {
				return true
			}
			root = x.X
			continue
		case *analyzer.Name:
			return len(p.f.Resolve(x).Bindings) == 0 && pureBuiltins[x.ID]
		}
		return isStr(root)
	}
}

// inGraphOf tells whether an assignment makes tensors: it calls TensorFlow, or it computes with names that do.
func (p *program) inGraphOf(st *analyzer.Assign) bool {
	return p.makesTensor(st, map[analyzer.Stmt]bool{})
}

func (p *program) makesTensor(st *analyzer.Assign, seen map[analyzer.Stmt]bool) bool {
	if st.Value == nil || seen[st] {
		return false
	}
	seen[st] = true
	if p.buildsGraph(st.Value, map[*analyzer.FuncDef]bool{}) {
		return true
	}
	for _, n := range names(st.Value) {
		for _, b := range p.f.Resolve(n).Bindings {
			if a, ok := b.Node.(*analyzer.Assign); ok && p.makesTensor(a, seen) {
				return true
			}
		}
	}
	return false
}
