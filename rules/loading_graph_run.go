package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

var loadedGraphRun = &Rule{
	Code: "TFM204",
	Name: "loaded-graph-run",
	Doc: Doc{
		What: "A loaded graph asked for its tensors by name, or run in a session: get_tensor_by_name, get_operation_by_name and Session.run.",
		Why: "What TensorFlow 2 loads has no graph to look into and no session. Tensors that a signature exports come out of loaded.signatures[key]; others of " +
			"a model that TensorFlow 1 wrote out of loaded.prune(feeds, fetches). These places belong to the load in front of them.",
		Before: `import tensorflow as tf

with tf.Session(graph=tf.Graph()) as sess:
    tf.saved_model.load(sess, ["serve"], "models/old")
    x = sess.graph.get_tensor_by_name("x:0")
    y = sess.graph.get_tensor_by_name("y:0")
    print(sess.run(y, {x: [1.0, 2.0]}))
`,
		After: `import tensorflow as tf

loaded = tf.saved_model.load("models/old", tags=["serve"])
fn = loaded.prune("x:0", "y:0")
print(fn(tf.constant([1.0, 2.0], fn.inputs[0].dtype)).numpy())
`,
		Silent: `import tensorflow as tf

with tf.Session() as sess:
    y = tf.get_default_graph().get_tensor_by_name("y:0")  # of a graph that the program builds itself
    sess.run(y)
fn = tf.saved_model.load("models/new").signatures["serving_default"]
x = fn.graph.get_tensor_by_name("x:0")  # what TensorFlow 2 loads has functions, and these have graphs
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model#loading_a_savedmodel",
	},
	Find: func(p *Pass) {
		graphs := p.loadedGraphs()
		if len(graphs) == 0 {
			return
		}
		for _, c := range p.File.Calls() {
			a, ok := c.Fn.(*analyzer.Attribute)
			if !ok {
				continue
			}
			var g *loadedGraph
			message := "a tensor of the loaded graph is taken by its name here; in TensorFlow 2 a signature of the model, or a function pruned out of it, gives it"
			switch a.Attr {
			case "get_tensor_by_name", "get_operation_by_name":
				g = p.graphAsked(graphs, c, a.X)
			case "run":
				if made, ok := p.MadeBy(a.X, sessionMakers...); ok {
					g = p.latest(graphs, c, func(g *loadedGraph) bool { return g.runsIn(p, made) })
					message = "the loaded graph is run in a session here; in TensorFlow 2 a function of the loaded model is called"
				}
			}
			if g != nil {
				p.Report(Finding{Span: c.Span, Site: g.site, Severity: g.severity, Message: message})
			}
		}
	},
}

// loadedGraph is the graph that a site loads something into.
type loadedGraph struct {
	site     Site
	call     *analyzer.Call // what loads
	graph    *analyzer.Call // what made the graph; nil for the default one
	session  *analyzer.Call // what made the session that it was loaded into or is restored in; nil where that is not in view
	severity Severity
}

// loadedGraphs are the graphs of the sites that load.
func (p *Pass) loadedGraphs() []*loadedGraph {
	var out []*loadedGraph
	for _, s := range p.Sites {
		var g *loadedGraph
		switch s := s.(type) {
		case *Load:
			g = &loadedGraph{site: s, call: s.Call, session: s.Made, severity: p.severity(s.Call)}
		case *MetaGraphImport:
			g = &loadedGraph{site: s, call: s.Call, severity: p.severity(s.Call)}
			for _, r := range s.Restores {
				if sess, state := r.Arg("sess", 0); state == analyzer.Present {
					if made, ok := p.MadeBy(sess.Value, sessionMakers...); ok {
						g.session = made
					}
				}
			}
		case *FrozenImport:
			g = &loadedGraph{site: s, call: s.Call, severity: p.frozenSeverity(s)}
		default:
			continue
		}
		if g.session != nil {
			g.graph = p.graphOfSession(g.session)
		} else {
			g.graph = p.graphAround(g.call)
		}
		out = append(out, g)
	}
	return out
}

// runsIn tells whether a session runs the graph: it is the one that the graph was loaded into, or one of the same graph; of the default graph,
// one of the same function.
func (g *loadedGraph) runsIn(p *Pass, session *analyzer.Call) bool {
	if session == g.session {
		return true
	}
	if g.session != nil {
		return false
	}
	of := p.graphOfSession(session)
	return of == g.graph && (of != nil || p.sameFunction(session, g.call))
}

// graphAsked is the loaded graph that a call asks for a tensor or an operation: receiver is the graph of a session, a graph in view, or the default one.
func (p *Pass) graphAsked(graphs []*loadedGraph, c *analyzer.Call, receiver analyzer.Expr) *loadedGraph {
	if e, ok := p.File.OnlyExpr(receiver); ok {
		if a, ok := e.(*analyzer.Attribute); ok && a.Attr == "graph" {
			session, ok := p.MadeBy(a.X, sessionMakers...)
			if !ok {
				return nil
			}
			return p.latest(graphs, c, func(g *loadedGraph) bool { return g.runsIn(p, session) })
		}
	}
	made, ok := p.File.OnlyCall(receiver)
	if !ok {
		return nil
	}
	if p.Is(made, "get_default_graph") {
		around := p.graphAround(made)
		return p.latest(graphs, c, func(g *loadedGraph) bool { return g.graph == around && p.sameFunction(g.call, made) })
	}
	graph := p.graphMade(made)
	if graph == nil {
		return nil
	}
	return p.latest(graphs, c, func(g *loadedGraph) bool { return g.graph == graph })
}

// latest is the last of the graphs that is holds for among those that are loaded in front of a call or else, in another function, behind it.
func (x *Facts) latest(graphs []*loadedGraph, c *analyzer.Call, is func(*loadedGraph) bool) *loadedGraph {
	var out *loadedGraph
	for _, g := range graphs {
		if !is(g) || g.call.Start > c.Start && x.sameFunction(g.call, c) {
			continue
		}
		if out == nil || g.call.Start < c.Start {
			out = g
		}
	}
	return out
}

func (x *Facts) sameFunction(a, b analyzer.Node) bool { return x.File.FuncOf(a) == x.File.FuncOf(b) }

// graphMade is the construction of the graph that c makes or enters; nil if it does neither.
func (x *Facts) graphMade(c *analyzer.Call) *analyzer.Call {
	if x.Is(c, "Graph") {
		return c
	}
	if a, ok := c.Fn.(*analyzer.Attribute); ok && a.Attr == "as_default" {
		if made, ok := x.MadeBy(a.X, "Graph"); ok {
			return made
		}
	}
	return nil
}

// graphOfSession is the construction of the graph that a session is of: its argument, or the default graph where it is made. It is nil for the
// default graph of the program, and the argument itself where that is out of view, so that it is no other graph.
func (x *Facts) graphOfSession(session *analyzer.Call) *analyzer.Call {
	return x.graphOf(session, map[*analyzer.Call]bool{})
}

// graphOf is graphOfSession; seen holds the sessions that are being asked for their graphs, as in a loop two may be made within each other.
func (x *Facts) graphOf(session *analyzer.Call, seen map[*analyzer.Call]bool) *analyzer.Call {
	if seen[session] {
		return session
	}
	seen[session] = true
	arg, state := session.Arg("graph", 1)
	if state != analyzer.Present || IsNone(arg.Value) {
		return x.around(session, seen)
	}
	if made, ok := x.File.OnlyCall(arg.Value); ok {
		if graph := x.graphMade(made); graph != nil {
			return graph
		}
		if x.Is(made, "get_default_graph") {
			return x.around(made, seen)
		}
	}
	return session
}

// graphAround is the construction of the graph that the with statements around a call make the default one; nil where they make none.
func (x *Facts) graphAround(c *analyzer.Call) *analyzer.Call {
	return x.around(c, map[*analyzer.Call]bool{})
}

// around is graphAround; seen is that of graphOf.
func (x *Facts) around(c *analyzer.Call, seen map[*analyzer.Call]bool) *analyzer.Call {
	for n := x.File.Parent(c); n != nil; n = x.File.Parent(n) {
		switch n := n.(type) {
		case *analyzer.FuncDef:
			return nil
		case *analyzer.With:
			for i := len(n.Items) - 1; i >= 0; i-- {
				if n.Items[i].X.Pos().End > c.Start {
					continue // entered behind the call, which is in it or in an item before it
				}
				entered, ok := x.File.OnlyCall(n.Items[i].X)
				if !ok || entered == c {
					continue
				}
				if graph := x.graphMade(entered); graph != nil {
					return graph
				}
				if x.Is(entered, sessionMakers...) {
					return x.graphOf(entered, seen)
				}
			}
		}
	}
	return nil
}
