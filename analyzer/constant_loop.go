package analyzer

import (
	"slices"

	"github.com/go-python/gpython/py"
)

// comp is the list that a comprehension makes, or the elements of a generator expression.
func (ev *evaluator) comp(e *Comp, depth int) py.Object {
	if e.Kind != ListSeq && e.Kind != Generator {
		return nil
	}
	items, ok := ev.clauses(e, 0, nil, depth)
	if !ok {
		return nil
	}
	return bounded(py.NewListFromItems(items))
}

// clauses runs the clauses of a comprehension from number i on, and adds its elements to items.
func (ev *evaluator) clauses(e *Comp, i int, items []py.Object, depth int) ([]py.Object, bool) {
	if i == len(e.Clauses) {
		o := ev.eval(e.Elt, depth+1)
		if o == nil || len(items) >= maxConstSize/elemSize {
			return nil, false
		}
		return append(items, o), true
	}
	k := e.Clauses[i]
	if k.Test != nil {
		o := ev.eval(k.Test, depth+1)
		if o == nil {
			return nil, false
		}
		passed, ok := truth(o)
		if !ok || !passed {
			return items, ok
		}
		return ev.clauses(e, i+1, items, depth)
	}
	each, ok := ev.iterate(k.Iter, depth)
	if !ok {
		return nil, false
	}
	for _, o := range each {
		if !ev.bind(k.Target, o) {
			return nil, false
		}
		if items, ok = ev.clauses(e, i+1, items, depth); !ok {
			return nil, false
		}
	}
	return items, true
}

// bind gives the names of a loop's target the elements of a value.
func (ev *evaluator) bind(target Expr, o py.Object) bool {
	switch t := target.(type) {
	case *Name:
		b := ev.f.bindings[t]
		if b == nil {
			return false
		}
		if ev.env == nil {
			ev.env = map[*Binding]py.Object{}
		}
		ev.env[b] = o
		return true
	case *Seq:
		items, ok := elements(o)
		if !ok || len(items) != len(t.Elems) {
			return false
		}
		for i, e := range t.Elems {
			if !ev.bind(e, items[i]) {
				return false
			}
		}
		return true
	}
	return false
}

// elements are the elements of a tuple or a list.
func elements(o py.Object) (items []py.Object, ok bool) {
	switch o := o.(type) {
	case py.Tuple:
		return o, true
	case *py.List:
		return o.Items, true
	}
	return nil, false
}

// iterate are the values that a loop over e goes through.
func (ev *evaluator) iterate(e Expr, depth int) ([]py.Object, bool) {
	if ev.steps++; ev.steps > maxConstSteps || depth > maxDepth {
		return nil, false
	}
	if c, ok := e.(*Call); ok {
		if n, ok := c.Fn.(*Name); ok && ev.isBuiltin(n) {
			switch n.ID {
			case "range", "xrange":
				return ev.rangeOf(c, depth)
			case "enumerate", "zip":
				return ev.zipped(c, n.ID, depth)
			}
		}
	}
	switch o := ev.eval(e, depth+1).(type) {
	case py.Tuple:
		return o, true
	case *py.List:
		return o.Items, true
	case py.String:
		var out []py.Object
		for _, r := range string(o) {
			out = append(out, py.String(string(r)))
		}
		return out, true
	}
	return nil, false
}

// isBuiltin tells whether nothing in view may bind a name.
func (ev *evaluator) isBuiltin(n *Name) bool {
	return len(ev.f.Resolve(n).Bindings)+len(ev.f.scopes.Stars) == 0
}

// rangeOf are the numbers of range(stop) or range(start, stop[, step]).
func (ev *evaluator) rangeOf(c *Call, depth int) ([]py.Object, bool) {
	var args []int64
	for _, a := range c.Args {
		n, ok := ev.eval(a.Value, depth+1).(py.Int)
		if !ok || a.Stars > 0 || a.Name != "" || n > 1<<40 || n < -1<<40 {
			return nil, false
		}
		args = append(args, int64(n))
	}
	from, to, step := int64(0), int64(0), int64(1)
	switch len(args) {
	case 1:
		to = args[0]
	case 2:
		from, to = args[0], args[1]
	case 3:
		from, to, step = args[0], args[1], args[2]
	default:
		return nil, false
	}
	var out []py.Object
	for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
		if out = append(out, py.Int(i)); len(out) > maxConstSize/elemSize {
			return nil, false
		}
	}
	return out, step != 0
}

// zipped are the tuples that zip gives of its arguments, or enumerate of its one.
func (ev *evaluator) zipped(c *Call, fn string, depth int) ([]py.Object, bool) {
	var lists [][]py.Object
	for _, a := range c.Args {
		items, ok := ev.iterate(a.Value, depth+1)
		if !ok || a.Stars > 0 || a.Name != "" {
			return nil, false
		}
		lists = append(lists, items)
	}
	switch {
	case fn == "enumerate" && len(lists) == 1:
		var numbers []py.Object
		for i := range lists[0] {
			numbers = append(numbers, py.Int(i))
		}
		lists = [][]py.Object{numbers, lists[0]}
	case fn == "enumerate" || len(lists) == 0:
		return nil, false
	}
	shortest := slices.MinFunc(lists, func(a, b []py.Object) int { return len(a) - len(b) })
	var out []py.Object
	for i := range shortest {
		var tuple py.Tuple
		for _, l := range lists {
			tuple = append(tuple, l[i])
		}
		out = append(out, tuple)
	}
	return out, true
}

