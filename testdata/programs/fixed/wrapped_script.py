import tensorflow as tf


def build_graph():
    # The network, as it was trained.
    x = tf.compat.v1.placeholder(tf.float32, [None, 4], name="x")
    with tf.compat.v1.variable_scope("hidden"):
        w = tf.compat.v1.get_variable("weights", [4, 5])
        b = tf.compat.v1.get_variable("biases", [5])
        hidden = tf.nn.relu(tf.matmul(x, w) + b)  # no dropout here

    with tf.compat.v1.variable_scope("output"):
        w2 = tf.compat.v1.get_variable("weights", [5, 3])
        b2 = tf.compat.v1.get_variable("biases", [3])
        logits = tf.matmul(hidden, w2) + b2
    scores = tf.nn.softmax(logits)
    return x, scores, logits


graph = tf.compat.v1.wrap_function(build_graph, [])
x, scores, logits = graph.structured_outputs

tf.compat.v1.train.Saver(graph.variables).restore(None, tf.train.latest_checkpoint("ckpt"))
module = tf.Module()
module.graph_variables = graph.variables
tf.saved_model.save(module, "export/digits", signatures={
    "serving_default": graph.prune(x, {"scores": scores, "logits": logits}),
})
print("exported")
