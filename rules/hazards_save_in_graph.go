package rules

import (
	"github.com/tfmigrate/tfmigrate/analyzer"
)

var saveInGraph = &Rule{
	Code: "TFM502",
	Name: "save-in-graph",
	Doc: Doc{
		What: "tf.saved_model.save called inside the context of a graph, or in a tf.function.",
		Why: "tf.saved_model.save is for eager mode. Inside `with tf.Graph().as_default()` it raises RuntimeError for a model with variables of " +
			"eager mode, FailedPreconditionError for one with variables of the graph and, from TensorFlow 2.16 on, RuntimeError for every " +
			"model. In a tf.function it raises AssertionError. Where a session is the default one as well, it may work, and nothing is said.",
		Before: `import tensorflow as tf


def export(model):
    with tf.Graph().as_default():
        tf.saved_model.save(model, "export/module")
`,
		Silent: `import tensorflow as tf

with tf.Graph().as_default():
    x = tf.constant(1.0)

    def export(module):  # runs where it is called
        tf.saved_model.save(module, "export")

tf.saved_model.save(tf.Module(), "export/module")  # behind the graph
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/saved_model/save",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("saved_model.save") {
			switch p.modeAround(c) {
			case inGraph:
				p.Report(Finding{Span: c.Span, Severity: Breaks,
					Message: "tf.saved_model.save needs eager mode: inside a graph's context it raises for a model with variables",
					Reason:  "move the call behind the with statement"})
			case inFunction:
				p.Report(Finding{Span: c.Span, Severity: Breaks,
					Message: "tf.saved_model.save raises in a tf.function",
					Reason:  "call it from outside of the function"})
			}
		}
	},
}

// mode is how the code at a place runs, as far as the function around it says.
type mode uint8

const (
	unknownMode mode = iota
	inGraph          // a graph is the default one, and no session
	inFunction       // a tf.function
)

// modeAround looks at the with statements and the function around a call.
func (x *Facts) modeAround(c *analyzer.Call) mode {
	for n := x.File.Parent(c); n != nil; n = x.File.Parent(n) {
		switch n := n.(type) {
		case *analyzer.FuncDef:
			for _, d := range n.Decorators {
				if call, ok := d.(*analyzer.Call); ok {
					d = call.Fn
				}
				if api, ok := x.API(d); ok && api.Name == "function" && api.Rest == "" {
					return inFunction
				}
			}
			return unknownMode
		case *analyzer.Lambda, *analyzer.ClassDef:
			return unknownMode
		case *analyzer.With:
			for i := len(n.Items) - 1; i >= 0; i-- {
				entered, ok := x.File.OnlyCall(n.Items[i].X)
				if ok && x.entersGraph(entered) {
					return inGraph
				}
				// Whatever else is entered may be a session, or may lead back to eager mode; these do neither.
				if !ok || !x.Is(entered, "name_scope", "variable_scope", "device", "control_dependencies") {
					return unknownMode
				}
			}
		}
	}
	return unknownMode
}

// entersGraph tells whether a call is as_default of a graph.
func (x *Facts) entersGraph(c *analyzer.Call) bool {
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok || a.Attr != "as_default" {
		return false
	}
	_, ok = x.MadeBy(a.X, "Graph")
	return ok
}
