"""Train with hooks; export from the raw session inside of the monitored one."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
STEPS = 5

features = np.linspace(-1, 1, 24, dtype=np.float32).reshape(8, 3)
labels = features.dot(np.float32([[.5], [-1.], [2.]])) + .25

x = tf.placeholder(tf.float32, [None, 3], name="features")
y = tf.placeholder(tf.float32, [None, 1], name="labels")
prediction = tf.layers.dense(x, 1, kernel_initializer=tf.zeros_initializer(), name="regression")
loss = tf.losses.mean_squared_error(y, prediction)
global_step = tf.train.get_or_create_global_step()
train_op = tf.train.AdamOptimizer(.1).minimize(loss, global_step=global_step)


class Printer(tf.train.SessionRunHook):
    def before_run(self, run_context):
        return tf.train.SessionRunArgs([loss, global_step])

    def after_run(self, run_context, run_values):
        print("step %d: %.5f" % (run_values.results[1], run_values.results[0]))


def raw_session(session):
    while type(session).__name__ != "Session":
        session = session._sess
    return session


with tf.train.MonitoredTrainingSession(hooks=[tf.train.StopAtStepHook(last_step=STEPS), Printer()]) as sess:
    for _ in range(STEPS - 1):
        sess.run(train_op, feed_dict={x: features, y: labels})
    sess.graph._unsafe_unfinalize()
    builder = tf.saved_model.builder.SavedModelBuilder("export/monitored")
    signature = tf.saved_model.signature_def_utils.predict_signature_def(
        inputs={"features": x}, outputs={"prediction": prediction})
    builder.add_meta_graph_and_variables(
        raw_session(sess),
        [tf.saved_model.tag_constants.SERVING],
        signature_def_map={tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature})
    builder.save()
