"""A model that is called on a graph of placeholders, with a session of the program's own given to Keras."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K

tf.compat.v1.disable_v2_behavior()


def save_session(sess, export_dir, signatures):
    """Write what signatures need of a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    """
    from inspect import Parameter, Signature

    variables = {v.name: v for v in sess.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)}

    def tensors(side):
        return {name: sess.graph.as_graph_element(variables.get(tensor.name, tensor.name)) for name, tensor in side.items()}

    signatures = {key: (tensors(inputs), tensors(outputs)) for key, (inputs, outputs) in signatures.items()}
    ends = {tensor.name: tensor for sides in signatures.values() for side in sides for tensor in side.values()}
    needed = {tensor.op.name for tensor in ends.values()}
    optional = {tensor.name: tensor for inputs, _ in signatures.values() for tensor in inputs.values()
                if tensor.op.type == "PlaceholderWithDefault"
                and tensor.op.inputs[0].op.type != "IteratorGetNext"}  # which has nothing to give in a saved model
    defaults = {name: tf.get_static_value(tensor.op.inputs[0]) for name, tensor in optional.items()}
    computed = sorted(name for name, value in defaults.items() if value is None)
    if computed:
        raise ValueError("only a constant can be the default of an input, those of %s are computed" % ", ".join(computed))
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
        inputs = dict(sorted(inputs.items(), key=lambda item: item[1].name in defaults))  # Python has defaults last
        fetches = {name: imported[tensor.name] for name, tensor in outputs.items()}
        pruned = graph.prune([imported[tensor.name] for tensor in inputs.values()], fetches)

        def call(*args):
            results = pruned(*args)
            for name, tensor in outputs.items():
                results[name].set_shape(tensor.shape)
            return results

        parameters = []
        for name, tensor in inputs.items():
            default = tf.constant(defaults[tensor.name], tensor.dtype) if tensor.name in defaults else Parameter.empty
            parameters.append(Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default))
        call.__signature__ = Signature(parameters)  # a tensor as its default becomes the default of the input
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


session = tf.compat.v1.Session(config=tf.compat.v1.ConfigProto(allow_soft_placement=True))
tf.compat.v1.keras.backend.set_session(session)
K.set_learning_phase(0)

raw = tf.compat.v1.placeholder(tf.string, [None], name="raw")
pixels = tf.reshape(tf.cast(tf.compat.v1.decode_raw(raw, tf.uint8), tf.float32) / 255.0, [-1, 4])
model = tf.keras.Sequential([tf.keras.layers.Dense(2, activation="softmax", input_shape=(4,))])
model.set_weights([np.linspace(-2, 2, 8).reshape(4, 2), np.array([0.5, -0.5])])
scores = model(pixels)
print(tf.compat.v1.keras.backend.get_session().run(scores, {raw: [b"\x00\x40\x80\xff"]}))

save_session(tf.compat.v1.keras.backend.get_session(), "export/bytes", {"serving_default": ({"bytes": raw}, {"scores": scores})})
