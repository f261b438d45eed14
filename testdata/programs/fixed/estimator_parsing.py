"""A model that is made of layers and feature columns, without one placeholder, exported with a parsing receiver."""
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


tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
flags = tf.compat.v1.app.flags
flags.DEFINE_string("model_dir", "model", "where checkpoints go")
flags.DEFINE_string("export_dir", "export", "where models go")
FLAGS = flags.FLAGS


def model_fn(features, labels, mode, params):
    net = tf.compat.v1.feature_column.input_layer(features, params["columns"])
    net = tf.compat.v1.layers.dense(net, 4, activation=tf.nn.relu)
    logits = tf.compat.v1.layers.dense(net, 3)
    if mode == tf.estimator.ModeKeys.PREDICT:
        probabilities = tf.nn.softmax(logits)
        predictions = {"class": tf.argmax(logits, 1), "probabilities": probabilities}
        return tf.estimator.EstimatorSpec(mode, predictions=predictions, export_outputs={
            "serving_default": tf.estimator.export.ClassificationOutput(scores=probabilities),
            "predict": tf.estimator.export.PredictOutput(predictions)})
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    train_op = tf.compat.v1.train.AdagradOptimizer(0.1).minimize(loss, global_step=tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def input_fn():
    x = np.random.RandomState(1).rand(8, 2).astype(np.float32)
    dataset = tf.compat.v1.data.Dataset.from_tensor_slices((dict(a=x[:, :1], b=x[:, 1:]), np.arange(8) % 3))
    return dataset.shuffle(8, seed=1).repeat().batch(4).make_one_shot_iterator().get_next()


def main(_):
    columns = [tf.feature_column.numeric_column(key) for key in ("a", "b")]
    classifier = tf.compat.v1.estimator.Estimator(
        model_fn, FLAGS.model_dir, tf.estimator.RunConfig(tf_random_seed=3), params={"columns": columns})
    classifier.train(input_fn, steps=3)
    spec = tf.compat.v1.feature_column.make_parse_example_spec(columns)
    receiver_fn = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
    export_estimator(classifier, FLAGS.export_dir, receiver_fn)


if __name__ == "__main__":
    tf.compat.v1.app.run()
