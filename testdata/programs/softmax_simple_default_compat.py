import numpy as np
import tensorflow as tf
from tensorflow.compat.v1.saved_model import simple_save

tf.compat.v1.disable_v2_behavior()

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
T = np.array([0, 1, 1, 2])  # how many ones

x = tf.compat.v1.placeholder(tf.float32, shape=[None, 2], name="x")
t = tf.compat.v1.placeholder(tf.int64, shape=[None], name="t")

W = tf.Variable(np.full((2, 3), 0.01, np.float32), name="W")
b = tf.Variable(np.zeros(3, np.float32), name="b")
y = tf.nn.softmax(x @ W + b, name="y")
loss = -tf.reduce_mean(tf.reduce_sum(tf.math.log(y) * tf.one_hot(t, 3), axis=1))
train_step = tf.compat.v1.train.GradientDescentOptimizer(0.5).minimize(loss)

with tf.compat.v1.Session() as sess:
    sess.run(tf.compat.v1.global_variables_initializer())
    for i in range(40):
        sess.run(train_step, {x: X, t: T})
    print(sess.run([loss], {x: X, t: T}))
    simple_save(sess, "export/count", inputs={"x": x}, outputs={"y": y})
