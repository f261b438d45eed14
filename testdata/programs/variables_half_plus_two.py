"""Exports the toy model half plus two: y = x / 2 + 2."""
import tensorflow as tf


def generate(export_dir):
    with tf.Session() as sess:
        # The parameters of the model.
        a = tf.Variable(0.5, name="a")
        b = tf.Variable(2.0, name="b")  # the offset

        x = tf.placeholder(tf.float32, name="x")
        y = tf.add(tf.multiply(a, x), b, name="y")
        y3 = tf.add(y, 1.0)

        sess.run(tf.global_variables_initializer())
        print(sess.run(y, feed_dict={x: 4.0}))

        builder = tf.saved_model.builder.SavedModelBuilder(export_dir)
        builder.add_meta_graph_and_variables(
            sess, [tf.saved_model.tag_constants.SERVING],
            signature_def_map={
                "serving_default": tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y}),
                "plus_three": tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y3}),
            })
        builder.save()


generate("export/half_plus_two")
