"""An object that keeps the session of a frozen graph, as detectors do."""
import numpy as np
import tensorflow as tf


class GraphSession:
    """Runs tensors of a graph of TensorFlow 1, as a session does.

    functions: what tf.saved_model.load or wrap_function made of the graph, out of which functions are pruned
    """

    def __init__(self, functions):
        tf.compat.v1.disable_tensor_equality()  # so that tensors can be the keys of feed_dict
        self.graph = functions.graph
        self._functions = functions
        self._pruned = {}

    def _tensor(self, tensor):
        tensor = self.graph.as_graph_element(tensor, allow_operation=False)
        if tensor.dtype == tensor.dtype.base_dtype:
            return tensor
        with self.graph.as_default():
            return tf.identity(tensor)  # no function returns a reference to a variable

    def run(self, fetches, feed_dict=None):
        feeds = {self._tensor(tensor).name: value for tensor, value in (feed_dict or {}).items()}
        names = tuple(getattr(fetch, "name", fetch) for fetch in tf.nest.flatten(fetches))
        key = tuple(feeds), names
        if key not in self._pruned:
            self._pruned[key] = self._functions.prune(list(feeds), [self._tensor(name) for name in names])
        function = self._pruned[key]
        results = function(*[tf.constant(value, tensor.dtype) for value, tensor in zip(feeds.values(), function.inputs)])
        return tf.nest.pack_sequence_as(fetches, [result.numpy() for result in results])

    def close(self):
        self._pruned.clear()


class Detector(object):
    def __init__(self, path):
        graph_def = tf.compat.v1.GraphDef()
        with tf.io.gfile.GFile(path, "rb") as f:
            graph_def.ParseFromString(f.read())
            imported = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph_def, name=""), [])
            self.graph = imported.graph
        # Inputs and outputs.
        self.image = self.graph.get_tensor_by_name("image:0")
        self.outputs = [self.graph.get_tensor_by_name(name + ":0") for name in ("scores", "classes")]
        self.sess = GraphSession(imported)

    def detect(self, image):
        scores, classes = self.sess.run(self.outputs, feed_dict={self.image: np.expand_dims(image, 0)})
        return scores[0].tolist(), classes[0]


detector = Detector("models/scores.pb")
for seed in (1, 2):
    print(*detector.detect(np.random.RandomState(seed).rand(4)))
