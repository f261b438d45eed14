import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
tf.enable_resource_variables()


def save_session(sess, export_dir, signatures, methods=None):
    """Write the graph and the variables of a session as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    methods: {key: method name}, for signatures that are not for TensorFlow Serving's predict
    """
    variables = sess.graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)
    if any(variable.op.type != "VarHandleOp" for variable in variables):
        raise ValueError("reference variables can't be saved: call enable_resource_variables() before the graph is built")
    if sess.graph.get_collection(tf.GraphKeys.TABLE_INITIALIZERS):
        raise ValueError("the graph has lookup tables, which this function does not save")
    values = sess.run({variable.name: variable for variable in variables})
    meta_graph = tf.train.export_meta_graph(graph=sess.graph, clear_devices=True)
    for collection in set(meta_graph.collection_def) - {tf.GraphKeys.GLOBAL_VARIABLES}:
        del meta_graph.collection_def[collection]  # each would make variable objects of its own
    unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
    meta_graph.saver_def.CopyFrom(tf.train.SaverDef(**unused))  # else the import builds a Saver

    def import_graph():
        tf.train.import_meta_graph(meta_graph)

    def as_function(inputs, outputs):
        feeds = [graph.graph.get_tensor_by_name(tensor.name) for tensor in inputs.values()]
        fetches = {name: graph.graph.get_tensor_by_name(tensor.name) for name, tensor in outputs.items()}
        specs = [tf.TensorSpec(feed.shape, feed.dtype, name) for name, feed in zip(inputs, feeds)]
        pruned = graph.prune(feeds, fetches)
        return tf.function(lambda *args: pruned(*args), input_signature=specs, autograph=False)

    with tf.compat.v2.__internal__.eager_context.eager_mode():
        graph = tf.wrap_function(import_graph, [])
        module = tf.Module()
        module.graph_variables = graph.graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)
        for variable in module.graph_variables:
            variable.assign(values[variable.name])
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        export_dir = tf.compat.as_text(export_dir)
        tf.saved_model.save(module, export_dir, signatures=module.functions)
        if methods:
            updater = tf.saved_model.signature_def_utils.MethodNameUpdater(export_dir)
            for key, method in methods.items():
                updater.replace_method_name(signature_key=key, method_name=method)
            updater.save()


if __name__ == "__main__":
    tf.reset_default_graph()

    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", [2, 2], initializer=tf.ones_initializer())
    y = tf.nn.softmax(tf.matmul(x, w), name="y")

    want = tf.constant([[0.9, 0.1]])
    loss = tf.reduce_sum(tf.square(y - want))
    train = tf.train.GradientDescentOptimizer(1.0).minimize(loss)

    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    one = np.ones((1, 2), np.float32)
    for _ in range(50): sess.run(train, {x: one})
    print("y:", sess.run(y, {x: one})[0].round(3))

    save_session(sess, "export/pair", {"serving_default": ({"x": x}, {"y": y})})
    print("saved")
