import tensorflow as tf


def build():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.variable_scope("hidden"):
        w = tf.get_variable("weights", [4, 5])
        b = tf.get_variable("biases", [5])
    return x, tf.nn.relu(tf.matmul(x, w) + b)


def export(step=100):
    g = tf.Graph()
    with g.as_default(), tf.Session(graph=g) as sess:
        features, hidden = build()
        total = tf.reduce_sum(hidden, axis=1, keep_dims=True)
        tf.train.Saver(var_list=tf.global_variables()).restore(sess, "ckpt/model.ckpt-%d" % step)
        # All there is to know.
        signature = tf.saved_model.signature_def_utils.predict_signature_def(inputs={"x": features}, outputs={"total": total, "hidden": hidden})
        b = tf.saved_model.builder.SavedModelBuilder("export/inputs")
        b.add_meta_graph_and_variables(sess, ["serve"], {"serving_default": signature})
        b.save()


export()
