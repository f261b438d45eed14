package rewrite

import (
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

// movable tells whether an expression means the same further down, at offset to: both places are in one function, and no name in it is
// bound in between. why says what is in the way.
func (p *program) movable(e analyzer.Expr, to analyzer.Node) (ok bool, why string) {
	if p.f.FuncOf(e) != p.f.FuncOf(to) {
		return false, "they are in different functions"
	}
	for _, n := range names(e) {
		for _, b := range p.bindingsBetween(n, e.Pos().End, to.Pos().Start) {
			return false, "`" + b.Ident + "` is given another value in between"
		}
	}
	return true, ""
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
