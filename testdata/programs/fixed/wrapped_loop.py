import os

import tensorflow as tf

STEPS = 3


def unroll(sequence):
    with tf.compat.v1.variable_scope("hidden"):
        weights = tf.compat.v1.get_variable("weights", [4, 5])
        biases = tf.compat.v1.get_variable("biases", [5])
    with tf.compat.v1.variable_scope("output"):
        back = tf.compat.v1.get_variable("weights", [5, 3])

    def cell(state, value):
        net = tf.tanh(tf.matmul(value, weights) + biases)
        return 0.5 * state + tf.matmul(net, back)

    batch = tf.compat.v1.shape(sequence)[0]
    first = tf.zeros(tf.stack([batch, 3]))
    states = tf.compat.v1.scan(cell, tf.compat.v1.transpose(sequence, [1, 0, 2]), initializer=first)
    condition = lambda i, total: tf.less(i, STEPS)
    body = lambda i, total: (i + 1, total + tf.reduce_max(states) * tf.cast(i, tf.float32))
    _, total = tf.compat.v1.while_loop(condition, body, [tf.constant(0), tf.constant(0.0)])
    return states[-1], total


def export(model_dir, version):
    def build_graph():
        sequence = tf.compat.v1.placeholder(tf.float32, shape=[None, STEPS, 4], name="sequence")
        last, total = unroll(sequence)
        return sequence, last, total

    graph = tf.compat.v1.wrap_function(build_graph, [])
    sequence, last, total = graph.structured_outputs
    saver = tf.compat.v1.train.Saver(graph.variables, max_to_keep=2)
    ckpt = tf.train.latest_checkpoint(model_dir)
    if ckpt is None:
        raise IOError("%s holds no checkpoint" % model_dir)
    saver.restore(None, ckpt)
    module = tf.Module()
    module.graph_variables = graph.variables
    tf.saved_model.save(module, os.path.join("export", "loop", str(version)), signatures={
        "last": graph.prune(sequence, {"state": last, "total": total}),
    })


for version in range(1, 3):
    export("ckpt", version)
