import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
import tensorflow as tf2


def save_session(sess, export_dir, signatures):
    """Write what signatures need of a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    """
    variables = {v.name: v for v in sess.graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)}

    def tensors(side):
        return {name: sess.graph.as_graph_element(variables.get(tensor.name, tensor.name)) for name, tensor in side.items()}

    signatures = {key: (tensors(inputs), tensors(outputs)) for key, (inputs, outputs) in signatures.items()}
    ends = {tensor.name: tensor for sides in signatures.values() for side in sides for tensor in side.values()}
    needed = {tensor.op.name for tensor in ends.values()}
    graph_def = tf.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(needed))
    for node in graph_def.node:
        node.device = ""
        node.attr.pop("_class", None)  # asks for the device of another node, which may not be needed
    stored = [node.name + ":0" for node in graph_def.node if node.op in ("VarHandleOp", "VariableV2", "Variable")]
    values = sess.run({name: variables[name] for name in stored})

    def import_graph():
        replaced = {}
        for name, copy in zip(stored, module.graph_variables):
            is_resource = variables[name].op.type == "VarHandleOp"
            replaced[name] = tf2.convert_to_tensor(copy.handle) if is_resource else copy.read_value()
        imported.update(zip(ends, tf.import_graph_def(graph_def, replaced, list(ends), name="")))

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

    with tf.compat.v2.__internal__.eager_context.eager_mode():  # tf.saved_model.save works in no other
        module = tf.Module()
        module.graph_variables = [
            tf.Variable(values[name], name=name[:-2], shape=variables[name].shape, use_resource=True) for name in stored]
        imported = {}
        graph = tf.wrap_function(import_graph, [])
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        tf.saved_model.save(module, export_dir, signatures=module.functions)


tf.logging.set_verbosity(tf.logging.ERROR)

# data: points around three corners of the unit square
rng = np.random.RandomState(17)
corners = np.array([[0., 0.], [0., 1.], [1., 0.]])
which = rng.randint(0, 3, 48)
points = (corners[which] + rng.normal(scale=.1, size=(48, 2))).astype(np.float32)

# model
X = tf.placeholder(tf.float32, (None, 2), name="X")
Y = tf.placeholder(tf.int32, (None,), name="Y")
theta = tf.Variable(tf.zeros((2, 3)), name="theta")
beta = tf.Variable(tf.zeros((3,)), name="beta")
hypothesis = tf.nn.softmax(tf.add(tf.matmul(X, theta), beta), name="hypothesis")
cost = tf.reduce_mean(-tf.reduce_sum(tf.one_hot(Y, 3) * tf.log(hypothesis), 1))
train = tf.train.GradientDescentOptimizer(learning_rate=1.).minimize(cost)
init = tf.global_variables_initializer()

# training
with tf.Session() as sess:
    sess.run(init)
    for step in range(1, 21):
        sess.run(train, feed_dict={X: points, Y: which})
        if step % 10 == 0:
            print(step, "%.4f" % sess.run(cost, feed_dict={X: points, Y: which}))

    # export
    saver_dir = "export/corners/%d" % 1
    save_session(sess, saver_dir, {"serving_default": ({"points": X}, {"corners": hypothesis})})
    saved_to = tf.io.gfile.join(tf.compat.as_bytes(saver_dir), b"saved_model.pb")
