"""A custom Estimator over feature columns that serves the moving averages of its weights."""
import os
import time

import tensorflow as tf
import tensorflow.compat.v1 as tf1


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


def _use_resources(graph_def, outputs):
    """Have a graph change resources in the place of reference variables, and read them as late as it did.

    Returns the names of its outputs, with those that are references replaced by what reads them.
    """
    updates = {"Assign": "AssignVariableOp", "AssignAdd": "AssignAddVariableOp", "AssignSub": "AssignSubVariableOp",
               "ScatterUpdate": "ResourceScatterUpdate", "ScatterAdd": "ResourceScatterAdd", "ScatterSub": "ResourceScatterSub"}
    passes = {"RefSwitch": "Switch", "RefIdentity": "Identity", "RefEnter": "Enter"}
    references = set(updates) | set(passes) | {"VariableV2", "Variable"}
    nodes = {node.name: node for node in graph_def.node}
    result = tf1.GraphDef(versions=graph_def.versions, library=graph_def.library)

    def reference(name):  # the resource, what changes it before it is read, and the type of its values; None if that is no reference
        node = nodes[name.lstrip("^").split(":")[0]]
        if name[0] == "^" or node.op not in references:
            return None
        if node.op in updates:
            resource, before, dtype = reference(node.input[0])
            return resource, before + ["^" + node.name], dtype
        return name, [], reference(node.input[0])[2] if node.op in passes else node.attr["dtype"].type

    def read(name, reader, controls):
        resource, before, dtype = reference(name)
        node = result.node.add(name=reader, op="ReadVariableOp", input=[resource] + before + controls)
        node.attr["dtype"].type = dtype
        return reader

    for node in graph_def.node:
        made = result.node.add(name=node.name, op=updates.get(node.op, passes.get(node.op, node.op)))
        controls = [name for name in node.input if name[0] == "^"]
        for i, name in enumerate(node.input[:len(node.input) - len(controls)]):
            if not reference(name):
                made.input.append(name)
            elif made.op == node.op or i > 0:
                made.input.append(read(name, "%s/read_%d" % (node.name, i), controls))
            else:
                resource, before, dtype = reference(name)
                made.input.append(resource)
                controls = controls + before
        made.input.extend(controls)
        for key, value in node.attr.items():
            if made.op == node.op or node.op in passes or key == "Tindices":
                made.attr[key].CopyFrom(value)
        if node.op in updates:
            made.attr["dtype"].type = dtype
        elif node.op in passes:
            made.attr["T"].type = tf.resource.as_datatype_enum
            made.attr.pop("_output_shapes", None)
    outputs = [read(name, name.replace(":", "/value_"), []) + ":0" if reference(name) else name for name in outputs]
    graph_def.CopyFrom(result)
    return outputs


