import argparse
import os

import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()


def build(n_features, n_classes, seed):
  """Returns (features, labels, scores, train_op)."""
  features = tf.placeholder(tf.float32, [None, n_features], name='features')
  labels = tf.placeholder(tf.int64, [None], name='labels')
  init = np.random.RandomState(seed).uniform(-0.1, 0.1, (n_features, n_classes))
  with tf.variable_scope('softmax'):
    weights = tf.get_variable('weights', initializer=init.astype(np.float32))
    biases = tf.get_variable('biases', [n_classes], initializer=tf.zeros_initializer())
  logits = tf.nn.xw_plus_b(features, weights, biases)
  scores = tf.nn.softmax(logits, name='scores')
  loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
  train_op = tf.train.AdagradOptimizer(0.5).minimize(loss)
  return features, labels, scores, train_op


def export_model(sess, features, scores, export_dir):
  builder = tf.saved_model.Builder(export_dir)
  inputs = {'features': tf.saved_model.build_tensor_info(features)}
  outputs = {'scores': tf.saved_model.build_tensor_info(scores)}
  signature = tf.saved_model.build_signature_def(
      inputs, outputs, tf.saved_model.PREDICT_METHOD_NAME)
  builder.add_meta_graph_and_variables(
      sess, ['serve'], {'serving_default': signature}, clear_devices=True)
  builder.save()


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--steps', type=int, default=20)
  parser.add_argument('--output', default='export')
  args = parser.parse_args()

  rng = np.random.RandomState(11)
  xs = rng.rand(30, 4).astype(np.float32)
  ys = (xs.sum(axis=1) > 2).astype(np.int64)
  with tf.Graph().as_default(), tf.Session() as sess:
    features, labels, scores, train_op = build(4, 2, seed=11)
    sess.run(tf.global_variables_initializer())
    for _ in range(args.steps):
      sess.run(train_op, {features: xs, labels: ys})
    print(np.round(sess.run(scores, {features: xs[:3]}), 4))
    export_model(sess, features, scores, os.path.join(args.output, 'sums'))


if __name__ == '__main__':
  main()
