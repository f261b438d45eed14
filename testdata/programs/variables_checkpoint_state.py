import tensorflow.compat.v1 as tf

tf.disable_eager_execution()


def export_latest(train_dir, export_dir):
    """Exports the newest checkpoint of a directory."""
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, shape=[None, 3], name="input_x")
        # What was trained.
        w = tf.Variable(tf.random_normal([3, 2], stddev=0.1), name="weights")
        b = tf.Variable(tf.zeros([2]), name="bias")
        y = tf.matmul(x, w) + b
        label = tf.argmax(y, 1, name="label")
        with tf.Session() as sess:
            saver = tf.train.Saver()
            state = tf.train.get_checkpoint_state(train_dir)
            if not state or not state.model_checkpoint_path:
                raise IOError("nothing was trained in " + train_dir)
            saver.restore(sess, state.model_checkpoint_path)
            labels = sess.run(label, feed_dict={x: [[1.0, 2.0, 3.0]]})
            print("label", labels)
            tf.saved_model.simple_save(sess, export_dir, inputs={"x": x}, outputs={"label": label, "y": y})


export_latest("linear", "export/state")
