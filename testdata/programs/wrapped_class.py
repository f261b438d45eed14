import argparse

import tensorflow as tf


class Classifier(object):

    def __init__(self, num_features, num_classes, hidden_units=5):
        self.num_features = num_features
        self.num_classes = num_classes
        self.features = tf.placeholder(tf.float32, [None, num_features], name='features')
        self.hidden_units = hidden_units
        self._build()

    def _dense(self, x, scope, shape):
        with tf.variable_scope(scope, reuse=tf.AUTO_REUSE):
            w = tf.get_variable('weights', shape)
            b = tf.get_variable('biases', shape[-1:])
        return tf.nn.bias_add(tf.matmul(x, w), b)

    def _build(self):
        net = tf.nn.relu(self._dense(self.features, 'hidden', [self.num_features, self.hidden_units]))
        self.logits = self._dense(net, 'output', [self.hidden_units, self.num_classes])
        self.predictions = tf.argmax(self.logits, 1)


def export(args):
    model = Classifier(4, 3)
    saver = tf.train.Saver()
    with tf.Session() as sess:
        saver.restore(sess, args.checkpoint)
        tf.saved_model.simple_save(
            sess,
            args.export_dir,
            inputs={'x': model.features},
            outputs={'class': model.predictions, 'probabilities': tf.nn.softmax(model.logits)})


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--checkpoint', default='ckpt/model.ckpt-100')
    parser.add_argument('--export_dir', default='export/classifier')
    export(parser.parse_args([]))
