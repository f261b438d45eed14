"""Half way to TensorFlow 2: every TensorFlow 1 call is spelled tf.compat.v1."""
import numpy as np
import tensorflow as tf


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


EXPORT_DIR = "export/sentiment"


def features_of(text, buckets=8):
    vector = np.zeros(buckets, np.float32)
    for word in text.split():
        vector[sum(map(ord, word)) % buckets] += 1.0
    return vector


texts = ["good film", "very good", "bad film", "very bad indeed", "a good one", "not my film"]
labels = [1, 1, 0, 0, 1, 0]
batch = np.stack([features_of(t) for t in texts])

with tf.Graph().as_default() as graph:
    x = tf.compat.v1.placeholder(tf.float32, shape=(None, 8), name="x")
    label = tf.compat.v1.placeholder(tf.int32, shape=(None,), name="label")

    weights = tf.compat.v1.get_variable("weights", shape=(8, 2), initializer=tf.compat.v1.zeros_initializer())
    biases = tf.compat.v1.get_variable("biases", shape=(2,), initializer=tf.compat.v1.zeros_initializer())
    logits = tf.matmul(x, weights) + biases
    scores = tf.nn.softmax(logits, name="scores")
    winner = tf.argmax(logits, axis=-1, name="winner")

    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=label, logits=logits))
    train = tf.compat.v1.train.GradientDescentOptimizer(learning_rate=0.3).minimize(loss)

    with tf.compat.v1.Session(graph=graph) as sess:
        sess.run(tf.compat.v1.global_variables_initializer())
        for _ in range(12):
            sess.run(train, feed_dict={x: batch, label: labels})
        print("winners:", sess.run(winner, feed_dict={x: batch}))

        # The signature map is built first and passed by name.
        save_session(sess, EXPORT_DIR, {"serving_default": ({"x": x}, {"scores": scores, "winner": winner})})
