"""An exporter that keeps the best of what train_and_evaluate makes."""
import os
import time

import numpy as np
import tensorflow as tf

tf.compat.v1.disable_v2_behavior()


class _SessionTable(tf.saved_model.experimental.TrackableResource):
    """A lookup table of a session's graph, which is made and filled anew wherever the model is loaded."""

    def __init__(self, op):
        super().__init__()
        self._op = op

    def _create_resource(self):
        key_dtype, value_dtype = self._op.get_attr("key_dtype"), self._op.get_attr("value_dtype")
        name = "%s_%d" % (self._op.name, id(self))
        return tf.raw_ops.HashTableV2(key_dtype=key_dtype, value_dtype=value_dtype, shared_name=name)

    def _initialize(self):
        self.fill()


def save_session(sess, export_dir, signatures, methods=None):
    """Write what signatures need of a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    methods: {key: method name}, for signatures that are not for TensorFlow Serving's predict
    """
    for name in {name for inputs, _ in signatures.values() for name in inputs}:
        if not name.isidentifier() or name[0] == "_" or max(name) > "z" or name == "self":
            raise ValueError("%r is no name that tf.saved_model.save can give to an input" % name)
    variables = {v.name: v for v in sess.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)}

    def tensors(side):
        return {name: sess.graph.as_graph_element(variables.get(tensor.name, tensor.name)) for name, tensor in side.items()}

    signatures = {key: (tensors(inputs), tensors(outputs)) for key, (inputs, outputs) in signatures.items()}
    ends = {tensor.name: tensor for sides in signatures.values() for side in sides for tensor in side.values()}
    needed = {tensor.op.name for tensor in ends.values()}
    paths = {tensor.name: tensor for tensor in sess.graph.get_collection(tf.compat.v1.GraphKeys.ASSET_FILEPATHS)}
    files = sess.run(paths)
    fills = [op for op in sess.graph.get_collection(tf.compat.v1.GraphKeys.TABLE_INITIALIZERS)
             if any(tensor.op.type == "HashTableV2" for tensor in op.inputs)]
    needed.update(op.name for op in fills)
    graph_def = tf.compat.v1.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(needed))
    for node in graph_def.node:
        node.device = ""
        node.attr.pop("_class", None)  # asks for the device of another node, which may not be needed
    if any("HashTable" in node.op and node.op != "HashTableV2" for node in graph_def.node):
        raise ValueError("the graph has tables of a kind that this function does not save")
    tables = [sess.graph.get_operation_by_name(node.name) for node in graph_def.node if node.op == "HashTableV2"]
    stored = [node.name + ":0" for node in graph_def.node if node.op in ("VarHandleOp", "VariableV2", "Variable")]
    if not variables.keys() >= set(stored):
        raise ValueError("not among the global variables: %s" % ", ".join(sorted(set(stored) - variables.keys())))
    values = sess.run({name: variables[name] for name in stored})

    def import_graph():
        replaced = {}
        for name, copy in zip(stored, module.graph_variables):
            is_resource = variables[name].op.type == "VarHandleOp"
            replaced[name] = tf.convert_to_tensor(copy.handle) if is_resource else copy.read_value()
        replaced.update((op.outputs[0].name, tf.convert_to_tensor(handle)) for op, handle in zip(tables, handles))
        replaced.update((name, tf.convert_to_tensor(assets[file].asset_path)) for name, file in files.items())
        tf.compat.v1.no_op(name="nothing_to_fetch")
        imported.update(zip(ends, tf.compat.v1.import_graph_def(graph_def, replaced, list(ends), name="")))

    def as_function(inputs, outputs):
        fetches = {name: imported[tensor.name] for name, tensor in outputs.items()}
        pruned = graph.prune([imported[tensor.name] for tensor in inputs.values()], fetches)

        def call(*args):
            results = pruned(*args)
            for name, tensor in outputs.items():
                results[name].set_shape(tensor.shape)
            return results

        specs = [tf.TensorSpec(tensor.shape, tensor.dtype, name) for name, tensor in inputs.items()]
        return tf.function(call, input_signature=specs, autograph=False)

    with tf.__internal__.eager_context.eager_mode():  # tf.saved_model.save works in no other
        module = tf.Module()
        module.graph_variables = [
            tf.compat.v1.Variable(values[name], name=name[:-2], shape=variables[name].shape, use_resource=True) for name in stored]
        assets = {file: tf.saved_model.Asset(file) for file in files.values()}
        module.assets, module.tables = list(assets.values()), [_SessionTable(op) for op in tables]
        handles = [table.resource_handle for table in module.tables]
        imported = {}
        graph = tf.compat.v1.wrap_function(import_graph, [])
        nothing = graph.graph.get_operation_by_name("nothing_to_fetch")
        for op, table in zip(tables, module.tables):
            names = [fill.name for fill in fills if any(tensor is op.outputs[0] for tensor in fill.inputs)]
            table.fill = graph.prune([], [graph.graph.get_operation_by_name(name) for name in names] + [nothing])
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
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


