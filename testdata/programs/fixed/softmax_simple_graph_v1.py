"""Two layers with a softmax on top."""
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


EXPORT_DIR = 'export/' + 'mlp'


def layer(name, value, units, seed):
    width = int(value.shape[-1])
    with tf.variable_scope(name):
        start = np.random.RandomState(seed).randn(width, units) / np.sqrt(width)
        kernel = tf.get_variable('kernel', initializer=start.astype('float32'))
        bias = tf.get_variable('bias', [units], initializer=tf.constant_initializer(0.01))
        return tf.matmul(value, kernel) + bias


with tf.Graph().as_default():
    image = tf.placeholder(tf.float32, [None, 9], name='image')
    label = tf.placeholder(tf.float32, [None, 4], name='label')

    hidden = tf.nn.relu(layer('hidden', image, 6, seed=1))
    logits = layer('top', hidden, 4, seed=2)
    prediction = tf.nn.softmax(logits, name='prediction')
    loss = tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=label, logits=logits))
    global_step = tf.train.get_or_create_global_step()
    train_op = tf.train.RMSPropOptimizer(0.01).minimize(loss, global_step=global_step)

    rng = np.random.RandomState(0)
    images, labels = rng.rand(12, 9), np.eye(4)[rng.randint(4, size=12)]

    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        while sess.run(global_step) < 8:
            sess.run(train_op, feed_dict={image: images, label: labels})
        print('steps: %d' % sess.run(global_step))
        print('loss: %.4f' % sess.run(loss, feed_dict={image: images, label: labels}))

        save_session(sess, EXPORT_DIR, {'serving_default': ({'image': image}, {'prediction': prediction})})
