import tensorflow as tf


def signature(x, y, method):
    return tf.saved_model.signature_def_utils.build_signature_def(
        inputs={"x": tf.saved_model.utils.build_tensor_info(x)},
        outputs={"y": tf.saved_model.utils.build_tensor_info(y)},
        method_name=method)


def write(sess, path, sig):
    builder = tf.saved_model.builder.SavedModelBuilder(path)
    builder.add_meta_graph_and_variables(sess, ["serve"], signature_def_map={"serving_default": sig})
    builder.save()


with tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None])
    v = tf.Variable(1.0)
    sess.run(v.initializer)
    y, z = x + v, x - v
    write(sess, "export/plus", signature(x, y, tf.saved_model.signature_constants.PREDICT_METHOD_NAME))
    write(sess, "export/minus", signature(x, z, tf.saved_model.signature_constants.PREDICT_METHOD_NAME))
