# -*- coding: utf-8 -*-
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_v2_behavior()
tf.compat.v1.enable_resource_variables()


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


def export(sess, directory, x, y):
    """Writes what the session has learned."""
    save_session(sess, directory, {'serving_default': ({'x': x}, {'y': y})})


rng = np.random.RandomState(3)
data = rng.normal(size=(20, 3)).astype(np.float32)
classes = rng.randint(0, 3, size=20)

x = tf.compat.v1.placeholder(tf.float32, [None, 3], name='x')
t = tf.compat.v1.placeholder(tf.int64, [None], name='t')
W = tf.compat.v1.get_variable('W', initializer=rng.normal(size=(3, 3)).astype(np.float32))
b = tf.compat.v1.get_variable('b', shape=[3], initializer=tf.compat.v1.zeros_initializer)
y = tf.nn.softmax(tf.compat.v1.nn.xw_plus_b(x, W, b), name='y')

picked = tf.reduce_sum(y * tf.one_hot(t, 3), axis=1)
loss = tf.reduce_mean(-tf.math.log(tf.clip_by_value(picked, 1e-8, 1.0)))
step = tf.compat.v1.train.AdamOptimizer(learning_rate=0.05).minimize(loss)

sess = tf.compat.v1.Session()
sess.run(tf.compat.v1.global_variables_initializer())
for i in range(10):
    sess.run(step, feed_dict={x: data, t: classes})
print('loss', sess.run(loss, feed_dict={x: data, t: classes}))
export(sess, 'export/adam', x, y)
sess.close()
