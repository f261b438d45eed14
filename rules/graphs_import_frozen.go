package rules

var importFrozenGraph = &Rule{
	Code: "TFM407",
	Name: "import-frozen-graph",
	Doc: Doc{
		What: "A graph, frozen as a rule, that is read from a file and imported by tf.import_graph_def, to be run in a session.",
		Why: "TensorFlow 2 has no tf.GraphDef to read the file with, and no session to run the graph in; both live on below tf.compat.v1. Imported in a function " +
			"that tf.compat.v1.wrap_function wraps, the graph gives functions to call: wrapped.prune(feeds, fetches).",
		Before: `import tensorflow as tf

graph_def = tf.GraphDef()
with tf.gfile.GFile("frozen.pb", "rb") as f:
    graph_def.ParseFromString(f.read())
with tf.Graph().as_default() as graph:
    tf.import_graph_def(graph_def, name="")
with tf.Session(graph=graph) as sess:
    print(sess.run("scores:0", {"x:0": [1.0]}))
`,
		After: `import tensorflow as tf

graph_def = tf.compat.v1.GraphDef()
with tf.io.gfile.GFile("frozen.pb", "rb") as f:
    graph_def.ParseFromString(f.read())
imported = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(graph_def, name=""), [])
fn = imported.prune("x:0", "scores:0")
print(fn(tf.constant([1.0], fn.inputs[0].dtype)).numpy())
`,
		Silent: `import tensorflow as tf

graph_def = tf.compat.v1.GraphDef()
with open("frozen.pb", "rb") as f:
    graph_def.ParseFromString(f.read())
print(len(graph_def.node))  # a graph that is only looked into
wrapped = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(graph_def, name=""), [])  # TensorFlow 2's way


def copy(graph):
    tf.import_graph_def(graph.as_graph_def(), name="")  # comes from no file
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model#graphdef_and_metagraphdef",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			if f, ok := s.(*FrozenImport); ok {
				p.Report(Finding{Span: f.Call.Span, Site: f, Severity: p.frozenSeverity(f),
					Message: "a graph that was read from a file is imported here; in TensorFlow 2 tf.compat.v1.wrap_function makes functions of it"})
			}
		}
	},
}

// frozenSeverity is the worst of what reads and imports a frozen graph.
func (p *Pass) frozenSeverity(f *FrozenImport) Severity {
	if api, ok := p.Callee(f.GraphDef); ok && !api.WorksOn(p.Target) {
		return Breaks
	}
	return p.severity(f.Call)
}
