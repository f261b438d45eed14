"""Train with dropout, and export a network whose keep probability may be left out of a request."""
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 3], name="x")
labels = tf.placeholder(tf.float32, [None, 2], name="labels")
keep_prob = tf.placeholder_with_default(1.0, shape=[], name="keep_prob")
offset = tf.placeholder_with_default(np.linspace(-1, 1, 3).astype(np.float32), [3], name="offset")
prefix = tf.placeholder_with_default(["class "], shape=[1], name="prefix")

with tf.variable_scope("net"):
    w = tf.get_variable("w", [3, 2], initializer=tf.constant_initializer([[.5, -1.], [.25, 1.], [2., 0.]]))
    b = tf.get_variable("b", [2], initializer=tf.zeros_initializer())
logits = tf.matmul(x + offset, w) * keep_prob + b
train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(tf.square(logits - labels)))
names = tf.string_join([tf.tile(prefix, [tf.shape(logits)[0]]), tf.as_string(tf.argmax(logits, axis=1))])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(3):
        sess.run(train, feed_dict={x: [[1., 2., 3.]], labels: [[0., 1.]], keep_prob: 0.5})
    print(sess.run(names, {x: [[1., 2., 3.]]}))
    # keep_prob, offset and prefix are optional.
    inputs = {"keep_prob": keep_prob, "x": x, "offset": offset, "prefix": prefix}
    tf.saved_model.simple_save(sess, "export/dropout", inputs=inputs, outputs={"logits": logits, "names": names})
