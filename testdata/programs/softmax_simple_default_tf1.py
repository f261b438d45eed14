# -*- coding: utf-8 -*-
import numpy as np
import tensorflow as tf


def export(sess, directory, x, y):
    """Writes what the session has learned."""
    tf.saved_model.simple_save(sess,
                               directory,
                               inputs={'x': x},
                               outputs={'y': y})


rng = np.random.RandomState(3)
data = rng.normal(size=(20, 3)).astype(np.float32)
classes = rng.randint(0, 3, size=20)

x = tf.placeholder(tf.float32, [None, 3], name='x')
t = tf.placeholder(tf.int64, [None], name='t')
W = tf.get_variable('W', initializer=rng.normal(size=(3, 3)).astype(np.float32))
b = tf.get_variable('b', shape=[3], initializer=tf.zeros_initializer)
y = tf.nn.softmax(tf.nn.xw_plus_b(x, W, b), name='y')

picked = tf.reduce_sum(y * tf.one_hot(t, 3), axis=1)
loss = tf.reduce_mean(-tf.log(tf.clip_by_value(picked, 1e-8, 1.0)))
step = tf.train.AdamOptimizer(learning_rate=0.05).minimize(loss)

sess = tf.Session()
sess.run(tf.global_variables_initializer())
for i in range(10):
    sess.run(step, feed_dict={x: data, t: classes})
print('loss', sess.run(loss, feed_dict={x: data, t: classes}))
export(sess, 'export/adam', x, y)
sess.close()
