"""A trained model that is exported and frozen, from one session."""
import os

import numpy as np
import tensorflow as tf

OUTPUT = "prediction"

x = tf.placeholder(tf.float32, [None, 3], name="x")
w = tf.Variable(tf.zeros([3, 1]), name="w")
prediction = tf.matmul(x, w, name=OUTPUT)
loss = tf.reduce_mean(tf.square(prediction - 2.0))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        sess.run(train, {x: np.eye(3)})
    tf.saved_model.simple_save(sess, "export/linear", {"x": x}, {"y": prediction})
    frozen = tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, [prediction.op.name])
    with tf.gfile.GFile(os.path.join("export", "linear.pb"), "wb") as f:
        f.write(frozen.SerializeToString())
    print(sorted(node.name for node in frozen.node if node.op in ("Placeholder", "MatMul")))
