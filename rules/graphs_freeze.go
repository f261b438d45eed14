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
tf.compat.v1.enable_resource_variables()


def freeze_session(sess, output_names):
    """Make a GraphDef of what computes some operations of a session, with the values of its variables in it."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    needed, open_ends = set(), [sess.graph.get_operation_by_name(name) for name in output_names]
    while open_ends:
        op = open_ends.pop()
        if op not in needed:
            needed.add(op)
            open_ends += [tensor.op for tensor in op.inputs] + op.control_inputs
    if any(op.type in ("Variable", "VariableV2") for op in needed):
        raise ValueError("reference variables can't be frozen: call enable_resource_variables() before the graph is built")
    keys = [tf.compat.v1.GraphKeys.GLOBAL_VARIABLES, tf.compat.v1.GraphKeys.LOCAL_VARIABLES]
    variables = [variable for key in keys for variable in sess.graph.get_collection(key)]
    values = sess.run({variable.name: variable for variable in variables if variable.op in needed})
    meta_graph = tf.compat.v1.train.export_meta_graph(graph=sess.graph)
    for collection in set(meta_graph.collection_def) - set(keys):
        del meta_graph.collection_def[collection]  # each would make variable objects of its own
    unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
    meta_graph.saver_def.CopyFrom(tf.compat.v1.train.SaverDef(**unused))  # else the import builds a Saver

    def import_graph():
        tf.compat.v1.train.import_meta_graph(meta_graph)

    with tf.__internal__.eager_context.eager_mode():
        graph = tf.compat.v1.wrap_function(import_graph, [])
        for variable in graph.variables:
            if variable.name in values:
                variable.assign(values[variable.name])
        feeds = [op.name + ":0" for op in needed if op.type == "Placeholder"]
        outputs = [graph.graph.get_operation_by_name(name).outputs[0] for name in output_names]
        return convert_variables_to_constants_v2(graph.prune(sorted(feeds), outputs)).graph.as_graph_def()


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
