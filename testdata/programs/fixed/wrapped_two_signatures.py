import tensorflow as tf


def network(x, keep_prob):
    sizes = [4, 5, 3]
    for i, scope in enumerate(["hidden", "output"]):
        with tf.compat.v1.variable_scope(scope):
            w = tf.compat.v1.get_variable("weights", [sizes[i], sizes[i + 1]], dtype=tf.float32)
            b = tf.compat.v1.get_variable("biases", [sizes[i + 1]], dtype=tf.float32)
            x = tf.matmul(x, w) + b
        if scope == "hidden":
            x = tf.compat.v1.nn.dropout(tf.tanh(x), keep_prob)
    return x


def export_model(checkpoint_path, export_path):
    def build_graph():
        x = tf.compat.v1.placeholder(tf.float32, [None, 4], name="x")
        keep_prob = tf.compat.v1.placeholder_with_default(1.0, shape=[], name="keep_prob")
        logits = network(x, keep_prob)
        best = tf.argmax(logits, axis=1)
        return x, logits, best

    wrapped_graph = tf.compat.v1.wrap_function(build_graph, [])
    x, logits, best = wrapped_graph.structured_outputs

    saver = tf.compat.v1.train.Saver(wrapped_graph.variables)
    saver.restore(None, checkpoint_path)
    module = tf.Module()
    module.graph_variables = wrapped_graph.variables
    tf.saved_model.save(module, export_path, signatures={
        tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: wrapped_graph.prune(x, {"logits": logits, "best": best}),
        "best_class": tf.function(
            wrapped_graph.prune(x, {"best": best}),
            input_signature=[tf.TensorSpec(x.shape, x.dtype, "features")]),
    })


export_model("ckpt/model.ckpt-100", "export/two")
