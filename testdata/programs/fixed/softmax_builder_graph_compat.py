"""Half way to TensorFlow 2: every TensorFlow 1 call is spelled tf.compat.v1."""
import numpy as np
import tensorflow as tf


def save_session(sess, export_dir, signatures, methods=None):
    """Write the graph and the variables of a session as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    methods: {key: method name}, for signatures that are not for TensorFlow Serving's predict
    """
    variables = sess.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)
    if any(variable.op.type != "VarHandleOp" for variable in variables):
        raise ValueError("reference variables can't be saved: call enable_resource_variables() before the graph is built")
    if sess.graph.get_collection(tf.compat.v1.GraphKeys.TABLE_INITIALIZERS):
        raise ValueError("the graph has lookup tables, which this function does not save")
    values = sess.run({variable.name: variable for variable in variables})
    meta_graph = tf.compat.v1.train.export_meta_graph(graph=sess.graph, clear_devices=True)
    for collection in set(meta_graph.collection_def) - {tf.compat.v1.GraphKeys.GLOBAL_VARIABLES}:
        del meta_graph.collection_def[collection]  # each would make variable objects of its own
    unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
    meta_graph.saver_def.CopyFrom(tf.compat.v1.train.SaverDef(**unused))  # else the import builds a Saver

    def import_graph():
        tf.compat.v1.train.import_meta_graph(meta_graph)

    def as_function(inputs, outputs):
        feeds = [graph.graph.get_tensor_by_name(tensor.name) for tensor in inputs.values()]
        fetches = {name: graph.graph.get_tensor_by_name(tensor.name) for name, tensor in outputs.items()}
        specs = [tf.TensorSpec(feed.shape, feed.dtype, name) for name, feed in zip(inputs, feeds)]
        pruned = graph.prune(feeds, fetches)
        return tf.function(lambda *args: pruned(*args), input_signature=specs, autograph=False)

    with tf.__internal__.eager_context.eager_mode():
        graph = tf.compat.v1.wrap_function(import_graph, [])
        module = tf.Module()
        module.graph_variables = graph.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)
        for variable in module.graph_variables:
            variable.assign(values[variable.name])
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        export_dir = tf.compat.as_text(export_dir)
        tf.saved_model.save(module, export_dir, signatures=module.functions)
        if methods:
            updater = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater(export_dir)
            for key, method in methods.items():
                updater.replace_method_name(signature_key=key, method_name=method)
            updater.save()


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
