package rules

var freezeGraph = &Rule{
	Code: "TFM403",
	Name: "freeze-graph",
	Doc: Doc{
		What: "A graph frozen by convert_variables_to_constants.",
		Why: "tf.graph_util is another module in TensorFlow 2, without convert_variables_to_constants; it lives on below tf.compat.v1. A frozen GraphDef has no signatures: tf.saved_model.save keeps them. " +
			"Where the GraphDef itself is needed, convert_variables_to_constants_v2 freezes a function.",
		Before: `import tensorflow as tf


def freeze(sess, names):
    return tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, names)
`,
		After: `import tensorflow as tf

tf.compat.v1.disable_v2_behavior()


def freeze_session(sess, output_names):
    """Make a GraphDef of what computes some operations of a session, with the values of its variables in it."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    keys = tf.compat.v1.GraphKeys.GLOBAL_VARIABLES, tf.compat.v1.GraphKeys.LOCAL_VARIABLES
    variables = {v.name: v for key in keys for v in sess.graph.get_collection(key)}
    graph_def = tf.compat.v1.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(output_names))
    for node in graph_def.node:
        node.attr.pop("_class", None)  # asks for the device of a variable
    stored = [node.name + ":0" for node in graph_def.node if node.op in ("VarHandleOp", "VariableV2", "Variable")]
    values = sess.run({name: variables[name] for name in stored})

    def import_graph():
        replaced = {}
        for name, copy in zip(stored, copies):
            value = copy.read_value()  # which makes the variable known to the function
            is_resource = variables[name].op.type == "VarHandleOp"
            replaced[name] = tf.convert_to_tensor(copy.handle) if is_resource else value
        tf.compat.v1.import_graph_def(graph_def, replaced, name="")

    with tf.__internal__.eager_context.eager_mode():
        copies = [tf.compat.v1.Variable(values[name], name=name[:-2], shape=variables[name].shape, use_resource=True) for name in stored]
        graph = tf.compat.v1.wrap_function(import_graph, [])
        feeds = [node.name + ":0" for node in graph_def.node if node.op == "Placeholder"]
        function = graph.prune(feeds, [name + ":0" for name in output_names])
        return convert_variables_to_constants_v2(function).graph.as_graph_def()


def freeze(sess, names):
    return freeze_session(sess, names)
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
		for _, s := range p.Sites {
			if f, ok := s.(*Freeze); ok {
				p.Report(Finding{Span: f.Call.Span, Site: f, Severity: p.severity(f.Call),
					Message: "variables are frozen into a GraphDef here; TensorFlow 2 writes a SavedModel, with signatures, by tf.saved_model.save"})
			}
		}
	},
}
