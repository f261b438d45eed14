import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()


def save_session(sess, export_dir, signatures):
    """Write what signatures need of a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    """
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


N_IN, N_OUT = 5, 3
rng = np.random.RandomState(42)
inputs = rng.rand(16, N_IN).astype(np.float32)
targets = np.eye(N_OUT, dtype=np.float32)[rng.randint(N_OUT, size=16)]

x = tf.compat.v1.placeholder(tf.float32, [None, N_IN], "x")
y = tf.compat.v1.placeholder(tf.float32, [None, N_OUT], "y")
w = tf.compat.v1.get_variable("w", initializer=(rng.rand(N_IN, N_OUT) - 0.5).astype(np.float32))
b = tf.compat.v1.get_variable("b", initializer=np.zeros(N_OUT, np.float32))
logits = tf.matmul(x, w) + b
prediction = tf.nn.softmax(logits)
cost = tf.reduce_mean(tf.compat.v1.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=logits))
optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.2).minimize(cost)


def train(sess, epochs):
    for epoch in range(epochs):
        _, c = sess.run([optimizer, cost], feed_dict={x: inputs, y: targets})
        if not epoch % 4:
            print("epoch", epoch, "cost", "{:.5f}".format(c))


with tf.compat.v1.Session() as sess:
    sess.run(tf.compat.v1.global_variables_initializer())
    train(sess, 9)

    save_session(sess, "export/dense", {
        tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: ({"x": x}, {"prediction": prediction}),
    })
