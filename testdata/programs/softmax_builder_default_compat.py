import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()

N_IN, N_OUT = 5, 3
rng = np.random.RandomState(42)
inputs = rng.rand(16, N_IN).astype(np.float32)
targets = np.eye(N_OUT, dtype=np.float32)[rng.randint(N_OUT, size=16)]

x = tf.compat.v1.placeholder(tf.float32, [None, N_IN], "x")
y = tf.compat.v1.placeholder(tf.float32, [None, N_OUT], "y")
w = tf.compat.v1.get_variable("w", initializer=(rng.rand(N_IN, N_OUT) - 0.5).astype(np.float32))
b = tf.compat.v1.get_variable("b", initializer=np.zeros(N_OUT, np.float32))
logits = tf.matmul(x, w) + b
prediction = tf.nn.softmax(logits)
cost = tf.reduce_mean(tf.compat.v1.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=logits))
optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.2).minimize(cost)


def train(sess, epochs):
    for epoch in range(epochs):
        _, c = sess.run([optimizer, cost], feed_dict={x: inputs, y: targets})
        if not epoch % 4:
            print("epoch", epoch, "cost", "{:.5f}".format(c))


with tf.compat.v1.Session() as sess:
    sess.run(tf.compat.v1.global_variables_initializer())
    train(sess, 9)

    b_ = tf.compat.v1.saved_model.builder.SavedModelBuilder("export/dense")
    b_.add_meta_graph_and_variables(
        sess, tags=[tf.saved_model.SERVING],
        signature_def_map={
            tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                tf.compat.v1.saved_model.signature_def_utils.predict_signature_def(
                    {"x": x}, {"prediction": prediction})},
        strip_default_attrs=True)
    b_.save(as_text=False)
