import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
sess = tf.InteractiveSession()

x = tf.placeholder(tf.float32, [None, 6, 1], name="x")
net = tf.layers.conv1d(x, 2, 3, kernel_initializer=tf.constant_initializer(.2), name="conv")
net = tf.layers.batch_normalization(net, training=False, name="bn")
y = tf.identity(tf.reduce_max(net, 1), name="y")
# what is measured is kept in local variables
mean, update = tf.metrics.mean(y)
sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
batch = np.arange(12, dtype=np.float32).reshape(2, 6, 1)
update.eval({x: batch})
print("mean %.4f" % mean.eval())

builder = tf.saved_model.builder.SavedModelBuilder("export/conv")
builder.add_meta_graph_and_variables(
    sess, [tf.saved_model.tag_constants.SERVING], clear_devices=True,
    signature_def_map={"serving_default": tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})})
builder.save(as_text=False)
sess.close()
