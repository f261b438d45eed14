package rewrite

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// emitLoadGraph is the strategy for a SavedModel that is loaded into a session whose runs are not all in view: the helper GraphSession takes the place of the
// session, and what runs it stays. It holds for models that TensorFlow 1 wrote, where nothing else is done with the session or its graph.
func emitLoadGraph(p *program, site rules.Site) (*Fix, *Refusal) {
	l, ok := site.(*rules.Load)
	if !ok || l.Session == nil || l.Directory == nil || l.Tags == nil || l.Made == nil || otherOptions(l.Made) {
		return nil, nil
	}
	st := p.f.StmtOf(l.Call)
	name, ok := l.Session.(*analyzer.Name)
	if !ok || !wholeCall(st, l.Call) || !p.ownLines(st) {
		return nil, nil
	}
	w := &graphWriter{session: name, loadWriter: &loadWriter{regionWriter: newRegionWriter(p, st), load: l, stmt: st}}
	w.sess = l.Made
	m, found := w.look()
	dir, known := p.String(l.Directory)
	if found && !m.Prunable || known && p.writes(dir) {
		return nil, nil // GraphSession can't run what TensorFlow 2 wrote
	}
	for _, step := range []func() bool{w.uses, w.graphs, w.metaGraph, w.alone, w.write} {
		if !step() {
			return nil, nil
		}
	}
	fix := &Fix{Site: l, Strategy: "load", Applicability: Safe, Mode: EagerMode, Edits: w.edits, Helpers: []need{{name: "GraphSession"}},
		Message: "the model is loaded by tf.saved_model.load, and run through the helper " + p.helper("GraphSession")}
	if w.reads {
		fix.Helpers = append(fix.Helpers, need{name: "read_meta_graph"})
	}
	if !found {
		fix.Applicability = Unsafe
		fix.Message += ": right if TensorFlow 1 wrote the SavedModel, which was not found to look at"
	}
	if w.escapes {
		fix.Applicability = Unsafe
		fix.Message += ": right if what gets the session or its graph only runs it and looks tensors up"
	}
	if configured(l.Made) {
		fix.Applicability = Unsafe
		fix.Message += leavesConfig
	}
	return fix, nil
}

type graphWriter struct {
	*loadWriter
	session *analyzer.Name
	escapes bool // the session or its graph is handed to code that is not looked at
	reads   bool // the MetaGraphDef is asked for its signatures
	behind  []string
}

// lookingUp are the methods of a graph that find what is in it.
var lookingUp = []string{"get_tensor_by_name", "get_operation_by_name", "as_graph_element", "get_operations"}

// uses looks at all that the session is used for.
func (w *graphWriter) uses() bool {
	p := w.p
	for _, b := range p.f.Resolve(w.session).Bindings {
		if st, ok := b.Node.(*analyzer.Assign); ok {
			if len(st.Targets) != 1 || !w.region.has(st) || !p.ownLines(st) || st.Value != analyzer.Expr(w.sess) {
				return false
			}
			w.deleteLines(st)
		} else if with, ok := b.Node.(*analyzer.With); !ok || !w.region.has(with.Body.Stmts[0]) {
			return false
		}
		if len(b.Scope.Vars[b.Ident].Bindings) != 1 {
			return false
		}
		for _, u := range p.f.Uses(b) {
			st := p.f.StmtOf(u)
			if st == w.stmt || w.gone[st] {
				continue
			}
			if with, ok := st.(*analyzer.With); ok && w.region.withs[with] {
				continue
			}
			if p.f.FuncOf(u) == p.f.FuncOf(w.stmt) && u.Start < w.stmt.Pos().Start {
				return false
			}
			a, ok := p.f.Parent(u).(*analyzer.Attribute)
			switch {
			case !ok:
				if !w.handsOn(u) {
					return false
				}
			case a.Attr == "graph":
				if !w.looksUp(a) {
					return false
				}
			case a.Attr == "run":
				if c, ok := p.f.Parent(a).(*analyzer.Call); !ok || c.Fn != analyzer.Expr(a) || len(c.Args) > 2 {
					return false
				}
			case a.Attr != "close":
				return false
			}
		}
	}
	return true
}

// handsOn notes that the session, or its graph, is handed to other code of the program; false if it is something of TensorFlow's.
func (w *graphWriter) handsOn(e analyzer.Expr) bool {
	p := w.p
	w.escapes = true
	switch n := p.f.Parent(e).(type) {
	case *analyzer.Call:
		_, isAPI := p.Callee(n)
		o, ok := p.f.Only(n.Fn)
		return !isAPI && n.Fn != e && ok && o.Kind == analyzer.FromDef
	case *analyzer.Return:
		return true
	case *analyzer.Seq:
		_, ok := p.f.Parent(n).(*analyzer.Return)
		return ok
	case *analyzer.Assign:
		a, ok := n.Targets[0].(*analyzer.Attribute)
		return ok && len(n.Targets) == 1 && n.Value == e && a.X != e
	}
	return false
}

// looksUp tells whether a graph is only asked for what is in it.
func (w *graphWriter) looksUp(graph analyzer.Expr) bool {
	p := w.p
	if a, ok := p.f.Parent(graph).(*analyzer.Attribute); ok {
		return slices.Contains(lookingUp, a.Attr)
	}
	if st, ok := p.f.Parent(graph).(*analyzer.Assign); ok && len(st.Targets) == 1 && st.Value == graph {
		if n, ok := st.Targets[0].(*analyzer.Name); ok {
			return w.graphVariable(n)
		}
	}
	return w.handsOn(graph)
}

