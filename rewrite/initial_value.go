package rewrite

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// A function that wrap_function takes makes its variables outside of its graph, where no tensor of the graph can be their first value. Where that is
// computed of constants alone it becomes a function that computes it: tf.Variable(lambda: tf.zeros([2])), which TensorFlow 1 takes as well.

// initial tells whether an initial value is a tensor that is computed of what is no tensor, so that it may as well be computed outside of the graph.
func (w *wrapping) initial(e analyzer.Expr) bool {
	calls, ok := 0, true
	analyzer.Walk(e, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Call:
			api, isAPI := w.p.Callee(n)
			ok = ok && isAPI && (statelessAPI.MatchString(api.Name) && !statefulAPI.MatchString(api.Name) || randomAPI.MatchString(api.Name))
			calls++
		case *analyzer.Attribute:
			if _, isAPI := w.p.API(n); isAPI {
				return false
			}
			ok = false
		case *analyzer.Name:
			if _, isAPI := w.p.API(n); !isAPI {
				ok = ok && w.noTensor(n)
			}
		case *analyzer.Num, *analyzer.Str, *analyzer.Const, *analyzer.Seq, *analyzer.Binary, *analyzer.Unary:
		default:
			ok = false
		}
		return ok
	})
	return ok && calls > 0
}

// randomAPI draw the random numbers that variables start with.
var randomAPI = newPattern(`^(random\.)?(random_normal|random_uniform|truncated_normal|normal|uniform)$`)

// makeLate makes a function of an initial value.
func (w *wrapping) makeLate(e analyzer.Expr) {
	if w.late[e] {
		return
	}
	w.late[e] = true
	w.edits = append(w.edits, Edit{analyzer.Span{Start: e.Pos().Start, End: e.Pos().Start}, "lambda: "})
}

// made is the value of the one assignment that a name stands for; nil if it stands for something else.
func (w *wrapping) made(e analyzer.Expr) analyzer.Node {
	if n, ok := e.(*analyzer.Name); ok {
		if bs := w.p.f.Resolve(n).Bindings; len(bs) == 1 {
			if st, ok := bs[0].Node.(*analyzer.Assign); ok {
				return st.Value
			}
		}
	}
	return nil
}

// namedInitial looks whether an assignment names an initial value that only the variable right behind it has.
func (w *wrapping) namedInitial(st *analyzer.Assign) {
	p := w.p
	if len(st.Targets) != 1 || st.Value == nil || !w.initial(st.Value) {
		return
	}
	n, ok := st.Targets[0].(*analyzer.Name)
	if !ok {
		return
	}
	b := p.f.BindingOf(n)
	if b == nil || len(b.Scope.Vars[b.Ident].Bindings) != 1 || len(p.f.Uses(b)) != 1 {
		return
	}
	u := p.f.Uses(b)[0]
	c, ok := p.f.Parent(u).(*analyzer.Call)
	if !ok || !p.Is(c, "Variable") {
		return
	}
	if a, state := c.Arg("initial_value", 0); state != analyzer.Present || a.Value != analyzer.Expr(u) {
		return
	}
	block, i := p.f.BlockOf(st)
	if i+1 < len(block.Stmts) && block.Stmts[i+1].Pos().Contains(c.Span) {
		w.makeLate(st.Value)
	}
}

// noTensor tells whether a value surely is no tensor of the graph: a constant, what numpy computes, a function, or a parameter for which only such are passed.
func (w *wrapping) noTensor(e analyzer.Expr) bool {
	if _, ok := w.p.f.Constant(e, rules.Known); ok {
		return true
	}
	if n, ok := e.(*analyzer.Name); ok {
		if bs := w.p.f.Resolve(n).Bindings; len(bs) == 1 && bs[0].Kind == analyzer.BindParam {
			return w.noTensorPassed(bs[0])
		}
	}
	v := w.p.f.Value(e)
	if v.Open || len(v.Origins) == 0 {
		return false
	}
	for _, o := range v.Origins {
		switch x := o.Expr.(type) {
		case *analyzer.Lambda, *analyzer.Num, *analyzer.Const:
		case *analyzer.Seq:
			if !w.noTensors(x) {
				return false
			}
		case *analyzer.Call:
			if !w.p.plainValue(x) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// noTensors is noTensor for all that a list or a tuple holds.
func (w *wrapping) noTensors(s *analyzer.Seq) bool {
	if w.asking[s] { // in a loop it may hold itself
		return true
	}
	w.asking[s] = true
	defer delete(w.asking, s)
	return !slices.ContainsFunc(s.Elems, func(e analyzer.Expr) bool { return !w.noTensor(e) })
}

// noTensorPassed tells whether a parameter surely holds no tensor: all calls of its function are in view.
func (w *wrapping) noTensorPassed(b *analyzer.Binding) bool {
	p := w.p
	d, ok := b.Scope.Node.(*analyzer.FuncDef)
	if p != w.main { // which is called from here as well
		return false
	}
	if !ok || len(b.Scope.Vars[b.Ident].Bindings) != 1 || w.asking[b] {
		return ok && w.asking[b]
	}
	w.asking[b] = true
	defer delete(w.asking, b)
	at := slices.IndexFunc(d.Params, func(q *analyzer.Param) bool { return q.Name != nil && q.Name.ID == b.Ident })
	if at < 0 || d.Params[at].Stars > 0 {
		return false
	}
	calls, bound, ok := p.callsOf(d)
	if !ok {
		return false
	}
	for _, c := range calls {
		pos := at
		if bound {
			pos--
		}
		a, state := c.Arg(b.Ident, pos)
		switch {
		case state == analyzer.Unknowable, state == analyzer.Present && !w.noTensor(a.Value):
			return false
		case state == analyzer.Absent && (d.Params[at].Default == nil || !w.noTensor(d.Params[at].Default)):
			return false
		}
	}
	return len(calls) > 0
}

// callsOf are the calls of a function or a method of the file. ok is false where it may be called in another way. bound tells that the first
// parameter is not among the arguments.
func (p *program) callsOf(d *analyzer.FuncDef) (calls []*analyzer.Call, bound, ok bool) {
	call := func(e analyzer.Expr) bool {
		c, isCall := p.f.Parent(e).(*analyzer.Call)
		if isCall && c.Fn == e {
			calls = append(calls, c)
			return true
		}
		return false
	}
	if len(d.Decorators) > 0 {
		return nil, false, false
	}
	if p.f.ClassOf(d) == nil {
		b := p.f.BindingOf(d.Name)
		if b == nil || len(b.Scope.Vars[b.Ident].Bindings) != 1 {
			return nil, false, false
		}
		for _, u := range p.f.Uses(b) {
			if !call(u) {
				return nil, false, false
			}
		}
		return calls, false, true
	}
	ok = true
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Attribute:
			// A class's own name in front would make self an argument.
			root := rootName(n.X)
			ok = ok && (n.Attr != d.Name.ID || root != nil && !p.isClass(root) && call(n))
		case *analyzer.Name:
			ok = ok && n.ID != "getattr"
		}
		return ok
	})
	return calls, true, ok
}

// isClass tells whether a name may be that of a class.
func (p *program) isClass(n *analyzer.Name) bool {
	return slices.ContainsFunc(p.f.Value(n).Origins, func(o analyzer.Origin) bool {
		_, isClass := o.Node.(*analyzer.ClassDef)
		return isClass || o.Kind == analyzer.FromImport
	})
}
