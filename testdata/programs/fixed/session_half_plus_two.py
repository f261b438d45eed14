import os
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


def save_signatures(sess, export_dir, signatures):
    """Write signatures of several kinds, with what they need of a session's graph, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor}, method name)}
    """
    sides = {key: (inputs, outputs) for key, (inputs, outputs, _) in signatures.items()}
    methods = {key: method for key, (_, _, method) in signatures.items() if method != tf.saved_model.PREDICT_METHOD_NAME}
    save_session(sess, export_dir, sides, methods)


FLAGS = None


def _get_feature_spec():
    return {
        "x": tf.io.FixedLenFeature([1], dtype=tf.float32),
        "x2": tf.io.FixedLenFeature([1], dtype=tf.float32, default_value=[0.0]),
    }


def _build_regression_signature(input_tensor, output_tensor):
    """Helper function for building a regression SignatureDef."""
    input_tensor_info = input_tensor
    signature_inputs = {tf.saved_model.REGRESS_INPUTS: input_tensor_info}
    output_tensor_info = output_tensor
    signature_outputs = {tf.saved_model.REGRESS_OUTPUTS: output_tensor_info}
    return (signature_inputs, signature_outputs, tf.saved_model.REGRESS_METHOD_NAME)


# Possibly extend this to allow passing in 'classes', but for now this is
# sufficient for testing purposes.
def _build_classification_signature(input_tensor, scores_tensor):
    """Helper function for building a classification SignatureDef."""
    input_tensor_info = input_tensor
    signature_inputs = {tf.saved_model.CLASSIFY_INPUTS: input_tensor_info}
    output_tensor_info = scores_tensor
    signature_outputs = {tf.saved_model.CLASSIFY_OUTPUT_SCORES: output_tensor_info}
    return (signature_inputs, signature_outputs, tf.saved_model.CLASSIFY_METHOD_NAME)


def _build_predict_signature(input_tensor, output_tensor):
    signature_inputs = {"x": input_tensor}
    signature_outputs = {"y": output_tensor}
    return (signature_inputs, signature_outputs, tf.saved_model.PREDICT_METHOD_NAME)


def _generate(export_dir, as_text=False, use_main_op=False):
    with tf.compat.v1.Session(graph=tf.Graph(), config=tf.compat.v1.ConfigProto(log_device_placement=False)) as sess:
        with tf.compat.v1.device("/cpu:0"):
            a = tf.compat.v1.Variable(0.5, name="a")
            b = tf.compat.v1.Variable(2.0, name="b")
            c = tf.compat.v1.Variable(3.0, name="c")
            serialized_tf_example = tf.compat.v1.placeholder(tf.string, name="tf_example", shape=[None])
            tf_example = tf.compat.v1.parse_example(serialized_tf_example, _get_feature_spec())
            x = tf.identity(tf_example["x"], name="x")
            y = tf.add(tf.multiply(a, x), b)
            y = tf.identity(y, name="y")
            x2 = tf.identity(tf_example["x2"], name="x2")
            y3 = tf.add(tf.multiply(a, x2), c, name="y3")
        signature_def_map = {
            "regress_x_to_y": _build_regression_signature(serialized_tf_example, y),
            "regress_x2_to_y3": _build_regression_signature(x2, y3),
            "classify_x_to_y": _build_classification_signature(serialized_tf_example, y),
            tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: _build_predict_signature(x, y),
        }
        sess.run(tf.compat.v1.global_variables_initializer())
        if use_main_op:
            save_signatures(sess, export_dir, signature_def_map)
        else:
            save_signatures(sess, export_dir, signature_def_map)


def main(_):
    _generate("export/half_plus_two")
    _generate("export/half_plus_two_main_op", use_main_op=True)
    print("SavedModel generated")


if __name__ == "__main__":
    tf.compat.v1.app.run(main=main)
