"""Softmax regression on four measurements of a flower, exported with the SavedModelBuilder."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import os
import shutil

import numpy as np
import tensorflow as tf

tf.compat.v1.disable_v2_behavior()
tf.compat.v1.enable_resource_variables()


def save_session(sess, export_dir, signatures, methods=None):
    """Write the graph and the variables of a session as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    methods: {key: method name}, for signatures that are not for TensorFlow Serving's predict
    """
    variables = sess.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)
    if any(variable.op.type != "VarHandleOp" for variable in variables):
        raise ValueError("reference variables can't be saved: call enable_resource_variables() before the graph is built")
    if sess.graph.get_collection(tf.compat.v1.GraphKeys.TABLE_INITIALIZERS):
        raise ValueError("the graph has lookup tables, which this function does not save")
    values = sess.run({variable.name: variable for variable in variables})
    meta_graph = tf.compat.v1.train.export_meta_graph(graph=sess.graph, clear_devices=True)
    for collection in set(meta_graph.collection_def) - {tf.compat.v1.GraphKeys.GLOBAL_VARIABLES}:
        del meta_graph.collection_def[collection]  # each would make variable objects of its own
    unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
    meta_graph.saver_def.CopyFrom(tf.compat.v1.train.SaverDef(**unused))  # else the import builds a Saver

    def import_graph():
        tf.compat.v1.train.import_meta_graph(meta_graph)

    def as_function(inputs, outputs):
        feeds = [graph.graph.get_tensor_by_name(tensor.name) for tensor in inputs.values()]
        fetches = {name: graph.graph.get_tensor_by_name(tensor.name) for name, tensor in outputs.items()}
        specs = [tf.TensorSpec(feed.shape, feed.dtype, name) for name, feed in zip(inputs, feeds)]
        pruned = graph.prune(feeds, fetches)
        return tf.function(lambda *args: pruned(*args), input_signature=specs, autograph=False)

    with tf.__internal__.eager_context.eager_mode():
        graph = tf.compat.v1.wrap_function(import_graph, [])
        module = tf.Module()
        module.graph_variables = graph.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)
        for variable in module.graph_variables:
            variable.assign(values[variable.name])
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        export_dir = tf.compat.as_text(export_dir)
        tf.saved_model.save(module, export_dir, signatures=module.functions)
        if methods:
            updater = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater(export_dir)
            for key, method in methods.items():
                updater.replace_method_name(signature_key=key, method_name=method)
            updater.save()


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
    x = tf.compat.v1.placeholder(tf.float32, [None, 4], name="x")
    y_ = tf.compat.v1.placeholder(tf.float32, [None, 3], name="labels")
    W = tf.compat.v1.Variable(tf.zeros([4, 3]), name="W")
    b = tf.compat.v1.Variable(tf.zeros([3]), name="b")
    y = tf.nn.softmax(tf.matmul(x, W) + b, name="y")
    cross_entropy = -tf.reduce_mean(tf.reduce_sum(y_ * tf.math.log(y), axis=1))
    train_step = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(cross_entropy)

    with tf.compat.v1.Session() as sess:
        sess.run(tf.compat.v1.global_variables_initializer())
        for _ in range(STEPS):
            sess.run(train_step, feed_dict={x: features, y_: labels})

        correct = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
        accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
        print("accuracy: %.3f" % sess.run(accuracy, feed_dict={x: features, y_: labels}))

        export_path = os.path.join(EXPORT_BASE, str(MODEL_VERSION))
        if os.path.isdir(export_path):
            shutil.rmtree(export_path)
        print("Exporting trained model to", export_path)

        # TensorInfos say which tensors a request feeds and gets.

        save_session(sess, export_path, {
            "predict_species": ({"features": x}, {"scores": y}),
            tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: ({"features": x}, {"scores": y}),
        })
        print("Done exporting!")
