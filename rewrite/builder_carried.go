package rewrite

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// carried follows a Builder through the variables, parameters and results of functions that hold it. They hold the export directory from then on, under a
// name that says so.
type carried struct {
	p      *program
	export *rules.Export
	seen   map[analyzer.Node]bool
	names  []analyzer.Span // where a variable or a parameter that holds it is spelled
	params []*analyzer.FuncDef
	why    string
}

// carryDirectory finds all places that hold the Builder of an export. why says what else may become of it.
func (p *program) carryDirectory(e *rules.Export) (h *heldDirectory, why string) {
	c := &carried{p: p, export: e, seen: map[analyzer.Node]bool{}}
	c.follow(e.Builder)
	for _, fn := range c.params {
		c.calls(fn, func(call *analyzer.Call) {
			if !c.passes(call) {
				c.why = "`" + fn.Name.ID + "` is called with another Builder"
			}
		})
	}
	add, save := c.receiver(e.MetaGraphs[0].Call), c.receiver(e.Save)
	if c.why == "" && (add == nil || save == nil) {
		c.why = "its Builder is handed on in a way that is not followed"
	}
	if c.why != "" {
		return nil, c.why
	}
	name := "export_dir"
	if p.taken[name] {
		name = "saved_model_dir"
	}
	name = p.fresh(name)
	gone := []analyzer.Span{p.f.StmtOf(e.MetaGraphs[0].Call).Pos()}
	if st, ok := p.f.StmtOf(e.Save).(*analyzer.ExprStmt); ok && st.X == analyzer.Expr(e.Save) {
		gone = append(gone, st.Pos())
	}
	h = &heldDirectory{add: name, save: name, edits: []Edit{{e.Builder.Span, p.oneLine(e.Directory)}}}
	for _, at := range c.names {
		if !slices.ContainsFunc(gone, func(s analyzer.Span) bool { return s.Contains(at) }) && !e.Save.Contains(at) {
			h.edits = append(h.edits, Edit{at, name})
		}
	}
	return h, ""
}

// receiver is the variable that a method of the Builder is called on; nil if it is called on something else.
func (c *carried) receiver(call *analyzer.Call) *analyzer.Name {
	fn, ok := call.Fn.(*analyzer.Attribute)
	if !ok {
		return nil
	}
	n, ok := fn.X.(*analyzer.Name)
	if !ok || !c.seen[n] {
		return nil
	}
	return n
}

// follow goes on from an expression whose value is the Builder.
func (c *carried) follow(e analyzer.Expr) {
	if c.why != "" || c.seen[e] {
		return
	}
	c.seen[e] = true
	f := c.p.f
	switch parent := f.Parent(e).(type) {
	case *analyzer.Assign:
		target, ok := parent.Targets[0].(*analyzer.Name)
		if !ok || len(parent.Targets) != 1 || parent.Value != e {
			c.why = "the Builder is kept in something other than a variable"
			return
		}
		c.variable(target)
	case *analyzer.Call:
		if parent.Fn == e {
			c.why = "the Builder is called"
			return
		}
		c.argument(parent, e)
	case *analyzer.Return:
		fn := f.FuncOf(e)
		if fn == nil || len(f.Returns(fn)) != 1 || len(fn.Decorators) > 0 {
			c.why = "a function returns the Builder, or something else"
			return
		}
		c.calls(fn, func(call *analyzer.Call) { c.follow(call) })
	case *analyzer.Attribute:
		call, ok := f.Parent(parent).(*analyzer.Call)
		if !ok || call.Fn != analyzer.Expr(parent) || call != c.export.MetaGraphs[0].Call && call != c.export.Save {
			c.why = "the Builder's attribute " + parent.Attr + " is used"
		}
	default:
		c.why = "the Builder is part of a larger expression"
	}
}

// variable goes on with all uses of a variable, which must hold nothing else.
func (c *carried) variable(at *analyzer.Name) {
	b := c.p.f.BindingOf(at)
	if b == nil || len(b.Scope.Vars[b.Ident].Bindings) != 1 || b.Scope.Kind == analyzer.ClassScope {
		c.why = "`" + at.ID + "` holds the Builder, or something else"
		return
	}
	analyzer.Walk(c.p.f.Module, func(n analyzer.Node) bool {
		if g, ok := n.(*analyzer.Global); ok && slices.ContainsFunc(g.Names, func(n *analyzer.Name) bool { return n.ID == at.ID }) {
			c.why = "`" + at.ID + "` is declared global"
		}
		return true
	})
	c.names = append(c.names, at.Span)
	for _, use := range c.p.f.Uses(b) {
		c.names = append(c.names, use.Span)
		c.follow(use)
	}
}

// argument goes on with the parameter that an argument is for.
func (c *carried) argument(call *analyzer.Call, e analyzer.Expr) {
	f := c.p.f
	o, ok := f.Only(call.Fn)
	fn, isDef := o.Node.(*analyzer.FuncDef)
	if !ok || !isDef || o.Kind != analyzer.FromDef || o.Home != nil || len(fn.Decorators) > 0 {
		c.why = "the Builder is handed to something out of view"
		return
	}
	shift := 0
	if f.ClassOf(fn) != nil && f.FuncOf(fn) == nil {
		shift = 1 // self
	}
	for i, a := range call.Args {
		if a.Value != e {
			continue
		}
		at := i + shift
		if a.Name != "" {
			at = slices.IndexFunc(fn.Params, func(p *analyzer.Param) bool { return p.Name != nil && p.Name.ID == a.Name })
			c.names = append(c.names, analyzer.Span{Start: a.Start, End: a.Start + len(a.Name)})
		}
		if a.Stars > 0 || at < 0 || at >= len(fn.Params) || fn.Params[at].Stars > 0 || fn.Params[at].Name == nil || fn.Params[at].Default != nil {
			break
		}
		if !slices.Contains(c.params, fn) {
			c.params = append(c.params, fn)
		}
		if !c.seen[fn.Params[at]] {
			c.seen[fn.Params[at]] = true
			c.variable(fn.Params[at].Name)
		}
		return
	}
	c.why = "which parameter the Builder is for is out of view"
}

// calls visits the calls of a function, which must be used for nothing else in the file.
func (c *carried) calls(fn *analyzer.FuncDef, visit func(*analyzer.Call)) {
	f := c.p.f
	analyzer.Walk(f.Module, func(n analyzer.Node) bool {
		switch e := n.(type) {
		case *analyzer.Name:
			if e.ID != fn.Name.ID || e == fn.Name || f.ClassOf(fn) != nil && f.FuncOf(fn) == nil {
				return true
			}
		case *analyzer.Attribute:
			if e.Attr != fn.Name.ID || f.ClassOf(fn) == nil {
				return true
			}
		default:
			return true
		}
		call, ok := f.Parent(n).(*analyzer.Call)
		if !ok || call.Fn != n {
			c.why = "`" + fn.Name.ID + "` is not only called"
			return true
		}
		visit(call)
		return true
	})
}

// passes tells whether a call has an argument that is the Builder.
func (c *carried) passes(call *analyzer.Call) bool {
	return slices.ContainsFunc(call.Args, func(a *analyzer.Arg) bool { return c.seen[a.Value] })
}
