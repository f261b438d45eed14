package rewrite

import (
	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

const freezeByHand = "freeze a function by convert_variables_to_constants_v2, or save a SavedModel, which needs no freezing; tf.compat.v1.graph_util.convert_variables_to_constants still works"

// emitFreeze is the strategy for a session whose graph is frozen: one call of the helper freeze_session gives a GraphDef with the same operations under
// the same names. The graph has to be the session's own as it is.
func emitFreeze(p *program, site rules.Site) (*Fix, *Refusal) {
	f, ok := site.(*rules.Freeze)
	if !ok {
		return nil, nil
	}
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(site, freezeByHand, why) }
	if f.Session == nil || f.Graph == nil || f.Outputs == nil {
		return no("its arguments are not all in view")
	}
	for i, name := range []string{"variable_names_whitelist", "variable_names_blacklist"} {
		if a, state := f.Call.Arg(name, 3+i); state == analyzer.Unknowable || state == analyzer.Present && !rules.IsNone(a.Value) {
			return no("it freezes only some of the variables")
		}
	}
	if why := p.wholeGraph(f); why != "" {
		return no(why)
	}
	for _, c := range p.Calls("import_graph_def", "train.import_meta_graph", "saved_model.load") {
		if p.f.FuncOf(c) == p.f.FuncOf(f.Call) && c.Start < f.Call.Start && !p.InWrapFunction(c) {
			return no("the graph may be an imported one, whose variables may be reference variables")
		}
	}
	if why := p.foreignSession(f.Session); why != "" {
		return no(why)
	}
	fix := &Fix{Site: site, Strategy: "freeze", Applicability: Safe, Mode: GraphMode, Helpers: []need{{name: "freeze_session"}},
		Message: "the graph of the session is frozen by convert_variables_to_constants_v2, through the helper " + p.helper("freeze_session")}
	fix.Edits = []Edit{{f.Call.Pos(), p.helper("freeze_session") + "(" + p.oneLine(f.Session) + ", " + p.oneLine(f.Outputs) + ")"}}
	fix.Edits = append(fix.Edits, p.deleteStmts(p.onlyForFreeze(f))...)
	p.qualify(fix)
	return fix, nil
}

// graphDefOf is the expression of the graph that e is the GraphDef of, as it is; a session stands for its graph.
func (p *program) graphDefOf(e analyzer.Expr) (graph analyzer.Expr, ok bool) {
	held := func(e analyzer.Expr) analyzer.Expr {
		if n, isName := e.(*analyzer.Name); isName {
			e, _ = p.f.OnlyExpr(n)
		}
		return e
	}
	switch x := held(e).(type) {
	case *analyzer.Attribute:
		return x.X, x.Attr == "graph_def"
	case *analyzer.Call:
		a, isAttr := x.Fn.(*analyzer.Attribute)
		if !isAttr || a.Attr != "as_graph_def" || len(x.Args) > 0 {
			return nil, false
		}
		g := held(a.X)
		if of, isAttr := g.(*analyzer.Attribute); isAttr && of.Attr == "graph" {
			return of.X, true
		}
		return g, g != nil
	}
	return nil, false
}

// wholeGraph tells why what is frozen is not the graph of the session as it is; "" if it is.
func (p *program) wholeGraph(f *rules.Freeze) string {
	const why = "what it freezes may be another graph than the session's own"
	graph, ok := p.graphDefOf(f.Graph)
	if !ok || p.f.FuncOf(graph) != p.f.FuncOf(f.Call) {
		return "the GraphDef that it freezes is made out of view"
	}
	if n, isName := f.Graph.(*analyzer.Name); isName && !p.onlyRead(n) {
		return "the GraphDef that it freezes is changed first"
	}
	if p.f.Text(graph.Pos()) == p.f.Text(f.Session.Pos()) {
		if ok, why := p.movable(graph, f.Call); !ok {
			return why
		}
		return ""
	}
	if s, ok := p.f.OnlyCall(graph); ok && p.Is(s, "Session", "InteractiveSession") {
		if made, ok := p.f.OnlyCall(f.Session); ok && made == s {
			return ""
		}
		return why
	}
	made, ok := p.MadeBy(f.Session, "Session", "InteractiveSession")
	if !ok {
		return "the session is made out of view"
	}
	if !p.IsGraphOf(graph, made) {
		return why
	}
	return ""
}

// onlyRead tells whether the variable that a name reads is used nowhere else.
func (p *program) onlyRead(n *analyzer.Name) bool {
	res := p.f.Resolve(n)
	return len(res.Bindings) == 1 && len(p.f.Uses(res.Bindings[0])) == 1
}

// onlyForFreeze are the statements that only made the GraphDef which is frozen.
func (p *program) onlyForFreeze(f *rules.Freeze) []analyzer.Stmt {
	n, ok := f.Graph.(*analyzer.Name)
	if !ok || !p.onlyRead(n) {
		return nil
	}
	st, ok := p.f.Resolve(n).Bindings[0].Node.(*analyzer.Assign)
	if !ok || len(st.Targets) != 1 || !p.ownLines(st) {
		return nil
	}
	if _, isName := st.Targets[0].(*analyzer.Name); !isName {
		return nil
	}
	return []analyzer.Stmt{st}
}
