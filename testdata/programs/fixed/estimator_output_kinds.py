"""Train a classifier on tf.Examples and export all kinds of signatures, with a file beside the model."""
import os
import time

import numpy as np
import tensorflow as tf

tf.compat.v1.disable_v2_behavior()


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
    graph_def = tf.compat.v1.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(needed))
    for node in graph_def.node:
        node.device = ""
        node.attr.pop("_class", None)  # asks for the device of another node, which may not be needed
    stored = [node.name + ":0" for node in graph_def.node if node.op in ("VarHandleOp", "VariableV2", "Variable")]
    values = sess.run({name: variables[name] for name in stored})

    def import_graph():
        replaced = {}
        for name, copy in zip(stored, module.graph_variables):
            is_resource = variables[name].op.type == "VarHandleOp"
            replaced[name] = tf.convert_to_tensor(copy.handle) if is_resource else copy.read_value()
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
        imported = {}
        graph = tf.compat.v1.wrap_function(import_graph, [])
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


FEATURES = {
    "size": tf.io.FixedLenFeature([1], tf.float32),
    "weight": tf.io.FixedLenFeature([1], tf.float32, default_value=[0.5]),
}


def input_fn():
    rng = np.random.RandomState(7)
    size, weight = rng.rand(12, 1).astype(np.float32), rng.rand(12, 1).astype(np.float32)
    labels = (size + weight > 1).astype(np.int32)
    return tf.compat.v1.data.Dataset.from_tensors(({"size": size, "weight": weight}, labels)).repeat()


def model_fn(features, labels, mode, params):
    inputs = tf.concat([features["size"], features["weight"]], axis=1)
    hidden = tf.compat.v1.layers.dense(inputs, params["hidden"], activation=tf.nn.relu, kernel_initializer=tf.compat.v1.ones_initializer())
    logits = tf.compat.v1.layers.dense(hidden, 2, kernel_initializer=tf.compat.v1.constant_initializer([[0.3, -0.2]] * params["hidden"]))
    scores = tf.nn.softmax(logits)
    if mode == tf.estimator.ModeKeys.PREDICT:
        classes = tf.tile([["small", "large"]], [tf.compat.v1.shape(scores)[0], 1])
        return tf.estimator.EstimatorSpec(mode, predictions={"scores": scores}, export_outputs={
            tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                tf.estimator.export.ClassificationOutput(scores=scores, classes=classes),
            "predict": tf.estimator.export.PredictOutput({"scores": scores, "logits": logits}),
            "regression": tf.estimator.export.RegressionOutput(scores[:, 1]),
        })
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels, logits)
    optimizer = tf.compat.v1.train.AdagradOptimizer(params["rate"])
    train_op = optimizer.minimize(loss, global_step=tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


config = tf.estimator.RunConfig(model_dir="checkpoints", tf_random_seed=3)
classifier = tf.compat.v1.estimator.Estimator(model_fn, config=config, params={"hidden": 4, "rate": 0.1})
classifier.train(input_fn, max_steps=5)

with open("README.txt", "w") as notes:
    notes.write("small or large\n")
export_estimator(
    classifier,
    "export/sizes",
    tf.estimator.export.build_parsing_serving_input_receiver_fn(FEATURES),
    assets_extra={"README.txt": "README.txt"})
