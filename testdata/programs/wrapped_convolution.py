"""Serves what mnist_deep.py trained: the network again, with its dropout switched off."""
from __future__ import print_function

import argparse
import os
import shutil

import tensorflow as tf


def weight_variable(shape, name=None):
    """Weights with a small amount of noise."""
    initial = tf.truncated_normal(shape, stddev=0.1)
    return tf.Variable(initial, name=name)


def bias_variable(shape, name=None):
    return tf.Variable(tf.constant(0.1, shape=shape), name=name)


def conv2d(x, W):
    return tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding='SAME')


def max_pool_2x2(x):
    return tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')


def deepnn(x):
    with tf.name_scope('reshape'):
        x_image = tf.reshape(x, [-1, 4, 4, 1])
    W_conv1 = weight_variable([3, 3, 1, 2])
    b_conv1 = bias_variable([2])
    h_pool1 = max_pool_2x2(tf.nn.relu(conv2d(x_image, W_conv1) + b_conv1))
    h_flat = tf.reshape(h_pool1, [-1, 2 * 2 * 2])
    keep_prob = tf.placeholder_with_default(1.0, shape=())
    h_drop = tf.nn.dropout(h_flat, keep_prob)
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

    x = tf.placeholder(tf.float32, [None, 16])
    y_conv, keep_prob = deepnn(x)
    prediction = tf.argmax(y_conv, 1)

    # Not all of the memory.
    gpu_options = tf.GPUOptions(per_process_gpu_memory_fraction=0.333)
    with tf.Session(config=tf.ConfigProto(gpu_options=gpu_options)) as sess:
        saver = tf.train.Saver()
        sess.run(tf.global_variables_initializer())
        saver.restore(sess, args.model)
        tf.saved_model.simple_save(sess, args.export_dir, inputs={'x': x}, outputs={'y': tf.nn.softmax(y_conv), 'class': prediction})
    print('Exported to', args.export_dir)


if __name__ == '__main__':
    main()
