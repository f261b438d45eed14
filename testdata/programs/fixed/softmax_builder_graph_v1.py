import argparse
import os

import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
tf.enable_resource_variables()


def save_session(sess, export_dir, signatures, methods=None):
  """Write the graph and the variables of a session as a TensorFlow 2 SavedModel.

  signatures: {key: ({input name: tensor}, {output name: tensor})}
  methods: {key: method name}, for signatures that are not for TensorFlow Serving's predict
  """
  variables = sess.graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)
  if any(variable.op.type != "VarHandleOp" for variable in variables):
    raise ValueError("reference variables can't be saved: call enable_resource_variables() before the graph is built")
  if sess.graph.get_collection(tf.GraphKeys.TABLE_INITIALIZERS):
    raise ValueError("the graph has lookup tables, which this function does not save")
  values = sess.run({variable.name: variable for variable in variables})
  meta_graph = tf.train.export_meta_graph(graph=sess.graph, clear_devices=True)
  for collection in set(meta_graph.collection_def) - {tf.GraphKeys.GLOBAL_VARIABLES}:
    del meta_graph.collection_def[collection]  # each would make variable objects of its own
  unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
  meta_graph.saver_def.CopyFrom(tf.train.SaverDef(**unused))  # else the import builds a Saver

  def import_graph():
    tf.train.import_meta_graph(meta_graph)

  def as_function(inputs, outputs):
    feeds = [graph.graph.get_tensor_by_name(tensor.name) for tensor in inputs.values()]
    fetches = {name: graph.graph.get_tensor_by_name(tensor.name) for name, tensor in outputs.items()}
    specs = [tf.TensorSpec(feed.shape, feed.dtype, name) for name, feed in zip(inputs, feeds)]
    pruned = graph.prune(feeds, fetches)
    return tf.function(lambda *args: pruned(*args), input_signature=specs, autograph=False)

  with tf.compat.v2.__internal__.eager_context.eager_mode():
    graph = tf.wrap_function(import_graph, [])
    module = tf.Module()
    module.graph_variables = graph.graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)
    for variable in module.graph_variables:
      variable.assign(values[variable.name])
    module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
    export_dir = tf.compat.as_text(export_dir)
    tf.saved_model.save(module, export_dir, signatures=module.functions)
    if methods:
      updater = tf.saved_model.signature_def_utils.MethodNameUpdater(export_dir)
      for key, method in methods.items():
        updater.replace_method_name(signature_key=key, method_name=method)
      updater.save()


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
  save_session(sess, export_dir, {'serving_default': ({'features': features}, {'scores': scores})})


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
