import tensorflow as tf


class Network(object):
    """The same network for training and for serving: a tensor tells which."""

    def __init__(self, units):
        self.units = units

    def __call__(self, features, is_training):
        net = tf.compat.v1.layers.dense(features, self.units)
        net = tf.compat.v1.layers.batch_normalization(net, training=is_training, name="norm")
        net = tf.compat.v1.layers.dropout(tf.nn.relu(net), rate=0.5, training=is_training)
        return tf.compat.v1.layers.dense(net, 2)


def build_graph():
    features = tf.compat.v1.placeholder(tf.float32, [None, 4], name="features")
    is_training = tf.compat.v1.placeholder_with_default(False, [], name="is_training")
    network = Network(3)
    logits = network(features, is_training)
    return features, logits, tf.nn.softmax(logits)


graph = tf.compat.v1.wrap_function(build_graph, [])
features, logits, probabilities = graph.structured_outputs
saver = tf.compat.v1.train.Saver(graph.variables)

saver.restore(None, "ckpt_dense/model.ckpt")
module = tf.Module()
module.graph_variables = graph.variables
tf.saved_model.save(module, "export/switch", signatures={
    "serving_default": graph.prune(features, {"logits": logits, "probabilities": probabilities}),
})
