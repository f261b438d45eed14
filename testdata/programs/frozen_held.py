"""An object that keeps the session of a frozen graph, as detectors do."""
import numpy as np
import tensorflow as tf


class Detector(object):
    def __init__(self, path):
        self.graph = tf.Graph()
        with self.graph.as_default():
            graph_def = tf.GraphDef()
            with tf.gfile.GFile(path, "rb") as f:
                graph_def.ParseFromString(f.read())
                tf.import_graph_def(graph_def, name="")
            # Inputs and outputs.
            self.image = self.graph.get_tensor_by_name("image:0")
            self.outputs = [self.graph.get_tensor_by_name(name + ":0") for name in ("scores", "classes")]
            self.sess = tf.Session()

    def detect(self, image):
        scores, classes = self.sess.run(self.outputs, feed_dict={self.image: np.expand_dims(image, 0)})
        return scores[0].tolist(), classes[0]


detector = Detector("models/scores.pb")
for seed in (1, 2):
    print(*detector.detect(np.random.RandomState(seed).rand(4)))
