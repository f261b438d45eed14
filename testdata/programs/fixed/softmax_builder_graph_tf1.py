"""Softmax regression on four measurements of a flower, exported with the SavedModelBuilder."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import os
import shutil

import numpy as np
import tensorflow as tf

tf.compat.v1.disable_v2_behavior()


def save_session(sess, export_dir, signatures):
    """Write what signatures need of a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    """
    variables = {v.name: v for v in sess.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)}

    def tensors(side):
        return {name: sess.graph.as_graph_element(variables.get(tensor.name, tensor.name)) for name, tensor in side.items()}

    signatures = {key: (tensors(inputs), tensors(outputs)) for key, (inputs, outputs) in signatures.items()}
    ends = {tensor.name: tensor for sides in signatures.values() for side in sides for tensor in side.values()}
    needed = {tensor.op.name for tensor in ends.values()}
    graph_def = tf.compat.v1.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(needed))
    for node in graph_def.node:
        node.device = ""
        node.attr.pop("_class", None)  # asks for the device of another node, which may not be needed
    stored = [node.name + ":0" for node in graph_def.node if node.op in ("VarHandleOp", "VariableV2", "Variable")]
    values = sess.run({name: variables[name] for name in stored})

    def import_graph():
        replaced = {}
        for name, copy in zip(stored, module.graph_variables):
            is_resource = variables[name].op.type == "VarHandleOp"
            replaced[name] = tf.convert_to_tensor(copy.handle) if is_resource else copy.read_value()
        imported.update(zip(ends, tf.compat.v1.import_graph_def(graph_def, replaced, list(ends), name="")))

    def as_function(inputs, outputs):
        fetches = {name: imported[tensor.name] for name, tensor in outputs.items()}
        pruned = graph.prune([imported[tensor.name] for tensor in inputs.values()], fetches)

        def call(*args):
            results = pruned(*args)
            for name, tensor in outputs.items():
                results[name].set_shape(tensor.shape)
            return results

        specs = [tf.TensorSpec(tensor.shape, tensor.dtype, name) for name, tensor in inputs.items()]
        return tf.function(call, input_signature=specs, autograph=False)

    with tf.__internal__.eager_context.eager_mode():  # tf.saved_model.save works in no other
        module = tf.Module()
        module.graph_variables = [
            tf.compat.v1.Variable(values[name], name=name[:-2], shape=variables[name].shape, use_resource=True) for name in stored]
        imported = {}
        graph = tf.compat.v1.wrap_function(import_graph, [])
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        tf.saved_model.save(module, export_dir, signatures=module.functions)


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
