import tensorflow as tf

tf1 = tf.compat.v1


def freeze_session(sess, output_names):
    """Make a GraphDef of what computes some operations of a session, with the values of its variables in it."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    keys = tf1.GraphKeys.GLOBAL_VARIABLES, tf1.GraphKeys.LOCAL_VARIABLES
    variables = {v.name: v for key in keys for v in sess.graph.get_collection(key)}
    graph_def = tf1.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(output_names))
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
        tf1.import_graph_def(graph_def, replaced, name="")

    with tf.__internal__.eager_context.eager_mode():
        copies = [tf1.Variable(values[name], name=name[:-2], shape=variables[name].shape, use_resource=True) for name in stored]
        graph = tf1.wrap_function(import_graph, [])
        feeds = [node.name + ":0" for node in graph_def.node if node.op == "Placeholder"]
        function = graph.prune(feeds, [name + ":0" for name in output_names])
        return convert_variables_to_constants_v2(function).graph.as_graph_def()