// graphVariable tells whether a variable that holds the graph is only used behind the load, to look tensors up.
func (w *graphWriter) graphVariable(n *analyzer.Name) bool {
	p := w.p
	b := p.f.BindingOf(n)
	if b == nil || len(b.Scope.Vars[b.Ident].Bindings) != 1 {
		return false
	}
	for _, u := range p.f.Uses(b) {
		if with, ok := p.f.StmtOf(u).(*analyzer.With); ok && w.region.withs[with] || w.gone[p.f.StmtOf(u)] {
			continue
		}
		if p.f.FuncOf(u) == p.f.FuncOf(w.stmt) && u.Start < w.stmt.Pos().Start || !w.looksUp(u) {
			return false
		}
	}
	return true
}

// graphs lets the variables that hold the session's graph, and what is asked for the default graph, stand for that of the loaded model.
func (w *graphWriter) graphs() bool {
	p := w.p
	held := map[*analyzer.Name]bool{}
	note := func(e analyzer.Expr) bool {
		for _, n := range names(e) {
			c, ok := p.MadeBy(n, "Graph")
			if !ok {
				continue
			}
			switch st := p.f.StmtOf(c).(type) {
			case *analyzer.Assign:
				target, ok := st.Targets[0].(*analyzer.Name)
				if !ok || len(st.Targets) != 1 || !p.ownLines(st) || !w.region.has(st) {
					return false
				}
				if !w.gone[st] {
					w.deleteLines(st)
				}
				held[target] = true
			}
		}
		return true
	}
	if !note(w.sess) {
		return false
	}
	for with := range w.region.withs {
		for _, it := range with.Items {
			if !note(it.X) {
				return false
			}
			if target, ok := it.Target.(*analyzer.Name); ok && p.isGraphContext(it.X) {
				held[target] = true
			}
		}
	}
	inOrder := make([]*analyzer.Name, 0, len(held))
	for n := range held {
		inOrder = append(inOrder, n)
	}
	slices.SortFunc(inOrder, func(a, b *analyzer.Name) int { return a.Start - b.Start })
	for _, n := range inOrder {
		if !w.graphVariable(n) {
			return false
		}
		if w.stillUsed(n) {
			w.behind = append(w.behind, n.ID+" = "+w.session.ID+".graph")
		}
	}
	for _, c := range p.Calls("get_default_graph") {
		if p.f.FuncOf(c) != p.f.FuncOf(w.stmt) || c.Start < w.stmt.Pos().Start || !w.looksUp(c) {
			return false
		}
		w.edits = append(w.edits, Edit{c.Pos(), w.session.ID + ".graph"})
		w.rewrote = append(w.rewrote, p.f.StmtOf(c))
	}
	return true
}

// stillUsed tells whether a variable is used by what stays.
func (w *graphWriter) stillUsed(n *analyzer.Name) bool {
	return slices.ContainsFunc(w.p.f.Uses(w.p.f.BindingOf(n)), func(u *analyzer.Name) bool {
		st := w.p.f.StmtOf(u)
		with, ok := st.(*analyzer.With)
		return !w.gone[st] && !(ok && w.region.withs[with])
	})
}

// metaGraph keeps what the load returned where it is used.
func (w *graphWriter) metaGraph() bool {
	p := w.p
	if a, ok := w.stmt.(*analyzer.Assign); ok {
		if n := a.Targets[0].(*analyzer.Name); w.stillUsed(n) {
			w.reads = true
			w.behind = append(w.behind, n.ID+" = "+p.helper("read_meta_graph")+"("+p.oneLine(w.load.Directory)+", "+p.oneLine(w.load.Tags)+")")
		}
	}
	return true
}

// alone tells whether the file does nothing else with TensorFlow that has to be in the session's graph.
func (w *graphWriter) alone() bool {
	p := w.p
	for _, u := range p.uses {
		if covered(w.edits, u.node.Pos()) || graphFreeAPI.MatchString(u.api.Name) || u.api.Symbol.Kind != symbols.Function && u.api.Symbol.Kind != symbols.Class {
			continue
		}
		with, ok := p.f.StmtOf(u.node).(*analyzer.With)
		inHeader := ok && w.region.withs[with] && !with.Body.Contains(u.node.Pos())
		if !inHeader && p.f.StmtOf(u.node) != w.stmt && u.api.Name != "reset_default_graph" {
			return false
		}
	}
	return true
}

func (w *graphWriter) write() bool {
	p := w.p
	text := w.session.ID + " = " + p.helper("GraphSession") + "(" + p.v2("saved_model.load") + "(" + p.oneLine(w.load.Directory) + ", tags=" + p.oneLine(w.load.Tags) + "))\n"
	for _, line := range w.behind {
		text += line + "\n"
	}
	line := p.f.LineSpan(w.stmt.Pos())
	w.edits = append(w.edits, Edit{line, p.comments(line, w.target()) + indentLines(text, w.target(), p.end)})
	w.rewrote = append(w.rewrote, w.stmt)
	w.tidy()
	return w.dissolve() == ""
}
