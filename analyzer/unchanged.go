package analyzer

import (
	"slices"
	"strings"
)

// maxAliases bounds how far the names of one list are followed.
const maxAliases = 100

// Unchanged tells whether nothing in the file may change the list or the dict that made makes: all the places that its
// value goes to are in view and only read it. made is the display, the comprehension or the call itself.
func (f *File) Unchanged(made Expr) bool {
	t := &tracker{f: f, seen: map[any]bool{}}
	return t.reads(made)
}

type tracker struct {
	f    *File
	seen map[any]bool // the bindings and the names of attributes that were followed
}

// changers are functions that change an argument of theirs, or keep it for something else to change.
var changers = []string{"random.", "numpy.random.", "heapq.", "bisect.", "operator.", "functools."}

// readers are methods of lists and dicts that change nothing and keep nothing.
var readers = map[string]bool{"index": true, "count": true, "copy": true, "get": true, "keys": true, "values": true, "items": true, "iteritems": true}

// reads tells whether the expression right around e only reads its value.
func (t *tracker) reads(e Expr) bool {
	switch p := t.f.parent[e].(type) {
	case *Call:
		return p.Fn != e && t.takes(p)
	case *Attribute:
		c, ok := t.f.parent[p].(*Call)
		return ok && c.Fn == Expr(p) && readers[p.Attr]
	case *Subscript:
		return p.X == e && !t.isTarget(p)
	case *Assign:
		for _, target := range p.Targets {
			if !t.named(target) {
				return false
			}
		}
		return true
	case *For:
		return p.Iter == e
	case *Comp:
		return slices.ContainsFunc(p.Clauses, func(k CompClause) bool { return k.Iter == e || k.Test == e })
	case *Binary:
		return p.Op != "and" && p.Op != "or"
	case *Cond:
		return p.Test == e
	case *Compare, *Unary, *If, *While, *Assert, *ExprStmt, *OldStmt, *Str:
		return true
	case *Starred:
		return true
	}
	return false
}

// named follows a target: all that reads the name, or any attribute of this name, must only read.
func (t *tracker) named(target Expr) bool {
	switch target := target.(type) {
	case *Name:
		b := t.f.bindings[target]
		if b == nil || len(t.seen) >= maxAliases {
			return false
		}
		if t.seen[b] {
			return true
		}
		t.seen[b] = true
		for _, n := range t.f.Uses(b) {
			if !t.reads(n) {
				return false
			}
		}
		return true
	case *Attribute:
		if t.seen[target.Attr] {
			return true
		}
		if len(t.seen) >= maxAliases {
			return false
		}
		t.seen[target.Attr] = true
		for _, a := range t.f.attrs[target.Attr] {
			if !t.isTarget(a) && !t.reads(a) {
				return false
			}
			if _, aug := t.f.parent[a].(*AugAssign); aug {
				return false
			}
		}
		return true
	}
	return false
}

// isTarget tells whether e is bound or deleted, and not read.
func (t *tracker) isTarget(e Expr) bool {
	switch p := t.f.parent[e].(type) {
	case *Assign:
		return slices.Contains(p.Targets, e)
	case *AugAssign:
		return p.Target == e
	case *Delete:
		return true
	case *For:
		return p.Target == e
	case *With:
		return slices.ContainsFunc(p.Items, func(it WithItem) bool { return it.Target == e })
	case *Seq:
		return t.isTarget(p)
	case *Starred:
		return t.isTarget(p)
	}
	return false
}

// takes tells whether a call leaves its arguments as they are: functions of other modules and builtins do, but for
// changers; those of this file, and what nothing is known of, may not.
func (t *tracker) takes(c *Call) bool {
	if n, ok := c.Fn.(*Name); ok && len(t.f.Resolve(n).Bindings) == 0 {
		return builtins[n.ID] && n.ID != "setattr" && n.ID != "iter" && n.ID != "map" && n.ID != "apply"
	}
	if a, ok := c.Fn.(*Attribute); ok && (a.Attr == "append" || a.Attr == "insert" || a.Attr == "setdefault") {
		return false
	}
	o, ok := t.f.Only(c.Fn)
	if !ok || o.Context || o.Kind != FromImport && o.Kind != FromExpr {
		return false
	}
	return !slices.ContainsFunc(changers, func(prefix string) bool { return strings.HasPrefix(o.Import, prefix) })
}
