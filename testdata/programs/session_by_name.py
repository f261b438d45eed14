import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def build():
    keep = tf.placeholder_with_default(tf.constant(1.), [], name="keep_prob")
    x = tf.placeholder(tf.float32, [None, 2], name="input")
    with tf.variable_scope("layer"):
        w = tf.get_variable("w", initializer=[[1., -1.], [2., .5]])
        tf.nn.sigmoid(tf.matmul(x, w) * keep, name="output")
    tf.get_variable("bias", initializer=[0.5, 1.5])


def export_by_name(sess, export_dir, inputs, outputs):
    graph = tf.get_default_graph()
    feeds = dict((key, graph.get_tensor_by_name(name + ":0")) for key, name in inputs.items())
    fetches = dict((key, graph.get_tensor_by_name(name + ":0")) for key, name in outputs.items())
    tf.saved_model.simple_save(sess, export_dir, feeds, fetches)


with tf.Session() as sess:
    build()
    sess.run(tf.global_variables_initializer())
    with tf.variable_scope("layer", reuse=True):
        w = tf.get_variable("w")
    sess.run(tf.assign(w, [[.5, .25], [0., 1.]]))
    export_by_name(sess, "export/by_name", {"x": "input", "keep": "keep_prob"},
                   {"scores/all": "layer/output", "bias": "bias/read"})
