import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

if __name__ == "__main__":
    tf.reset_default_graph()

    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", [2, 2], initializer=tf.ones_initializer())
    y = tf.nn.softmax(tf.matmul(x, w), name="y")

    want = tf.constant([[0.9, 0.1]])
    loss = tf.reduce_sum(tf.square(y - want))
    train = tf.train.GradientDescentOptimizer(1.0).minimize(loss)

    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    one = np.ones((1, 2), np.float32)
    for _ in range(50): sess.run(train, {x: one})
    print("y:", sess.run(y, {x: one})[0].round(3))

    tf.saved_model.simple_save(sess, "export/pair", inputs={"x": x}, outputs={"y": y})
    print("saved")
