"""A client that runs whichever signature it is asked for, with what it is given."""
import os
import argparse
import json

import tensorflow as tf


class LoadedGraph:
    """Runs tensors of a SavedModel of TensorFlow 1, as a session does that it is loaded into.

    graph: where tensors are looked up by their names
    meta_graph: the MetaGraphDef, which has the signatures
    """

    def __init__(self, export_dir, tags):
        tf.compat.v1.disable_tensor_equality()  # so that tensors can be the keys of feed_dict
        self._model = tf.saved_model.load(export_dir, tags=tags)
        self._functions = {}
        self.graph = self._model.graph
        from tensorflow.core.protobuf import saved_model_pb2

        with tf.io.gfile.GFile(os.path.join(tf.compat.as_text(export_dir), "saved_model.pb"), "rb") as f:
            saved_model = saved_model_pb2.SavedModel.FromString(f.read())
        tags = {tags} if isinstance(tags, str) else set(tags)
        self.meta_graph = next(m for m in saved_model.meta_graphs if set(m.meta_info_def.tags) == tags)

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


parser = argparse.ArgumentParser()
parser.add_argument("--dir", default="models/classifier")
parser.add_argument("--signature", default="serving_default")
parser.add_argument("--inputs", default='{"pixels": [[1, 2, 3], [3, 2, 1]]}')


def main():
    args = parser.parse_args()
    sess = LoadedGraph(args.dir, ["serve"])
    meta_graph = sess.meta_graph
    if args.signature not in meta_graph.signature_def:
        raise SystemExit("no such signature")
    signature = meta_graph.signature_def[args.signature]
    feeds = {signature.inputs[key].name: value for key, value in json.loads(args.inputs).items()}
    fetches = {key: info.name for key, info in signature.outputs.items()}
    for key, value in sorted(sess.run(fetches, feeds).items()):
        print(key, value.dtype, value.tolist())


main()
