package rules

var subGraph = &Rule{
	Code: "TFM405",
	Name: "extract-sub-graph",
	Doc: Doc{
		What: "A GraphDef cut down by extract_sub_graph or remove_training_nodes to what it is deployed for.",
		Why: "tf.graph_util has neither in TensorFlow 2: both raise AttributeError, and live on below tf.compat.v1. tf.saved_model.save writes what its " +
			"signatures need and nothing else.",
		Before: `import tensorflow as tf


def deployed(graph_def):
    return tf.graph_util.extract_sub_graph(graph_def, ["scores"])
`,
		Silent: `import networkx
import tensorflow as tf


def extract_sub_graph(graph, names):
    return networkx.subgraph(graph, names)


def deployed(graph, model):
    extract_sub_graph(graph, ["scores"])  # a function of the file's own
    tf.saved_model.save(model, "export")  # writes what the signatures need


# What is left becomes a function of TensorFlow 2.
def as_function(graph_def, feeds, fetches):
    needed = tf.compat.v1.graph_util.extract_sub_graph(graph_def, fetches)

    def import_graph():
        tf.compat.v1.import_graph_def(needed, name="")

    return tf.compat.v1.wrap_function(import_graph, []).prune(feeds, [name + ":0" for name in fetches])
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/compat/v1/graph_util/extract_sub_graph",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("graph_util.extract_sub_graph", "graph_util.remove_training_nodes") {
			if p.importedInFunction("import_graph_def", "graph_def", c) {
				continue // it becomes a function of TensorFlow 2 here
			}
			p.Report(Finding{Span: c.Span, Severity: p.severity(c),
				Message: "a GraphDef is cut down for deployment here; tf.saved_model.save writes what its signatures need",
				Reason:  "what reads the graph is not in view"})
		}
	},
}
