import tensorflow as tf

# with tables:
from restored_table import _RestoredTable
# end

tf1 = tf.compat.v1


def save_session(sess, export_dir, signatures, methods=None):
    """Write the graph and the variables of a session as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    methods: {key: method name}, for signatures that are not for TensorFlow Serving's predict
    """
    variables = sess.graph.get_collection(tf1.GraphKeys.GLOBAL_VARIABLES)
    if any(variable.op.type != "VarHandleOp" for variable in variables):
        raise ValueError("reference variables can't be saved: call enable_resource_variables() before the graph is built")
    # without tables:
    if sess.graph.get_collection(tf1.GraphKeys.TABLE_INITIALIZERS):
        raise ValueError("the graph has lookup tables, which this function does not save")
    # with tables:
    initializers = [op.name for op in sess.graph.get_collection(tf1.GraphKeys.TABLE_INITIALIZERS)]
    paths = {tensor.name: tensor for tensor in sess.graph.get_collection(tf1.GraphKeys.ASSET_FILEPATHS)}
    files = sess.run(paths)
    # end
    values = sess.run({variable.name: variable for variable in variables})
    meta_graph = tf1.train.export_meta_graph(graph=sess.graph, clear_devices=True)
    for collection in set(meta_graph.collection_def) - {tf1.GraphKeys.GLOBAL_VARIABLES}:
        del meta_graph.collection_def[collection]  # each would make variable objects of its own
    unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
    meta_graph.saver_def.CopyFrom(tf1.train.SaverDef(**unused))  # else the import builds a Saver

    def import_graph():
        tf1.train.import_meta_graph(meta_graph)
        # with tables:
        tf1.no_op(name="nothing_to_fetch")
        # end

    def as_function(inputs, outputs):
        feeds = [graph.graph.get_tensor_by_name(tensor.name) for tensor in inputs.values()]
        fetches = {name: graph.graph.get_tensor_by_name(tensor.name) for name, tensor in outputs.items()}
        specs = [tf.TensorSpec(feed.shape, feed.dtype, name) for name, feed in zip(inputs, feeds)]
        # without tables:
        pruned = graph.prune(feeds, fetches)
        return tf.function(lambda *args: pruned(*args), input_signature=specs, autograph=False)
        # with tables:
        pruned = graph.prune(feeds + [table.placeholder for table in tables], fetches)
        handles = tuple(table.resource_handle for table in tables)
        return tf.function(lambda *args: pruned(*(args + handles)), input_signature=specs, autograph=False)
        # end

    with tf.__internal__.eager_context.eager_mode():
        graph = tf1.wrap_function(import_graph, [])
        module = tf.Module()
        module.graph_variables = graph.graph.get_collection(tf1.GraphKeys.GLOBAL_VARIABLES)
        for variable in module.graph_variables:
            variable.assign(values[variable.name])
        # with tables:
        assets = {file: tf.saved_model.Asset(file) for file in set(files.values())}
        assets = {name: assets[file] for name, file in files.items()}
        tables = [_RestoredTable(graph, op, initializers, assets)
                  for op in graph.graph.get_operations() if op.type == "HashTableV2"]
        if sum(table.initialized for table in tables) != len(initializers):
            raise ValueError("the graph has tables of a kind that this function does not save")
        module.tables, module.assets = tables, list(assets.values())
        # end
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        export_dir = tf.compat.as_text(export_dir)
        tf.saved_model.save(module, export_dir, signatures=module.functions)
        if methods:
            updater = tf1.saved_model.signature_def_utils.MethodNameUpdater(export_dir)
            for key, method in methods.items():
                updater.replace_method_name(signature_key=key, method_name=method)
            updater.save()
