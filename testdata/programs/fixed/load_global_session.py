"""A session of the whole module, which functions run by the names of tensors."""
import tensorflow as tf


class LoadedGraph:
    """Runs tensors of a SavedModel of TensorFlow 1, as a session does that it is loaded into.

    graph: where tensors are looked up by their names
    """

    def __init__(self, export_dir, tags):
        tf.compat.v1.disable_tensor_equality()  # so that tensors can be the keys of feed_dict
        self._model = tf.saved_model.load(export_dir, tags=tags)
        self._functions = {}
        self.graph = self._model.graph

    def _tensor(self, tensor):
        tensor = self.graph.as_graph_element(tensor, allow_operation=False)
        if tensor.dtype == tensor.dtype.base_dtype:
            return tensor
        with self.graph.as_default():
            return tf.identity(tensor)  # no function returns a reference to a variable

    def run(self, fetches, feed_dict=None):
        feeds = {self._tensor(tensor).name: value for tensor, value in (feed_dict or {}).items()}
        names = tuple(str(getattr(fetch, "name", fetch)) for fetch in tf.nest.flatten(fetches))
        key = tuple(feeds), names
        if key not in self._functions:
            self._functions[key] = self._model.prune(list(feeds), [self._tensor(name) for name in names])
        function = self._functions[key]
        results = function(*[tf.constant(value, tensor.dtype) for value, tensor in zip(feeds.values(), function.inputs)])
        return tf.nest.pack_sequence_as(fetches, [result.numpy() for result in results])

    def close(self):
        self._functions.clear()


MODEL_DIR = "models/classifier"

sess = LoadedGraph(MODEL_DIR, {"serve"})


def scores(rows):
    return sess.run("scores:0", feed_dict={"pixels:0": rows})


def lengths(words):
    return sess.run({"lengths": "lengths:0"}, {"words:0": words})["lengths"]


print(scores([[1., 0., 0.], [0., 0., 1.]]))
print(lengths(["a", "word", ""]))
