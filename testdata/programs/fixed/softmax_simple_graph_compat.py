"""Learns to tell which of three numbers is the largest."""
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


class Largest:
    """A graph with its session."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.numbers = tf.compat.v1.placeholder(tf.float32, [None, 3], name="numbers")
            self.answer = tf.compat.v1.placeholder(tf.int64, [None], name="answer")
            matrix = tf.compat.v1.get_variable(
                "matrix", initializer=tf.constant(self.random.randn(3, 3) * 0.1, tf.float32))
            logits = tf.matmul(self.numbers, matrix)
            self.chances = tf.nn.softmax(logits, name="chances")
            loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(self.answer, logits)
            self.step = tf.compat.v1.train.GradientDescentOptimizer(0.5).minimize(loss)
            self.sess = tf.compat.v1.Session(graph=self.graph)
            self.sess.run(tf.compat.v1.global_variables_initializer())

    def learn(self, batches):
        for _ in range(batches):
            batch = self.random.randn(16, 3)
            self.sess.run(self.step, feed_dict={self.numbers: batch, self.answer: batch.argmax(axis=1)})

    def chances_of(self, numbers):
        return self.sess.run(self.chances, feed_dict={self.numbers: [numbers]})[0]

    def export(self, directory):
        shutil.rmtree(directory, ignore_errors=True)
        with self.graph.as_default():
            save_session(self.sess, directory, {"serving_default": ({"numbers": self.numbers}, {"chances": self.chances})})


model = Largest(seed=5)
model.learn(30)
print("largest of 1, 3, 2: number", model.chances_of([1.0, 3.0, 2.0]).argmax())
model.export("export/largest")
