"""Softmax regression on four measurements of a flower, exported with the SavedModelBuilder."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import os
import shutil

import numpy as np
import tensorflow as tf

EXPORT_BASE = "export/softmax"
MODEL_VERSION = 1
STEPS = 25


def make_data():
    rng = np.random.RandomState(0)
    centers = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]], np.float32)
    labels = np.arange(60) % 3
    features = centers[labels] + 0.3 * rng.randn(60, 4)
    return features.astype(np.float32), np.eye(3, dtype=np.float32)[labels]


features, labels = make_data()

with tf.Graph().as_default():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    y_ = tf.placeholder(tf.float32, [None, 3], name="labels")
    W = tf.Variable(tf.zeros([4, 3]), name="W")
    b = tf.Variable(tf.zeros([3]), name="b")
    y = tf.nn.softmax(tf.matmul(x, W) + b, name="y")
    cross_entropy = -tf.reduce_mean(tf.reduce_sum(y_ * tf.log(y), axis=1))
    train_step = tf.train.GradientDescentOptimizer(0.1).minimize(cross_entropy)

    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(STEPS):
            sess.run(train_step, feed_dict={x: features, y_: labels})

        correct = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
        accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
        print("accuracy: %.3f" % sess.run(accuracy, feed_dict={x: features, y_: labels}))

        export_path = os.path.join(EXPORT_BASE, str(MODEL_VERSION))
        if os.path.isdir(export_path):
            shutil.rmtree(export_path)
        print("Exporting trained model to", export_path)
        builder = tf.saved_model.builder.SavedModelBuilder(export_path)

        # TensorInfos say which tensors a request feeds and gets.
        tensor_info_x = tf.saved_model.utils.build_tensor_info(x)
        tensor_info_y = tf.saved_model.utils.build_tensor_info(y)
        prediction_signature = (
            tf.saved_model.signature_def_utils.build_signature_def(
                inputs={"features": tensor_info_x},
                outputs={"scores": tensor_info_y},
                method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME))

        builder.add_meta_graph_and_variables(
            sess, [tf.saved_model.tag_constants.SERVING],
            signature_def_map={
                "predict_species":
                    prediction_signature,
                tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                    prediction_signature,
            })
        builder.save()
        print("Done exporting!")