class SavedModelExporter(tf.estimator.Exporter):
    """Exports an Estimator as a TensorFlow 2 SavedModel while train_and_evaluate trains it.

    final_only: export when training has ended, and not before
    exports_to_keep: how many of the newest exports to keep; None for all
    compare_fn: tells of two evaluations whether the second is better; what is no better than the best so far is not exported
    """

    def __init__(
            self, name, serving_input_receiver_fn, assets_extra=None, final_only=False, exports_to_keep=None, compare_fn=None):
        self._name = name
        self._serving_input_receiver_fn = serving_input_receiver_fn
        self._assets_extra = assets_extra
        self._final_only = final_only
        self._exports_to_keep = exports_to_keep
        self._compare_fn = compare_fn
        self._best = None

    @property
    def name(self):
        return self._name

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        if self._final_only and not is_the_final_export:
            return None
        if self._compare_fn:
            if self._best and not self._compare_fn(best_eval_result=self._best, current_eval_result=eval_result):
                return None
            self._best = eval_result
        export_dir = export_estimator(
            estimator, export_path, self._serving_input_receiver_fn, self._assets_extra, checkpoint_path)
        if self._exports_to_keep:
            names = [name.strip("/") for name in tf.io.gfile.listdir(export_path)]
            versions = sorted(name for name in names if len(name) == 10 and name.isdigit())
            for version in versions[:-self._exports_to_keep]:
                tf.io.gfile.rmtree(os.path.join(export_path, version))
        return export_dir


tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)


def model_fn(features, labels, mode):
    y = tf.compat.v1.layers.dense(features["x"], 1, kernel_initializer=tf.compat.v1.ones_initializer())
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=y, export_outputs={"y": tf.estimator.export.PredictOutput({"y": y})})
    loss = tf.compat.v1.losses.mean_squared_error(labels, y)
    train_op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(loss, tf.compat.v1.train.get_global_step())
    metrics = {"rmse": tf.compat.v1.metrics.root_mean_squared_error(labels, y)}
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op, eval_metric_ops=metrics)


def input_fn():
    x = np.float32([[1, 2], [3, 4]])
    return tf.compat.v1.data.Dataset.from_tensors(({"x": x}, x[:, :1]))


def is_better(best_eval_result, current_eval_result):
    return best_eval_result["rmse"] > current_eval_result["rmse"]


def receiver_fn():
    x = tf.compat.v1.placeholder(tf.float32, [None, 2])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


estimator = tf.compat.v1.estimator.Estimator(model_fn, "model", tf.estimator.RunConfig(save_checkpoints_steps=1))
exporters = [
    SavedModelExporter("best", receiver_fn, compare_fn=is_better, exports_to_keep=1),
    SavedModelExporter(serving_input_receiver_fn=receiver_fn, name="best_exporter", compare_fn=lambda best_eval_result, current_eval_result: best_eval_result["loss"] > current_eval_result["loss"], exports_to_keep=5),
]
tf.estimator.train_and_evaluate(
    estimator,
    tf.estimator.TrainSpec(lambda: input_fn().repeat(), max_steps=3),
    tf.estimator.EvalSpec(input_fn, exporters=exporters, start_delay_secs=0, throttle_secs=0))
