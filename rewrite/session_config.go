package rewrite

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// configOf are the statements that make and fill in the configuration of a session, and have no use without it. ok is false where the session takes something
// else than a graph and a configuration. A configuration says how a graph runs, on which devices and in how much memory; it is no part of what is saved.
func (p *program) configOf(session *analyzer.Call) (stmts []analyzer.Stmt, ok bool) {
	for _, a := range session.Args {
		switch a.Name {
		case "graph":
		case "config":
			if c, isCall := a.Value.(*analyzer.Call); !rules.IsNone(a.Value) && !(isCall && p.Is(c, "ConfigProto")) && !p.plainPath(a.Value) {
				return nil, false
			}
			p.onlyFor(a.Value, session, &stmts)
		default:
			return nil, false
		}
	}
	return stmts, true
}

// onlyFor adds the statements that make, or fill in, a protocol buffer that e names, where they stand in front of the session and serve e alone.
func (p *program) onlyFor(e analyzer.Expr, session *analyzer.Call, out *[]analyzer.Stmt) {
	for _, n := range names(e) {
		made, ok := p.MadeBy(n, "ConfigProto", "GPUOptions", "OptimizerOptions", "GraphOptions")
		if !ok {
			continue
		}
		st, ok := p.f.StmtOf(made).(*analyzer.Assign)
		bs := p.f.Resolve(n).Bindings
		if !ok || len(bs) != 1 || bs[0].Node != analyzer.Node(st) || len(st.Targets) != 1 || st.Value != analyzer.Expr(made) || slices.Contains(*out, analyzer.Stmt(st)) {
			continue
		}
		stmts := []analyzer.Stmt{st}
		for _, u := range p.f.Uses(bs[0]) {
			if e.Pos().Contains(u.Span) {
				continue
			}
			fill, ok := p.f.StmtOf(u).(*analyzer.Assign)
			if !ok || len(fill.Targets) != 1 || !isFieldOf(fill.Targets[0], u) {
				stmts = nil
				break
			}
			stmts = append(stmts, fill)
		}
		here := func(s analyzer.Stmt) bool {
			b, _ := p.f.BlockOf(s)
			return p.ownLines(s) && b != nil && b.Contains(session.Span)
		}
		if len(stmts) > 0 && !slices.ContainsFunc(stmts, func(s analyzer.Stmt) bool { return !here(s) }) {
			*out = append(*out, stmts...)
			p.onlyFor(made, session, out)
		}
	}
}

// isFieldOf tells whether e is n.field, or a field of a field.
func isFieldOf(e analyzer.Expr, n *analyzer.Name) bool {
	a, ok := e.(*analyzer.Attribute)
	return ok && (a.X == analyzer.Expr(n) || isFieldOf(a.X, n))
}
