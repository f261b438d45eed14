import os
import sys

import tensorflow as tf

tf.app.flags.DEFINE_string("train_dir", "linear", "where the checkpoints are")
tf.app.flags.DEFINE_string("export_path", "export/linear", "where the model goes")
FLAGS = tf.app.flags.FLAGS


def main(_):
    tf.logging.set_verbosity(tf.logging.ERROR)
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    weights = tf.get_variable("weights", shape=[3, 2])
    bias = tf.get_variable("bias", shape=[2], initializer=tf.zeros_initializer())
    logits = tf.nn.bias_add(tf.matmul(x, weights), bias)
    probabilities = tf.nn.softmax(logits)

    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        saver.restore(sess, tf.train.latest_checkpoint(FLAGS.train_dir))
        print("restored", os.path.basename(tf.train.latest_checkpoint(FLAGS.train_dir)))
        tf.saved_model.simple_save(sess, FLAGS.export_path, inputs={"x": x}, outputs={"probabilities": probabilities, "logits": logits})


if __name__ == "__main__":
    tf.app.run(argv=sys.argv[:1])