def save_session(sess, export_dir, signatures, methods=None):
    """Write what signatures need of a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    methods: {key: method name}, for signatures that are not for TensorFlow Serving's predict
    """
    for name in {name for inputs, _ in signatures.values() for name in inputs}:
        if not name.isidentifier() or name[0] == "_" or max(name) > "z" or name == "self":
            raise ValueError("%r is no name that tf.saved_model.save can give to an input" % name)
    variables = {v.name: v for v in sess.graph.get_collection(tf1.GraphKeys.GLOBAL_VARIABLES)}

    def tensors(side):
        return {name: sess.graph.as_graph_element(variables.get(tensor.name, tensor.name)) for name, tensor in side.items()}

    signatures = {key: (tensors(inputs), tensors(outputs)) for key, (inputs, outputs) in signatures.items()}
    ends = {tensor.name: tensor for sides in signatures.values() for side in sides for tensor in side.values()}
    needed = {tensor.op.name for tensor in ends.values()}
    paths = {tensor.name: tensor for tensor in sess.graph.get_collection(tf1.GraphKeys.ASSET_FILEPATHS)}
    files = sess.run(paths)
    fills = [op for op in sess.graph.get_collection(tf1.GraphKeys.TABLE_INITIALIZERS)
             if any(tensor.op.type == "HashTableV2" for tensor in op.inputs)]
    needed.update(op.name for op in fills)
    graph_def = tf1.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(needed))
    for node in graph_def.node:
        node.device = ""
        node.attr.pop("_class", None)  # asks for the device of another node, which may not be needed
    if any("HashTable" in node.op and node.op != "HashTableV2" for node in graph_def.node):
        raise ValueError("the graph has tables of a kind that this function does not save")
    tables = [sess.graph.get_operation_by_name(node.name) for node in graph_def.node if node.op == "HashTableV2"]
    stored = [node.name + ":0" for node in graph_def.node if node.op in ("VarHandleOp", "VariableV2", "Variable")]
    values = sess.run({name: variables[name] for name in stored})
    fetched = _use_resources(graph_def, ends)

    def import_graph():
        replaced = {name: tf.convert_to_tensor(copy.handle) for name, copy in zip(stored, module.graph_variables)}
        replaced.update((op.outputs[0].name, tf.convert_to_tensor(handle)) for op, handle in zip(tables, handles))
        replaced.update((name, tf.convert_to_tensor(assets[file].asset_path)) for name, file in files.items())
        tf1.no_op(name="nothing_to_fetch")
        imported.update(zip(ends, tf1.import_graph_def(graph_def, replaced, fetched, name="")))

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
            tf1.Variable(values[name], name=name[:-2], shape=variables[name].shape, use_resource=True) for name in stored]
        assets = {file: tf.saved_model.Asset(file) for file in files.values()}
        module.assets, module.tables = list(assets.values()), [_SessionTable(op) for op in tables]
        handles = [table.resource_handle for table in module.tables]
        imported = {}
        graph = tf1.wrap_function(import_graph, [])
        nothing = graph.graph.get_operation_by_name("nothing_to_fetch")
        for op, table in zip(tables, module.tables):
            names = [fill.name for fill in fills if any(tensor is op.outputs[0] for tensor in fill.inputs)]
            table.fill = graph.prune([], [graph.graph.get_operation_by_name(name) for name in names] + [nothing])
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        tf.saved_model.save(module, export_dir, signatures=module.functions)
        if methods:
            updater = tf1.saved_model.signature_def_utils.MethodNameUpdater(export_dir)
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
    config = estimator.config.session_config or tf1.ConfigProto(allow_soft_placement=True)
    with tf.Graph().as_default(), tf1.Session(config=config) as sess:
        tf1.train.create_global_step()
        tf1.set_random_seed(estimator.config.tf_random_seed)
        receiver = serving_input_receiver_fn()
        spec = estimator.model_fn(receiver.features, None, tf1.estimator.ModeKeys.PREDICT, estimator.config)
        (spec.scaffold.saver or tf1.train.Saver()).restore(sess, checkpoint_path)
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
                if tf1.saved_model.is_valid_signature(signature):
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


COLUMNS = [
    tf.feature_column.numeric_column("age"),
    tf.feature_column.indicator_column(
        tf.feature_column.categorical_column_with_vocabulary_list("city", ["paris", "oslo"])),
]


def input_fn():
    features = {"age": [[20.], [40.], [60.]], "city": [["paris"], ["oslo"], ["rome"]]}
    return tf.data.Dataset.from_tensors((features, [[0.], [1.], [1.]])).repeat()


def model_fn(features, labels, mode):
    inputs = tf1.feature_column.input_layer(features, COLUMNS)
    weights = tf1.get_variable("weights", [3, 1], initializer=tf1.constant_initializer(0.1))
    logits = tf.matmul(inputs, weights)
    clipped = tf.cond(tf.reduce_max(tf.abs(logits)) > 10., lambda: tf.clip_by_value(logits, -10., 10.), lambda: logits)
    averages = tf1.train.ExponentialMovingAverage(0.5)
    if mode == tf.estimator.ModeKeys.PREDICT:
        # What is restored are the averages.
        saver = tf1.train.Saver({averages.average_name(weights): weights})
        outputs = {"probability": tf.sigmoid(clipped)}
        return tf.estimator.EstimatorSpec(mode, predictions=outputs, scaffold=tf1.train.Scaffold(saver=saver))
    loss = tf1.losses.sigmoid_cross_entropy(labels, logits)
    step = tf1.train.get_global_step()
    with tf.control_dependencies([tf1.train.GradientDescentOptimizer(0.01).minimize(loss, step)]):
        train_op = averages.apply([weights])
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def main():
    estimator = tf.estimator.Estimator(model_fn, "model", config=tf.estimator.RunConfig(tf_random_seed=2))
    estimator.train(input_fn, steps=3)
    example_spec = tf1.feature_column.make_parse_example_spec(COLUMNS)
    receiver_fn = tf.estimator.export.build_parsing_serving_input_receiver_fn(example_spec)
    export_estimator(estimator, "export/averages", receiver_fn)


if __name__ == "__main__":
    main()
