"""Inputs that need not be fed: one is part of the signature and keeps its default there, the other was for experiments."""
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 3], name="x")
scale = tf.placeholder_with_default(2.0, shape=[], name="scale")
offsets = tf.placeholder_with_default([0.5, 0., -0.5], shape=[None], name="offsets")
temperature = tf.placeholder_with_default(0.1, shape=(), name="temperature")
y = tf.nn.softmax((x * scale + offsets) / temperature, name="y")

with tf.Session() as sess:
    print(sess.run(y, {x: [[1., 2., 3.]]}))
    print(sess.run(y, feed_dict={x: [[1., 2., 3.]], scale: 3.}))
    print(sess.run(y, feed_dict={offsets: [0., 1., 0.], x: [[1., 2., 3.]]}))
    tf.saved_model.simple_save(
        sess, "export/scale", inputs={"offsets": offsets, "scale": scale, "x": x}, outputs={"y": y})
