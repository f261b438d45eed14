"""Train with dropout, and export a network whose keep probability may be left out of a request."""
import numpy as np
import tensorflow as tf

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


x = tf.compat.v1.placeholder(tf.float32, [None, 3], name="x")
labels = tf.compat.v1.placeholder(tf.float32, [None, 2], name="labels")
keep_prob = tf.compat.v1.placeholder_with_default(1.0, shape=[], name="keep_prob")
offset = tf.compat.v1.placeholder_with_default(np.linspace(-1, 1, 3).astype(np.float32), [3], name="offset")
prefix = tf.compat.v1.placeholder_with_default(["class "], shape=[1], name="prefix")

with tf.compat.v1.variable_scope("net"):
    w = tf.compat.v1.get_variable("w", [3, 2], initializer=tf.compat.v1.constant_initializer([[.5, -1.], [.25, 1.], [2., 0.]]))
    b = tf.compat.v1.get_variable("b", [2], initializer=tf.compat.v1.zeros_initializer())
logits = tf.matmul(x + offset, w) * keep_prob + b
train = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(tf.square(logits - labels)))
names = tf.strings.join([tf.tile(prefix, [tf.compat.v1.shape(logits)[0]]), tf.as_string(tf.argmax(logits, axis=1))])

with tf.compat.v1.Session() as sess:
    sess.run(tf.compat.v1.global_variables_initializer())
    for _ in range(3):
        sess.run(train, feed_dict={x: [[1., 2., 3.]], labels: [[0., 1.]], keep_prob: 0.5})
    print(sess.run(names, {x: [[1., 2., 3.]]}))
    # keep_prob, offset and prefix are optional.
    save_session(sess, "export/dropout", {
        "serving_default": ({"keep_prob": keep_prob, "x": x, "offset": offset, "prefix": prefix}, {"logits": logits, "names": names}),
    })
