package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// names are the names that an expression reads.
func names(n analyzer.Node) []*analyzer.Name {
	var out []*analyzer.Name
	analyzer.Walk(n, func(n analyzer.Node) bool {
		if name, ok := n.(*analyzer.Name); ok {
			out = append(out, name)
		}
		return true
	})
	return out
}

// movable tells whether an expression means the same further down, at to: both places are in one function, and nothing that it reads is changed in
// between, as far as the file goes. why says what is in the way. Whether what it calls may be called later is asked of settles.
func (p *program) movable(e analyzer.Expr, to analyzer.Node) (ok bool, why string) {
	if p.f.FuncOf(e) != p.f.FuncOf(to) {
		return false, "they are in different functions"
	}
	between := analyzer.Span{Start: e.Pos().End, End: p.reaches(e, to)}
	for _, n := range names(e) {
		for _, b := range p.bindingsBetween(n, between.Start, between.End) {
			return false, "`" + b.Ident + "` is given another value in between"
		}
	}
	if part := p.changedIn(e, between); part != nil {
		return false, "`" + p.f.Text(part.Pos()) + "` may be given another value in between"
	}
	return true, ""
}

// reaches is the offset up to which the file may have run since e, when it comes to to: its start, or the end of a loop that it is in without e.
func (p *program) reaches(e analyzer.Expr, to analyzer.Node) int {
	end := to.Pos().Start
	for n := p.f.Parent(to); n != nil && !n.Pos().Contains(e.Pos()); n = p.f.Parent(n) {
		switch n.(type) {
		case *analyzer.For, *analyzer.While:
			end = n.Pos().End
		}
	}
	return end
}

// changedIn is an attribute or an item that e reads and that the statements of a span, or the functions of the file that they call, may set; nil if there is none.
func (p *program) changedIn(e analyzer.Expr, span analyzer.Span) (part analyzer.Expr) {
	analyzer.Walk(e, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Attribute:
			if _, ok := p.API(n); ok {
				return false
			}
			if _, isMethod := p.f.Parent(n).(*analyzer.Call); !isMethod || p.f.Parent(n).(*analyzer.Call).Fn != analyzer.Expr(n) {
				if part == nil && p.setsIn(p.f.Module, span, map[*analyzer.FuncDef]bool{}, func(t analyzer.Expr) bool {
					a, ok := t.(*analyzer.Attribute)
					return ok && a.Attr == n.Attr
				}) {
					part = n
				}
			}
		case *analyzer.Subscript:
			if part == nil && p.setsIn(p.f.Module, span, map[*analyzer.FuncDef]bool{}, func(t analyzer.Expr) bool {
				sub, ok := t.(*analyzer.Subscript)
				return ok && p.f.Text(sub.X.Pos()) == p.f.Text(n.X.Pos())
			}) {
				part = n
			}
		}
		return part == nil
	})
	return part
}

// setsIn tells whether a statement in the span of a block sets something like what is asked for, or a function of the file does that is called there.
func (p *program) setsIn(block analyzer.Node, span analyzer.Span, seen map[*analyzer.FuncDef]bool, is func(analyzer.Expr) bool) bool {
	found := false
	set := func(e analyzer.Expr) {
		if e != nil {
			analyzer.Walk(e, func(n analyzer.Node) bool {
				t, ok := n.(analyzer.Expr)
				found = found || ok && is(t)
				return !found
			})
		}
	}
	analyzer.Walk(block, func(n analyzer.Node) bool {
		if found || !n.Pos().Overlaps(span) {
			return false
		}
		if s, isStmt := n.(analyzer.Stmt); isStmt && !span.Contains(s.Pos()) {
			return true // it stands around the span, or only begins there
		}
		switch n := n.(type) {
		case *analyzer.FuncDef, *analyzer.Lambda:
			return false
		case *analyzer.Assign:
			for _, t := range n.Targets {
				set(t)
			}
		case *analyzer.AugAssign:
			set(n.Target)
		case *analyzer.Delete:
			for _, t := range n.Targets {
				set(t)
			}
		case *analyzer.For:
			set(n.Target)
		case *analyzer.With:
			for _, it := range n.Items {
				set(it.Target)
			}
		case *analyzer.Call:
			for _, o := range p.f.Value(n.Fn).Origins {
				if d, ok := o.Node.(*analyzer.FuncDef); ok && o.Home == nil && !seen[d] {
					seen[d] = true
					found = found || p.setsIn(d.Body, d.Body.Span, seen, is)
				}
			}
		}
		return !found
	})
	return found
}