// grown is the list that read holds, where it is written out as made and then only appended to: by statements right behind it in the same block,
// some of them in for loops, and all of them before read.
func (ev *evaluator) grown(made *Seq, read Expr, depth int) py.Object {
	f := ev.f
	assign, ok := f.parent[made].(*Assign)
	if !ok || made.Kind != ListSeq || len(assign.Targets) != 1 {
		return nil
	}
	target, ok := assign.Targets[0].(*Name)
	if !ok {
		return nil
	}
	b := f.bindings[target]
	block, at := f.BlockOf(assign)
	if b == nil || block == nil {
		return nil
	}
	appends := map[*Call]bool{}
	var last Span
	t := &tracker{f: f, seen: map[any]bool{b: true}}
	for _, n := range f.Uses(b) {
		if c, ok := f.appendTo(n); ok {
			appends[c] = true
			if c.End > last.End {
				last = c.Span
			}
		} else if !t.reads(n) {
			return nil
		}
	}
	if len(appends) == 0 || read.Pos().Start < last.End || f.Scope(read) != f.Scope(assign) {
		return nil
	}
	o, ok := ev.eval(made, depth+1).(*py.List)
	if !ok {
		return nil
	}
	items := slices.Clone(o.Items)
	for _, s := range block.Stmts[at+1:] {
		if s.Pos().Start > last.End {
			break
		}
		if items, ok = ev.appended(s, appends, items, depth); !ok {
			return nil
		}
	}
	if len(appends) > 0 { // some stand elsewhere
		return nil
	}
	return bounded(py.NewListFromItems(items))
}

// appendTo is the call name.append(x) as a statement of its own that a name is part of.
func (f *File) appendTo(n *Name) (*Call, bool) {
	a, ok := f.parent[n].(*Attribute)
	if !ok || a.Attr != "append" || a.X != Expr(n) {
		return nil, false
	}
	c, ok := f.parent[a].(*Call)
	if !ok || c.Fn != Expr(a) || len(c.Args) != 1 || c.Args[0].Name != "" || c.Args[0].Stars > 0 {
		return nil, false
	}
	_, ok = f.parent[c].(*ExprStmt)
	return c, ok
}

// appended runs one statement as far as it appends, and takes its calls out of appends.
func (ev *evaluator) appended(s Stmt, appends map[*Call]bool, items []py.Object, depth int) ([]py.Object, bool) {
	switch s := s.(type) {
	case *ExprStmt:
		c, ok := s.X.(*Call)
		if !ok || !appends[c] {
			return items, true
		}
		o := ev.eval(c.Args[0].Value, depth+1)
		if o == nil || mutable(o) || len(items) >= maxConstSize/elemSize {
			return nil, false
		}
		delete(appends, c)
		return append(items, o), true
	case *For:
		has := map[*Call]bool{}
		Walk(s.Body, func(n Node) bool {
			if c, ok := n.(*Call); ok && appends[c] {
				has[c] = true
			}
			return true
		})
		if len(has) == 0 {
			return items, true
		}
		each, ok := ev.iterate(s.Iter, depth)
		if !ok {
			return nil, false
		}
		for _, st := range s.Body.Stmts { // nothing may leave the loop early, nor append under a condition
			x, ok := st.(*ExprStmt)
			if !ok {
				return nil, false
			}
			if c, ok := x.X.(*Call); !ok || !has[c] {
				return nil, false
			}
		}
		for _, o := range each {
			if !ev.bind(s.Target, o) {
				return nil, false
			}
			for _, st := range s.Body.Stmts {
				c := st.(*ExprStmt).X.(*Call)
				appends[c] = true
				if items, ok = ev.appended(st, appends, items, depth); !ok {
					return nil, false
				}
			}
		}
		for c := range has {
			delete(appends, c)
		}
		return items, true
	}
	return items, true
}

// item is d[key] for a dict that is written out and that nothing changes.
func (ev *evaluator) item(e *Subscript, depth int) (o py.Object, isDict bool) {
	made, ok := ev.f.OnlyExpr(e.X)
	d, isDict := made.(*Dict)
	if !ok || !isDict {
		return nil, false
	}
	key, ok := ev.eval(e.Index[0], depth+1).(py.String)
	if !ok || Expr(d) != e.X && !ev.f.Unchanged(d) {
		return nil, true
	}
	for _, it := range d.Items {
		if it.Key == nil {
			return nil, true
		}
		k, ok := ev.eval(it.Key, depth+1).(py.String)
		if !ok {
			return nil, true
		}
		if k == key {
			if o = ev.eval(it.Value, depth+1); o == nil || mutable(o) {
				return nil, true
			}
		}
	}
	return o, true
}
