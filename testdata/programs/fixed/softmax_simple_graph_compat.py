"""Learns to tell which of three numbers is the largest."""
import shutil

import numpy as np
import tensorflow as tf


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
