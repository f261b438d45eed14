import os

import tensorflow as tf

STEPS = 3


def unroll(sequence):
    with tf.variable_scope("hidden"):
        weights = tf.get_variable("weights", [4, 5])
        biases = tf.get_variable("biases", [5])
    with tf.variable_scope("output"):
        back = tf.get_variable("weights", [5, 3])

    def cell(state, value):
        net = tf.tanh(tf.matmul(value, weights) + biases)
        return 0.5 * state + tf.matmul(net, back)

    batch = tf.shape(sequence)[0]
    first = tf.zeros(tf.stack([batch, 3]))
    states = tf.scan(cell, tf.transpose(sequence, [1, 0, 2]), initializer=first)
    condition = lambda i, total: tf.less(i, STEPS)
    body = lambda i, total: (i + 1, total + tf.reduce_max(states) * tf.cast(i, tf.float32))
    _, total = tf.while_loop(condition, body, [tf.constant(0), tf.constant(0.0)])
    return states[-1], total


def export(model_dir, version):
    tf.reset_default_graph()
    sequence = tf.placeholder(tf.float32, shape=[None, STEPS, 4])
    last, total = unroll(sequence)
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        saver = tf.train.Saver(max_to_keep=2)
        ckpt = tf.train.latest_checkpoint(model_dir)
        if ckpt is None:
            raise IOError("%s holds no checkpoint" % model_dir)
        saver.restore(sess, ckpt)
        builder = tf.saved_model.Builder(os.path.join("export", "loop", str(version)))
        builder.add_meta_graph_and_variables(
            sess,
            tags=[tf.saved_model.tag_constants.SERVING],
            signature_def_map={
                "last": tf.saved_model.predict_signature_def(inputs={"sequence": sequence}, outputs={"state": last, "total": total}),
            },
            clear_devices=True)
        builder.save(as_text=False)


for version in range(1, 3):
    export("ckpt", version)
