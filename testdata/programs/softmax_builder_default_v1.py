import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

# data: points around three corners of the unit square
rng = np.random.RandomState(17)
corners = np.array([[0., 0.], [0., 1.], [1., 0.]])
which = rng.randint(0, 3, 48)
points = (corners[which] + rng.normal(scale=.1, size=(48, 2))).astype(np.float32)

# model
X = tf.placeholder(tf.float32, (None, 2), name="X")
Y = tf.placeholder(tf.int32, (None,), name="Y")
theta = tf.Variable(tf.zeros((2, 3)), name="theta")
beta = tf.Variable(tf.zeros((3,)), name="beta")
hypothesis = tf.nn.softmax(tf.add(tf.matmul(X, theta), beta), name="hypothesis")
cost = tf.reduce_mean(-tf.reduce_sum(tf.one_hot(Y, 3) * tf.log(hypothesis), 1))
train = tf.train.GradientDescentOptimizer(learning_rate=1.).minimize(cost)
init = tf.global_variables_initializer()

# training
with tf.Session() as sess:
    sess.run(init)
    for step in range(1, 21):
        sess.run(train, feed_dict={X: points, Y: which})
        if step % 10 == 0:
            print(step, "%.4f" % sess.run(cost, feed_dict={X: points, Y: which}))

    # export
    predict_signature = tf.saved_model.signature_def_utils.predict_signature_def(
        inputs={"points": X}, outputs={"corners": hypothesis})
    saver_dir = "export/corners/%d" % 1
    model_builder = tf.saved_model.builder.SavedModelBuilder(saver_dir)
    model_builder.add_meta_graph_and_variables(sess,
                                               [tf.saved_model.tag_constants.SERVING],
                                               signature_def_map={"serving_default": predict_signature})
    saved_to = model_builder.save()
