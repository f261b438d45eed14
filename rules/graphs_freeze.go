package rules

var freezeGraph = &Rule{
	Code: "TFM403",
	Name: "freeze-graph",
	Doc: Doc{
		What: "A graph frozen by convert_variables_to_constants.",
		Why:  "tf.graph_util is another module in TensorFlow 2, without convert_variables_to_constants; it lives on below tf.compat.v1. A frozen GraphDef has no signatures: tf.saved_model.save keeps them.",
		Before: `import tensorflow as tf


def freeze(sess, names):
    return tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, names)
`,
		Silent: `from freezing import convert_variables_to_constants
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2


def freeze(sess, concrete):
    convert_variables_to_constants(sess, sess.graph_def, ["y"])  # another function of that name
    return convert_variables_to_constants_v2(concrete)  # freezes a function of TensorFlow 2
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model#graphdef_and_metagraphdef",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("graph_util.convert_variables_to_constants") {
			p.Report(Finding{Span: c.Span, Severity: p.severity(c),
				Message: "variables are frozen into a GraphDef here; TensorFlow 2 writes a SavedModel, with signatures, by tf.saved_model.save",
				Reason:  "what reads the frozen graph is not in view"})
		}
	},
}
