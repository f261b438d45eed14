import tensorflow as tf

tf1 = tf.compat.v1


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
    keys = [tf1.GraphKeys.GLOBAL_VARIABLES, tf1.GraphKeys.LOCAL_VARIABLES]
    variables = [variable for key in keys for variable in sess.graph.get_collection(key)]
    values = sess.run({variable.name: variable for variable in variables if variable.op in needed})
    meta_graph = tf1.train.export_meta_graph(graph=sess.graph)
    for collection in set(meta_graph.collection_def) - set(keys):
        del meta_graph.collection_def[collection]  # each would make variable objects of its own
    unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
    meta_graph.saver_def.CopyFrom(tf1.train.SaverDef(**unused))  # else the import builds a Saver

    def import_graph():
        tf1.train.import_meta_graph(meta_graph)

    with tf.__internal__.eager_context.eager_mode():
        graph = tf1.wrap_function(import_graph, [])
        for variable in graph.variables:
            if variable.name in values:
                variable.assign(values[variable.name])
        feeds = [op.name + ":0" for op in needed if op.type == "Placeholder"]
        outputs = [graph.graph.get_operation_by_name(name).outputs[0] for name in output_names]
        return convert_variables_to_constants_v2(graph.prune(sorted(feeds), outputs)).graph.as_graph_def()
