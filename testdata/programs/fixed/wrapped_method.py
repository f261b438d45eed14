import os

import tensorflow as tf


class Exporter:
    """Exports one checkpoint."""

    def __init__(self, checkpoint, hidden=5):
        self.checkpoint = checkpoint
        self.hidden = hidden

    def layer(self, net, units, scope):
        with tf.compat.v1.variable_scope(scope):
            size = net.get_shape().as_list()[-1]
            weights = tf.compat.v1.get_variable("weights", [size, units], tf.float32, tf.compat.v1.random_normal_initializer(stddev=0.02))
            biases = tf.compat.v1.get_variable("biases", [units], tf.float32, tf.compat.v1.zeros_initializer())
            return tf.matmul(net, weights) + biases

    def network(self, x):
        hidden = tf.nn.relu(self.layer(x, self.hidden, "hidden"))
        return self.layer(hidden, 3, "output")

    def export(self, path):
        def build_graph():
            x = tf.compat.v1.placeholder(tf.float32, [None, 4], "input")
            logits = self.network(x)
            return x, logits

        wrapped_graph = tf.compat.v1.wrap_function(build_graph, [])
        x, logits = wrapped_graph.structured_outputs

        restorer = tf.compat.v1.train.Saver(wrapped_graph.variables)
        restorer.restore(None, self.checkpoint)
        module = tf.Module()
        module.graph_variables = wrapped_graph.variables
        tf.saved_model.save(module, path, signatures={
            tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: wrapped_graph.prune(x, {"logits": logits}),
        })
        print("exported", os.path.basename(self.checkpoint))


Exporter("ckpt/model.ckpt-100").export("export/method")
