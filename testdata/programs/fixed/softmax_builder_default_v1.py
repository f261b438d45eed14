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
    saved_to = saver_dir
