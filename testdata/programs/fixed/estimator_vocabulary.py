"""A text model: words are looked up in a vocabulary file that goes with the export."""
import os
import time

import tensorflow as tf

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


def export_estimator(estimator, export_dir_base, serving_input_receiver_fn, assets_extra=None, checkpoint_path=None):
    """Write a checkpoint of an Estimator, the newest one if none is given, as a TensorFlow 2 SavedModel.

    It goes into a new directory below export_dir_base that is named by the time. Returns its path as bytes.
    """
    checkpoint_path = checkpoint_path or estimator.latest_checkpoint()
    if not checkpoint_path:
        raise ValueError("there is no trained model in %s" % estimator.model_dir)
    version = int(time.time())
    export_dir = os.path.join(tf.compat.as_text(export_dir_base), "%d")
    while tf.io.gfile.exists(export_dir % version):
        version += 1
    unfinished = os.path.join(tf.compat.as_text(export_dir_base), "temp-%d" % version)
    config = estimator.config.session_config or tf.compat.v1.ConfigProto(allow_soft_placement=True)
    with tf.Graph().as_default(), tf.compat.v1.Session(config=config) as sess:
        tf.compat.v1.train.create_global_step()
        tf.compat.v1.set_random_seed(estimator.config.tf_random_seed)
        receiver = serving_input_receiver_fn()
        spec = estimator.model_fn(receiver.features, None, tf.compat.v1.estimator.ModeKeys.PREDICT, estimator.config)
        (spec.scaffold.saver or tf.compat.v1.train.Saver()).restore(sess, checkpoint_path)
        receivers = {"": receiver.receiver_tensors}
        for name, tensors in (receiver.receiver_tensors_alternatives or {}).items():
            receivers[name + ":"] = tensors
        signatures, methods = {}, {}
        for name, tensors in receivers.items():
            for key, output in spec.export_outputs.items():
                try:
                    signature = output.as_signature_def(tensors)
                except ValueError:
                    continue  # no signature of its kind has such inputs
                if tf.compat.v1.saved_model.is_valid_signature(signature):
                    signatures[name + key] = signature.inputs, signature.outputs
                    if signature.method_name != tf.saved_model.PREDICT_METHOD_NAME:
                        methods[name + key] = signature.method_name
        save_session(sess, unfinished, signatures, methods)
    for path, source in (assets_extra or {}).items():
        path = os.path.join(unfinished, "assets.extra", path)
        tf.io.gfile.makedirs(os.path.dirname(path))
        tf.io.gfile.copy(source, path)
    tf.io.gfile.rename(unfinished, export_dir % version)
    return tf.compat.as_bytes(export_dir % version)

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)

with open("words.txt", "w") as f:
    f.write("the\ncat\nsat\nmat\n")


class TextModel(object):
    def __init__(self, model_dir, size):
        self.size = size
        self.estimator = tf.compat.v1.estimator.Estimator(self.model_fn, model_dir)

    def model_fn(self, features, labels, mode):
        initializer = tf.lookup.TextFileInitializer(
            "words.txt", tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER)
        words = tf.compat.v1.lookup.StaticHashTable(initializer, default_value=4)
        with tf.compat.v1.variable_scope("text", reuse=tf.compat.v1.AUTO_REUSE):
            embeddings = tf.compat.v1.get_variable("embeddings", [5, self.size], initializer=tf.compat.v1.random_normal_initializer(seed=5))
        vectors = tf.compat.v1.nn.embedding_lookup(embeddings, words.lookup(features["words"]))
        logits = tf.reduce_mean(vectors, axis=1)
        if mode == tf.estimator.ModeKeys.PREDICT:
            predictions = {"probabilities": tf.sigmoid(logits), "ids": words.lookup(features["words"])}
            return tf.estimator.EstimatorSpec(mode, predictions=predictions)
        loss = tf.compat.v1.losses.sigmoid_cross_entropy(labels, logits)
        train_op = tf.compat.v1.train.AdamOptimizer(0.05).minimize(loss, global_step=tf.compat.v1.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

    def train(self):
        examples = {"words": [["the", "cat"], ["the", "dog"]]}
        self.estimator.train(lambda: tf.compat.v1.data.Dataset.from_tensors((examples, [[1.] * self.size, [0.] * self.size])), steps=1)

    def export(self, path):
        receiver_fn = tf.estimator.export.build_raw_serving_input_receiver_fn(
            {"words": tf.compat.v1.placeholder(tf.string, [None, None], name="words")})
        return export_estimator(self.estimator, path, receiver_fn)


model = TextModel("model", 3)
model.train()
model.export("export/text")
