#!/usr/bin/env python
# Trains a softmax classifier and exports it for serving.
import sys

import numpy as np
import tensorflow as tf
from tensorflow.python.saved_model import builder as saved_model_builder
from tensorflow.python.saved_model import signature_constants
from tensorflow.python.saved_model import signature_def_utils
from tensorflow.python.saved_model import tag_constants

tf.app.flags.DEFINE_integer("training_iteration", 30, "number of training iterations.")
tf.app.flags.DEFINE_string("export_dir", "export/digits", "where the model goes.")
FLAGS = tf.app.flags.FLAGS


def main(_):
    rng = np.random.RandomState(1)
    images = rng.rand(40, 6).astype(np.float32)
    digits = np.argmax(images.dot(rng.rand(6, 4)), axis=1)

    # Train model
    print('Training model...')
    sess = tf.InteractiveSession()
    x = tf.placeholder(tf.float32, shape=[None, 6], name='x')
    y_ = tf.placeholder(tf.int64, shape=[None])
    w = tf.Variable(tf.zeros([6, 4]))
    b = tf.Variable(tf.zeros([4]))
    sess.run(tf.global_variables_initializer())
    logits = tf.matmul(x, w) + b
    y = tf.nn.softmax(logits, name='y')
    loss = tf.losses.sparse_softmax_cross_entropy(labels=y_, logits=logits)
    train_step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    values, indices = tf.nn.top_k(y, 4)
    for _ in range(FLAGS.training_iteration):
        train_step.run(feed_dict={x: images, y_: digits})
    print('training loss %.4f' % loss.eval(feed_dict={x: images, y_: digits}))

    # Export model
    print('Exporting trained model to', FLAGS.export_dir)
    builder = saved_model_builder.SavedModelBuilder(FLAGS.export_dir)
    signature = signature_def_utils.predict_signature_def(
        inputs={'images': x}, outputs={'scores': y, 'top': values, 'classes': indices})
    builder.add_meta_graph_and_variables(
        sess=sess,
        tags=[tag_constants.SERVING],
        signature_def_map={signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature})
    builder.save()
    print('Done exporting!')
    return 0


if __name__ == '__main__':
    tf.app.run(main=main, argv=sys.argv[:1])
