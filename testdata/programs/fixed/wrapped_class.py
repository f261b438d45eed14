import argparse

import tensorflow as tf


class Classifier(object):

    def __init__(self, num_features, num_classes, hidden_units=5):
        self.num_features = num_features
        self.num_classes = num_classes
        self.features = tf.compat.v1.placeholder(tf.float32, [None, num_features], name='features')
        self.hidden_units = hidden_units
        self._build()

    def _dense(self, x, scope, shape):
        with tf.compat.v1.variable_scope(scope, reuse=tf.compat.v1.AUTO_REUSE):
            w = tf.compat.v1.get_variable('weights', shape)
            b = tf.compat.v1.get_variable('biases', shape[-1:])
        return tf.nn.bias_add(tf.matmul(x, w), b)

    def _build(self):
        net = tf.nn.relu(self._dense(self.features, 'hidden', [self.num_features, self.hidden_units]))
        self.logits = self._dense(net, 'output', [self.hidden_units, self.num_classes])
        self.predictions = tf.argmax(self.logits, 1)


def export(args):
    def build_graph():
        model = Classifier(4, 3)
        return model.features, model.predictions, tf.nn.softmax(model.logits)

    graph = tf.compat.v1.wrap_function(build_graph, [])
    features, predictions, probabilities = graph.structured_outputs
    saver = tf.compat.v1.train.Saver(graph.variables)
    saver.restore(None, args.checkpoint)
    module = tf.Module()
    module.graph_variables = graph.variables
    tf.saved_model.save(module, args.export_dir, signatures={
        'serving_default': tf.function(
            graph.prune(features, {'class': predictions, 'probabilities': probabilities}),
            input_signature=[tf.TensorSpec(features.shape, features.dtype, 'x')]),
    })


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--checkpoint', default='ckpt/model.ckpt-100')
    parser.add_argument('--export_dir', default='export/classifier')
    export(parser.parse_args([]))
