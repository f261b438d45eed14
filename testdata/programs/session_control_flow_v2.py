import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
tf.enable_control_flow_v2()
tf.logging.set_verbosity(tf.logging.ERROR)

n = tf.placeholder(tf.int32, [], name="n")
x = tf.placeholder(tf.float32, [None], name="x")
rate = tf.get_variable("rate", initializer=1.25)
grown = tf.while_loop(lambda i, v: i < tf.minimum(n, 4), lambda i, v: (i + 1, v * rate), [0, x])[1]
y = tf.cond(tf.reduce_sum(x) > 0., lambda: grown - 10. * rate, lambda: grown)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(y, {n: 3, x: [1., 2.]}))
    tf.saved_model.simple_save(sess, "export/growth", {"n": n, "x": x}, {"y": y, "steps/grown": grown})
