package rewrite

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// emitFrozenGraph is the strategy for a GraphDef that is imported into a graph of which an object keeps a session, or one that other functions run: wrap_function
// wraps the import, and the helper GraphSession takes the place of the session.
func emitFrozenGraph(p *program, site rules.Site) (*Fix, *Refusal) {
	f, ok := site.(*rules.FrozenImport)
	if !ok || !f.Alone || len(f.Sessions) == 0 {
		return nil, nil
	}
	st, ok := p.f.StmtOf(f.Call).(*analyzer.ExprStmt)
	if !ok || st.X != analyzer.Expr(f.Call) || !p.ownLines(st) {
		return nil, nil
	}
	for i, name := range []string{"graph_def", "input_map", "return_elements", "name"} {
		if _, state := f.Call.Arg(name, i); state == analyzer.Unknowable || state == analyzer.Present && (i == 1 || i == 2) {
			return nil, nil
		}
	}
	w := &frozenGraphWriter{regionWriter: newRegionWriter(p, p.f.StmtOf(f.Sessions[0])), site: f, stmt: st}
	w.sess = f.Sessions[0]
	for _, step := range []func() bool{w.imports, w.sessions, w.uses, w.alone} {
		if !step() {
			return nil, nil
		}
	}
	if w.dissolve() != "" {
		return nil, nil
	}
	fix := &Fix{Site: site, Strategy: "frozen graph", Applicability: Unsafe, Mode: EagerMode, Edits: w.edits, Helpers: []need{{name: "GraphSession"}},
		Message: "the GraphDef is imported in a function that wrap_function wraps, and run through the helper " + p.helper("GraphSession") +
			": right if no other file uses the session or the graph of the object"}
	if slices.ContainsFunc(f.Sessions, configured) {
		fix.Message += leavesConfig
	}
	return fix, nil
}

type frozenGraphWriter struct {
	*regionWriter
	site  *rules.FrozenImport
	stmt  *analyzer.ExprStmt
	graph string           // how the source names the graph: self.graph
	made  *analyzer.Assign // and where it makes it
	kept  []string         // how it names the sessions
}

// imports finds the graph that the GraphDef is imported into, and puts the wrapped import in place.
func (w *frozenGraphWriter) imports() bool {
	p := w.p
	var with *analyzer.With
	for n := p.f.Parent(w.stmt); n != nil && with == nil; n = p.f.Parent(n) {
		if at, ok := n.(*analyzer.With); ok && p.isContext(at) {
			with = at
		}
		if _, ok := n.(*analyzer.FuncDef); ok {
			return false
		}
	}
	if with == nil || len(with.Items) != 1 || with.Items[0].Target != nil || !w.region.has(with) {
		return false
	}
	c, ok := with.Items[0].X.(*analyzer.Call)
	if !ok {
		return false
	}
	graph := c.Fn.(*analyzer.Attribute).X
	made, ok := p.MadeBy(graph, "Graph")
	if !ok || analyzer.Dotted(graph) == "" {
		return false
	}
	w.graph = analyzer.Dotted(graph)
	w.made, ok = p.f.StmtOf(made).(*analyzer.Assign)
	if !ok || w.made.Value != analyzer.Expr(made) || len(w.made.Targets) != 1 || analyzer.Dotted(w.made.Targets[0]) != w.graph || !p.ownLines(w.made) || !w.region.has(w.made) {
		return false
	}
	w.region.withs[with] = true
	w.deleteLines(w.made)
	imported := p.fresh("imported")
	text := imported + " = " + p.v1("wrap_function") + "(lambda: " + p.text(w.site.Call) + ", [])\n" + w.graph + " = " + imported + ".graph\n"
	line := p.f.LineSpan(w.stmt.Pos())
	indent := w.indentOf(w.stmt)
	w.edits = append(w.edits, Edit{line, p.comments(line, indent) + indentLines(text, indent, p.end)})
	w.rewrote = append(w.rewrote, w.stmt)
	for _, s := range w.site.Sessions {
		if p.f.FuncOf(s) != p.f.FuncOf(w.stmt) || s.Start < w.stmt.End || otherOptions(s) {
			return false
		}
		if g, state := s.Arg("graph", 1); state == analyzer.Unknowable || state == analyzer.Present && analyzer.Dotted(g.Value) != w.graph {
			return false
		}
		w.edits = append(w.edits, Edit{s.Pos(), p.helper("GraphSession") + "(" + imported + ")"})
	}
	return true
}

// sessions looks where the sessions are kept.
func (w *frozenGraphWriter) sessions() bool {
	p := w.p
	for _, s := range w.site.Sessions {
		st, ok := p.f.StmtOf(s).(*analyzer.Assign)
		if !ok || st.Value != analyzer.Expr(s) || len(st.Targets) != 1 || !w.region.has(st) {
			return false
		}
		a, ok := st.Targets[0].(*analyzer.Attribute)
		if !ok {
			return false
		}
		if self, ok := a.X.(*analyzer.Name); !ok || !p.isSelf(self) {
			return false
		}
		w.rewrote = append(w.rewrote, st)
		w.kept = append(w.kept, a.Attr)
	}
	return true
}

// uses tells whether the sessions are only run and closed, and the graph is only asked for its tensors, wherever the file has attributes of their names.
func (w *frozenGraphWriter) uses() bool {
	p := w.p
	only := true
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		a, ok := n.(*analyzer.Attribute)
		if !ok {
			return only
		}
		st := p.f.StmtOf(a)
		method, called := p.f.Parent(a).(*analyzer.Attribute)
		switch {
		case slices.Contains(w.kept, a.Attr):
			if covered(w.edits, a.Pos()) || w.wasRewritten(st) {
				break
			}
			only = only && called && (method.Attr == "run" || method.Attr == "close" || method.Attr == "graph")
			if c, ok := p.f.Parent(analyzer.Node(method)).(*analyzer.Call); only && method.Attr == "run" {
				only = ok && c.Fn == analyzer.Expr(method) && len(c.Args) <= 2
			}
		case analyzer.Dotted(a) == w.graph:
			with, isWith := st.(*analyzer.With)
			if covered(w.edits, a.Pos()) || isWith && w.region.has(with) && p.isContext(with) {
				if isWith {
					w.region.withs[with] = true
				}
				break
			}
			only = only && called && slices.Contains(lookingUp, method.Attr)
		}
		return only
	})
	return only
}

// alone tells whether the file builds nothing else in a graph.
func (w *frozenGraphWriter) alone() bool {
	p := w.p
	for _, u := range p.uses {
		if covered(w.edits, u.node.Pos()) || graphFreeAPI.MatchString(u.api.Name) || u.api.Symbol.Kind != symbols.Function && u.api.Symbol.Kind != symbols.Class {
			continue
		}
		if !slices.Contains([]string{"GraphDef", "reset_default_graph"}, u.api.Name) {
			return false
		}
	}
	return true
}
