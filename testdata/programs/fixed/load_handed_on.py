"""A loader that returns the session with the tensors, and code that is handed them."""
import os

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


def read_meta_graph(export_dir, tags):
    """Read the MetaGraphDef of a SavedModel, which says what its signatures are."""
    from tensorflow.core.protobuf import saved_model_pb2

    with tf.io.gfile.GFile(os.path.join(tf.compat.as_text(export_dir), "saved_model.pb"), "rb") as f:
        saved_model = saved_model_pb2.SavedModel.FromString(f.read())
    tags = {tags} if isinstance(tags, str) else set(tags)
    return next(m for m in saved_model.meta_graphs if set(m.meta_info_def.tags) == tags)


def load_model(path):
    sess = GraphSession(tf.saved_model.load(path, tags=[tf.saved_model.SERVING]))
    graph = sess.graph
    meta_graph = read_meta_graph(path, [tf.saved_model.SERVING])
    signature = meta_graph.signature_def["serving_default"]
    pixels = graph.get_tensor_by_name(signature.inputs["pixels"].name)
    outputs = {key: graph.get_tensor_by_name(info.name) for key, info in signature.outputs.items()}
    return sess, pixels, outputs


def classify(sess, pixels, outputs, batch):
    results = sess.run(outputs, feed_dict={pixels: batch})
    return results["classes"].tolist(), results["scores"].max(axis=1)


sess, pixels, outputs = load_model("models/classifier")
for row in np.eye(3, dtype=np.float64):
    print(*classify(sess, pixels, outputs, [row]))
logits, weights = sess.run(["logits:0", "weights/Read/ReadVariableOp:0"], {pixels: np.ones([2, 3])})
print(logits, weights.shape)
sess.close()
