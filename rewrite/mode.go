package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// graphMakers are the calls that need graph mode, or a graph around them, to mean anything.
var graphMakers = map[string]bool{
	"placeholder": true, "placeholder_with_default": true, "sparse_placeholder": true, "Session": true, "InteractiveSession": true,
	"get_variable": true, "variable_scope": true, "global_variables_initializer": true, "train.MonitoredTrainingSession": true,
	"train.MonitoredSession": true, "train.SingularMonitoredSession": true, "train.Supervisor": true, "global_variables": true,
	"trainable_variables": true, "initialize_all_variables": true, "tables_initializer": true, "get_default_session": true,
}

// modeFacts is what the code outside the fixes needs.
type modeFacts struct {
	graph    bool // it builds graphs
	explicit bool // all of that stands inside `with <a graph>.as_default()` or in a session of a graph of its own
}

// modeOutside looks at what the fixes leave.
func (p *program) modeOutside(fixes []*Fix) modeFacts {
	var edits []Edit
	for _, f := range fixes {
		edits = append(edits, f.Edits...)
	}
	m := modeFacts{explicit: true}
	for _, u := range p.uses {
		if covered(edits, u.node.Pos()) || p.InWrapFunction(u.node) || inSpans(fixes, u.node) || !graphMakers[u.api.Name] {
			continue
		}
		m.graph = true
		m.explicit = m.explicit && p.inGraph(u.node)
	}
	return m
}

// inSpans tells whether a fix moves the code around n, or what calls it, into a function that wrap_function takes.
func inSpans(fixes []*Fix, n analyzer.Node) bool {
	for _, f := range fixes {
		for _, d := range f.Wrapped {
			if d.Pos().Contains(n.Pos()) {
				return true
			}
		}
	}
	return false
}

// inGraph tells whether n stands inside a with statement that makes a graph the default.
func (p *program) inGraph(n analyzer.Node) bool {
	for child := n; ; {
		parent := p.f.Parent(child)
		if parent == nil {
			return false
		}
		if w, ok := parent.(*analyzer.With); ok {
			for _, it := range w.Items {
				if it.X.Pos().Contains(n.Pos()) {
					if c, ok := it.X.(*analyzer.Call); ok && p.Is(c, "Session") {
						if _, state := c.Arg("graph", 1); state == analyzer.Present {
							return true
						}
					}
					break
				}
				if p.isGraphContext(it.X) {
					return true
				}
				if c, ok := p.MadeBy(it.X, "Session"); ok {
					if _, state := c.Arg("graph", 1); state == analyzer.Present {
						return true
					}
				}
			}
		}
		if c, ok := parent.(*analyzer.Call); ok && p.Is(c, "Session") {
			if _, state := c.Arg("graph", 1); state == analyzer.Present {
				return true
			}
		}
		child = parent
	}
}

// isGraphContext tells whether e is <a graph>.as_default().
func (p *program) isGraphContext(e analyzer.Expr) bool {
	c, ok := e.(*analyzer.Call)
	if !ok {
		return false
	}
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok || a.Attr != "as_default" {
		return false
	}
	if g, ok := a.X.(*analyzer.Attribute); ok && g.Attr == "graph" && p.isSession(g.X) {
		return true
	}
	_, ok = p.MadeBy(a.X, "Graph")
	return ok
}

// controls are the statements at the top level that set TensorFlow's behaviour.
func (p *program) controls(names ...string) []*analyzer.ExprStmt {
	var out []*analyzer.ExprStmt
	for _, c := range p.Calls(names...) {
		if s, ok := p.f.StmtOf(c).(*analyzer.ExprStmt); ok && s.X == analyzer.Expr(c) && p.ownLines(s) {
			out = append(out, s)
		}
	}
	return out
}

// modePlan is what settles the mode of a file: lines to put behind the imports, and edits.
type modePlan struct {
	lines    []string
	edits    []Edit
	conflict string // why the fixes that run eagerly can't be made
}

// settleMode decides how the file runs once the fixes are made.
//
// Graph code in a program that was written for TensorFlow 1 keeps TensorFlow 1's behaviour: disable_v2_behavior, with reference variables, whose
// values are read at other moments than those of resource variables. Code that calls functions needs eager mode; where both would have to
// hold in one file, graphs that stand in `with graph.as_default()` blocks get along with eager mode, and others don't.
func (p *program) settleMode(fixes []*Fix) modePlan {
	outside := p.modeOutside(fixes)
	eager, session, estimator := false, false, false
	for _, f := range fixes {
		eager = eager || f.Mode == EagerMode
		session = session || f.Mode == GraphMode
		estimator = estimator || f.Strategy == "estimator"
	}
	graph := outside.graph || session
	disabled := p.controls("disable_v2_behavior", "disable_eager_execution")
	var plan modePlan
	switch {
	case eager && graph && (!outside.explicit || len(disabled) > 0):
		plan.conflict = "the rest of the file builds graphs in graph mode, where functions can't be called for their values"
	case eager:
		for _, s := range disabled {
			if p.v1RemainsOutside(fixes) {
				plan.conflict = "the file turns eager mode off and uses TensorFlow 1's functions elsewhere"
				return plan
			}
			plan.edits = append(plan.edits, p.deleteStmts([]analyzer.Stmt{s})...)
		}
	case graph, estimator && p.isV1: // an Estimator builds its graph in a function, here or elsewhere, out of names of any kind
		plan.lines = p.graphMode(outside, session)
	}
	return plan
}

// graphMode keeps TensorFlow 1's behaviour for a file whose graphs stay.
func (p *program) graphMode(outside modeFacts, session bool) (lines []string) {
	if len(p.controls("disable_v2_behavior", "disable_eager_execution")) == 0 && (p.isV1 || session && !outside.explicit) {
		lines = append(lines, p.v1("disable_v2_behavior")+"()")
	}
	return lines
}

// keepsV1 tells whether the file turns TensorFlow 1's behaviour on, itself or by what settles its mode.
func (p *program) keepsV1(mode modePlan) bool {
	turns := func(line string) bool { return strings.HasSuffix(line, "disable_v2_behavior()") }
	if slices.ContainsFunc(mode.lines, turns) {
		return true
	}
	for _, s := range p.controls("disable_v2_behavior", "disable_eager_execution") {
		if !slices.ContainsFunc(mode.edits, func(e Edit) bool { return e.Text == "" && e.Span.Contains(s.Span) }) {
			return true
		}
	}
	return false
}

func rootModule(path string) string {
	root, _, _ := strings.Cut(path, ".")
	return root
}

// v1RemainsOutside tells whether the file uses, outside the fixes, a name that means something else in TensorFlow 2 or is not there.
func (p *program) v1RemainsOutside(fixes []*Fix) bool {
	var edits []Edit
	for _, f := range fixes {
		edits = append(edits, f.Edits...)
	}
	for _, u := range p.uses {
		if covered(edits, u.node.Pos()) || u.api.Root == rules.Private || inSpans(fixes, u.node) || graphFreeAPI.MatchString(u.api.Name) {
			continue
		}
		if strings.HasPrefix(u.api.Name, "disable_") || u.api.Symbol.Kind == symbols.Module {
			continue
		}
		if name, ok := p.kerasName(u.node); ok && u.api.Root == rules.Plain && sameKeras.MatchString(name) {
			continue
		}
		if status(u.api.Symbol, p.Target) != symbols.Same {
			return true
		}
	}
	return false
}
