"""Export with a Saver of its own, that knows the variables by the names of their moving averages."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)

x = tf.placeholder(tf.float32, [None, 2], name="x")
w = tf.get_variable("w", [2, 2], initializer=tf.constant_initializer(.5))
b = tf.get_variable("b", [2], initializer=tf.zeros_initializer())
y = tf.nn.xw_plus_b(x, w, b, name="y")
loss = tf.reduce_mean(tf.square(y - 1.))
step = tf.train.GradientDescentOptimizer(.1).minimize(loss)
ema = tf.train.ExponentialMovingAverage(.9)
with tf.control_dependencies([step]):
    train = ema.apply([w, b])
# made for another run: this program never initialises it
unused = tf.get_variable("unused", [3])

saver = tf.train.Saver({ema.average_name(v): v for v in (w, b)})
with tf.Session() as sess:
    sess.run(tf.variables_initializer([v for v in tf.global_variables() if v is not unused]))
    for _ in range(5):
        sess.run(train, {x: np.float32([[1, 2], [3, -1]])})
    # what is served are the averages
    sess.run([v.assign(ema.average(v)) for v in (w, b)])

    builder = tf.saved_model.builder.SavedModelBuilder("export/averages")
    inputs = {"x": tf.saved_model.utils.build_tensor_info(x)}
    outputs = {"y": tf.saved_model.utils.build_tensor_info(y)}
    signature = tf.saved_model.signature_def_utils.build_signature_def(
        inputs, outputs, tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
    builder.add_meta_graph_and_variables(sess, ["serve"], {"serving_default": signature}, saver=saver)
    builder.save()
