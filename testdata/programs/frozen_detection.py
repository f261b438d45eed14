"""Detect with a frozen graph, image by image."""
import numpy as np
import tensorflow as tf

PATH_TO_FROZEN_GRAPH = 'models/scores.pb'

detection_graph = tf.Graph()
with detection_graph.as_default():
  od_graph_def = tf.GraphDef()
  with tf.gfile.GFile(PATH_TO_FROZEN_GRAPH, 'rb') as fid:
    serialized_graph = fid.read()
    od_graph_def.ParseFromString(serialized_graph)
    # The names stay as they are.
    tf.import_graph_def(od_graph_def, name='')


def load_image(seed):
  return np.random.RandomState(seed).rand(2, 4)


with detection_graph.as_default():
  with tf.Session(graph=detection_graph) as sess:
    # Input and output tensors of the graph.
    image_tensor = detection_graph.get_tensor_by_name('image:0')
    scores = detection_graph.get_tensor_by_name('scores:0')
    classes = detection_graph.get_tensor_by_name('classes:0')
    for seed in (1, 2):
      image_np = load_image(seed)
      # Actual detection.
      (found, kinds) = sess.run([scores, classes], feed_dict={image_tensor: image_np})
      print(seed, found.shape, found.dtype, kinds.tolist())
      print(' '.join('%.5f' % value for value in found.ravel()))
