"""A model that is trained in the graph of Keras's session; its weights depend on the seed of that graph."""
import os

import numpy as np
import tensorflow as tf
from tensorflow import keras

tf.compat.v1.disable_v2_behavior()
tf.compat.v1.enable_resource_variables()


class _RestoredTable(tf.saved_model.experimental.TrackableResource):
    """A lookup table of a wrapped graph, as a resource that is made and filled anew wherever the model is loaded."""

    def __init__(self, graph, op, initializers, assets):
        super().__init__()
        self.placeholder = op.outputs[0]
        self._dtypes = op.get_attr("key_dtype"), op.get_attr("value_dtype")
        self._name = op.name
        fills = [graph.graph.get_operation_by_name(name) for name in initializers]
        fills = [fill for fill in fills if any(tensor is self.placeholder for tensor in fill.inputs)]
        names = [tensor.name for fill in fills for tensor in fill.inputs if tensor.name in assets]
        self.initialized = len(fills)
        self._assets = [assets[name] for name in names]
        feeds = [self.placeholder] + [graph.graph.get_tensor_by_name(name) for name in names]
        self._fill = graph.prune(feeds, fills + [graph.graph.get_operation_by_name("nothing_to_fetch")])
        self._initialize()

    def _create_resource(self):
        key_dtype, value_dtype = self._dtypes
        return tf.raw_ops.HashTableV2(key_dtype=key_dtype, value_dtype=value_dtype, shared_name="%s_%d" % (self._name, id(self)))

    def _initialize(self):
        self._fill(self.resource_handle, *[asset.asset_path for asset in self._assets])


def save_session(sess, export_dir, signatures, methods=None):
    """Write the graph and the variables of a session as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    methods: {key: method name}, for signatures that are not for TensorFlow Serving's predict
    """
    variables = sess.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)
    if any(variable.op.type != "VarHandleOp" for variable in variables):
        raise ValueError("reference variables can't be saved: call enable_resource_variables() before the graph is built")
    initializers = [op.name for op in sess.graph.get_collection(tf.compat.v1.GraphKeys.TABLE_INITIALIZERS)]
    paths = {tensor.name: tensor for tensor in sess.graph.get_collection(tf.compat.v1.GraphKeys.ASSET_FILEPATHS)}
    files = sess.run(paths)
    values = sess.run({variable.name: variable for variable in variables})
    meta_graph = tf.compat.v1.train.export_meta_graph(graph=sess.graph, clear_devices=True)
    for collection in set(meta_graph.collection_def) - {tf.compat.v1.GraphKeys.GLOBAL_VARIABLES}:
        del meta_graph.collection_def[collection]  # each would make variable objects of its own
    unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
    meta_graph.saver_def.CopyFrom(tf.compat.v1.train.SaverDef(**unused))  # else the import builds a Saver

    def import_graph():
        tf.compat.v1.train.import_meta_graph(meta_graph)
        tf.compat.v1.no_op(name="nothing_to_fetch")

    def as_function(inputs, outputs):
        feeds = [graph.graph.get_tensor_by_name(tensor.name) for tensor in inputs.values()]
        fetches = {name: graph.graph.get_tensor_by_name(tensor.name) for name, tensor in outputs.items()}
        specs = [tf.TensorSpec(feed.shape, feed.dtype, name) for name, feed in zip(inputs, feeds)]
        pruned = graph.prune(feeds + [table.placeholder for table in tables], fetches)
        handles = tuple(table.resource_handle for table in tables)
        return tf.function(lambda *args: pruned(*(args + handles)), input_signature=specs, autograph=False)

    with tf.__internal__.eager_context.eager_mode():
        graph = tf.compat.v1.wrap_function(import_graph, [])
        module = tf.Module()
        module.graph_variables = graph.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)
        for variable in module.graph_variables:
            variable.assign(values[variable.name])
        assets = {file: tf.saved_model.Asset(file) for file in set(files.values())}
        assets = {name: assets[file] for name, file in files.items()}
        tables = [_RestoredTable(graph, op, initializers, assets)
                  for op in graph.graph.get_operations() if op.type == "HashTableV2"]
        if sum(table.initialized for table in tables) != len(initializers):
            raise ValueError("the graph has tables of a kind that this function does not save")
        module.tables, module.assets = tables, list(assets.values())
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        export_dir = tf.compat.as_text(export_dir)
        tf.saved_model.save(module, export_dir, signatures=module.functions)
        if methods:
            updater = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater(export_dir)
            for key, method in methods.items():
                updater.replace_method_name(signature_key=key, method_name=method)
            updater.save()


def build():
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(8, input_dim=3, activation='relu'))
    model.add(tf.compat.v1.keras.layers.BatchNormalization())
    model.add(keras.layers.Dense(1))
    model.compile(loss='mse', optimizer=tf.compat.v1.keras.optimizers.SGD(0.05))
    return model


def save(model, path):
    info = tf.compat.v1.saved_model.utils.build_tensor_info
    save_session(tf.compat.v1.keras.backend.get_session(), path, {
        tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: ({'x': model.inputs[0]}, {'y': model.outputs[0]}),
    })


if __name__ == '__main__':
    tf.compat.v1.set_random_seed(7)
    x = np.linspace(-1, 1, 48).reshape(16, 3).astype(np.float32)
    y = x.sum(axis=1, keepdims=True)
    model = build()
    model.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0)
    save(model, os.path.join('export', 'trained'))
    print('saved')
