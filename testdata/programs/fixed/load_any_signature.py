"""A client that runs whichever signature it is asked for, with what it is given."""
import os
import argparse
import json

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


parser = argparse.ArgumentParser()
parser.add_argument("--dir", default="models/classifier")
parser.add_argument("--signature", default="serving_default")
parser.add_argument("--inputs", default='{"pixels": [[1, 2, 3], [3, 2, 1]]}')


def main():
    args = parser.parse_args()
    sess = GraphSession(tf.saved_model.load(args.dir, tags=["serve"]))
    meta_graph = read_meta_graph(args.dir, ["serve"])
    if args.signature not in meta_graph.signature_def:
        raise SystemExit("no such signature")
    signature = meta_graph.signature_def[args.signature]
    feeds = {signature.inputs[key].name: value for key, value in json.loads(args.inputs).items()}
    fetches = {key: info.name for key, info in signature.outputs.items()}
    for key, value in sorted(sess.run(fetches, feeds).items()):
        print(key, value.dtype, value.tolist())


main()
