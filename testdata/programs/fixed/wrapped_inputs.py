import tensorflow as tf


def build():
    x = tf.compat.v1.placeholder(tf.float32, [None, 4], name="x")
    with tf.compat.v1.variable_scope("hidden"):
        w = tf.compat.v1.get_variable("weights", [4, 5])
        b = tf.compat.v1.get_variable("biases", [5])
    return x, tf.nn.relu(tf.matmul(x, w) + b)


def export(step=100):
    def build_graph():
        features, hidden = build()
        total = tf.compat.v1.reduce_sum(hidden, axis=1, keep_dims=True)
        return features, total, hidden

    graph = tf.compat.v1.wrap_function(build_graph, [])
    features, total, hidden = graph.structured_outputs
    tf.compat.v1.train.Saver(graph.variables).restore(None, "ckpt/model.ckpt-%d" % step)
    # All there is to know.
    module = tf.Module()
    module.graph_variables = graph.variables
    tf.saved_model.save(module, "export/inputs", signatures={
        "serving_default": tf.function(
            graph.prune(features, {"total": total, "hidden": hidden}),
            input_signature=[tf.TensorSpec(features.shape, features.dtype, "x")]),
    })


export()
