"""Detect with a frozen graph, image by image."""
import numpy as np
import tensorflow as tf

PATH_TO_FROZEN_GRAPH = 'models/scores.pb'

od_graph_def = tf.compat.v1.GraphDef()
with tf.io.gfile.GFile(PATH_TO_FROZEN_GRAPH, 'rb') as fid:
  serialized_graph = fid.read()
  od_graph_def.ParseFromString(serialized_graph)
  # The names stay as they are.
  imported = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(od_graph_def, name=''), [])
  fn = imported.prune('image:0', ['scores:0', 'classes:0'])


def load_image(seed):
  return np.random.RandomState(seed).rand(2, 4)


# Input and output tensors of the graph.
for seed in (1, 2):
  image_np = load_image(seed)
  # Actual detection.
  (found, kinds) = [tensor.numpy() for tensor in fn(tf.constant(image_np, fn.inputs[0].dtype))]
  print(seed, found.shape, found.dtype, kinds.tolist())
  print(' '.join('%.5f' % value for value in found.ravel()))
