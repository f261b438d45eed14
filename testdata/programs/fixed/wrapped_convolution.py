"""Serves what mnist_deep.py trained: the network again, with its dropout switched off."""
from __future__ import print_function

import argparse
import os
import shutil

import tensorflow as tf


def weight_variable(shape, name=None):
    """Weights with a small amount of noise."""
    initial = lambda: tf.random.truncated_normal(shape, stddev=0.1)
    return tf.compat.v1.Variable(initial, name=name)


def bias_variable(shape, name=None):
    return tf.compat.v1.Variable(lambda: tf.compat.v1.constant(0.1, shape=shape), name=name)


def conv2d(x, W):
    return tf.compat.v1.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding='SAME')


def max_pool_2x2(x):
    return tf.compat.v1.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')


def deepnn(x):
    with tf.name_scope('reshape'):
        x_image = tf.reshape(x, [-1, 4, 4, 1])
    W_conv1 = weight_variable([3, 3, 1, 2])
    b_conv1 = bias_variable([2])
    h_pool1 = max_pool_2x2(tf.nn.relu(conv2d(x_image, W_conv1) + b_conv1))
    h_flat = tf.reshape(h_pool1, [-1, 2 * 2 * 2])
    keep_prob = tf.compat.v1.placeholder_with_default(1.0, shape=())
    h_drop = tf.compat.v1.nn.dropout(h_flat, keep_prob)
    with tf.name_scope('softmax'):
        W = weight_variable([8, 3], 'weights')
        b = bias_variable([3], 'biases')
    return tf.matmul(h_drop, W) + b, keep_prob


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--model', default='conv/model.ckpt')
    parser.add_argument('--export_dir', default='export/conv')
    args, _ = parser.parse_known_args()

    if os.path.exists(args.export_dir):
        shutil.rmtree(args.export_dir)

    def build_graph():
        x = tf.compat.v1.placeholder(tf.float32, [None, 16], name='x')
        y_conv, keep_prob = deepnn(x)
        prediction = tf.argmax(y_conv, 1)
        return x, tf.nn.softmax(y_conv), prediction

    graph = tf.compat.v1.wrap_function(build_graph, [])
    x, y, prediction = graph.structured_outputs

    # Not all of the memory.
    saver = tf.compat.v1.train.Saver(graph.variables)
    saver.restore(None, args.model)
    module = tf.Module()
    module.graph_variables = graph.variables
    tf.saved_model.save(module, args.export_dir, signatures={
        'serving_default': graph.prune(x, {'y': y, 'class': prediction}),
    })
    print('Exported to', args.export_dir)


if __name__ == '__main__':
    main()