// settles tells why a call in an expression may give another thing further down, at to: it may make variables or depend on what happens in between;
// "" where all that it calls computes tensors, or nothing but the export happens there.
func (p *program) settles(e analyzer.Expr, to analyzer.Node) string {
	if p.quiet(analyzer.Span{Start: p.f.StmtOf(e).Pos().End, End: p.reaches(e, to)}) {
		return ""
	}
	why := ""
	analyzer.Walk(e, func(n analyzer.Node) bool {
		if c, ok := n.(*analyzer.Call); ok && why == "" && !p.pureCall(c) && !p.onlyFinds(c) && p.impure(c) != "" {
			why = "`" + p.oneLine(c) + "` may give another thing there"
		}
		return why == ""
	})
	return why
}

// onlyFinds tells whether a call only finds what a graph, a tensor or an object has.
func (p *program) onlyFinds(c *analyzer.Call) bool {
	if p.Is(c, "get_default_graph", "get_collection", "train.get_global_step", "saved_model.build_tensor_info") {
		return true
	}
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok {
		return false
	}
	switch a.Attr {
	case "get_tensor_by_name", "get_operation_by_name", "get_collection", "get_shape", "as_list", "average", "lookup", "read_value", "value", "items", "keys", "values", "get":
		return true
	}
	return false
}

// quiet tells whether the statements of a span only make the parts of an export.
func (p *program) quiet(span analyzer.Span) bool {
	for _, c := range p.f.Calls() {
		if !span.Contains(c.Span) || p.pureCall(c) {
			continue
		}
		api, ok := p.Callee(c)
		if !ok || !strings.HasPrefix(api.Name, "saved_model.") && !strings.HasPrefix(api.Name, "gfile.") && !strings.HasPrefix(api.Name, "compat.") &&
			!strings.HasSuffix(api.Name, "tables_initializer") && api.Name != "get_collection" {
			return false
		}
	}
	return true
}

// bindingsBetween are the bindings of a name's variable between two offsets.
func (p *program) bindingsBetween(n *analyzer.Name, from, to int) []*analyzer.Binding {
	var out []*analyzer.Binding
	seen := map[*analyzer.Binding]bool{}
	for _, b := range p.f.Resolve(n).Bindings {
		v := b.Scope.Vars[b.Ident]
		for _, other := range v.Bindings {
			if !seen[other] && from <= other.At.Start && other.At.Start < to {
				seen[other] = true
				out = append(out, other)
			}
		}
	}
	return out
}

// plainPath tells whether an expression may be evaluated at another time without harm: names, constants, attributes and what joins
// them to a path or a string.
func (p *program) plainPath(e analyzer.Expr) bool {
	ok := true
	analyzer.Walk(e, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Name, *analyzer.Attribute, *analyzer.Str, *analyzer.Num, *analyzer.Const, *analyzer.Binary, *analyzer.Seq, *analyzer.Subscript, *analyzer.Dict:
		case *analyzer.Call:
			ok = ok && p.pureCall(n)
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// pureCall tells whether a call only computes a string from its arguments.
func (p *program) pureCall(c *analyzer.Call) bool {
	if paths, only := p.f.Names(c.Fn); only && len(paths) == 1 {
		switch paths[0] {
		case "os.path.join", "os.path.abspath", "os.path.expanduser", "os.path.dirname", "os.path.basename":
			return true
		}
	}
	if p.Is(c, "compat.as_bytes", "compat.as_text", "compat.as_str") {
		return true
	}
	switch fn := c.Fn.(type) {
	case *analyzer.Name:
		return (fn.ID == "str" || fn.ID == "int") && len(p.f.Resolve(fn).Bindings) == 0
	case *analyzer.Attribute:
		if _, isString := p.String(fn.X); isString || isStr(fn.X) {
			return fn.Attr == "format" || fn.Attr == "join"
		}
	}
	return false
}

func isStr(e analyzer.Expr) bool {
	_, ok := e.(*analyzer.Str)
	return ok
}

// identifier tells whether s can name a parameter in Python.
func identifier(s string) bool {
	if s == "" || analyzer.Keyword(s) {
		return false
	}
	for i, r := range s {
		if r != '_' && !(r >= 'a' && r <= 'z') && !(r >= 'A' && r <= 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// madeOfItself tells whether what an assignment gives is made of what it gave before, itself or through other assignments, as it may be in a loop.
func (p *program) madeOfItself(st *analyzer.Assign) bool {
	seen := map[analyzer.Node]bool{}
	for todo := names(st.Value); len(todo) > 0; todo = todo[1:] {
		for _, b := range p.f.Resolve(todo[0]).Bindings {
			if b.Node == analyzer.Node(st) {
				return true
			}
			if a, ok := b.Node.(*analyzer.Assign); ok && a.Value != nil && !seen[a] {
				seen[a] = true
				todo = append(todo, names(a.Value)...)
			}
		}
	}
	return false
}
