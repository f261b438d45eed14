package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

var writeGraph = &Rule{
	Code: "TFM406",
	Name: "write-graph",
	Doc: Doc{
		What: "A GraphDef written to a file by write_graph: a frozen one, or one beside a model that the file exports.",
		Why: "tf.train.write_graph raises AttributeError in TensorFlow 2; tf.io.write_graph is the same function. A frozen graph is a model that has no " +
			"signatures, so it is reported however it is written. A graph without its variables is no model: it matters only where the line breaks in a " +
			"file that exports one, and stays unreported elsewhere and through tf.io.",
		Before: `import tensorflow as tf


def deploy(graph_def):
    frozen = tf.graph_util.extract_sub_graph(graph_def, ["scores"])
    tf.train.write_graph(frozen, "export", "frozen.pb", as_text=False)
`,
		Silent: `import tensorflow as tf


def draw(sess):
    tf.train.write_graph(sess.graph_def, "logs", "graph.pbtxt")  # for TensorBoard: the file exports no model
    tf.io.write_graph(sess.graph_def, "logs", "graph.pbtxt")  # the name that both releases have
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/io/write_graph",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("io.write_graph") {
			severity := p.severity(c)
			graph, state := c.Arg("graph_or_graph_def", 0)
			switch {
			case state == analyzer.Present && p.isFrozen(graph.Value):
				made, _ := p.File.OnlyCall(graph.Value)
				p.Report(Finding{Span: c.Span, Site: p.SiteOf(made), Severity: severity,
					Message: "a frozen graph is written here, which has no signatures; a SavedModel has",
					Reason:  "what reads the frozen graph is not in view; where that stays, tf.io.write_graph writes it"})
			case severity == Breaks && p.exportsModels():
				p.Report(Finding{Span: c.Span, Severity: severity,
					Message: "tf.train.write_graph is tf.io.write_graph in TensorFlow 2",
					Reason:  "call tf.io.write_graph, which is the same function; the variables of the graph are not in what it writes"})
			}
		}
	},
}

// freezers are the functions of graph_util whose result is a graph without variables, for deployment.
var freezers = []string{"graph_util.convert_variables_to_constants", "graph_util.extract_sub_graph", "graph_util.remove_training_nodes"}

// isFrozen tells whether e's value is a GraphDef that was frozen in view.
func (x *Facts) isFrozen(e analyzer.Expr) bool {
	_, ok := x.MadeBy(e, freezers...)
	return ok
}

// exportsModels tells whether the file writes models of TensorFlow 1: SavedModels, meta graphs or frozen graphs.
func (x *Facts) exportsModels() bool {
	for _, s := range x.Sites {
		switch s.(type) {
		case *Export, *BuilderUse, *EstimatorExport, *MetaGraphExport:
			return true
		}
	}
	return len(x.Calls(freezers...)) > 0
}
