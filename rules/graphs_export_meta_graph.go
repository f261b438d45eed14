package rules

var exportMetaGraph = &Rule{
	Code: "TFM401",
	Name: "export-meta-graph",
	Doc: Doc{
		What: "A MetaGraphDef made by export_meta_graph, in a file or in memory.",
		Why: "TensorFlow 2 has no function that writes a MetaGraphDef. tf.compat.v1's still does, inside a graph, and what it wrote " +
			"can be imported by tf.compat.v1.wrap_function; a SavedModel is the format to move to.",
		Before: `import tensorflow as tf

with tf.Graph().as_default():
    v = tf.Variable(3.0, name="v")
    tf.train.Saver().export_meta_graph("model.meta")
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model#graphdef_and_metagraphdef",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			m, ok := s.(*MetaGraphExport)
			if !ok {
				continue
			}
			verb := "written"
			if m.InMemory {
				verb = "made"
			}
			p.Report(Finding{Span: m.Call.Span, Site: m, Severity: Works,
				Message: "a MetaGraphDef is " + verb + " here; TensorFlow 2 can do that only through tf.compat.v1, inside a graph"})
		}
	},
}
