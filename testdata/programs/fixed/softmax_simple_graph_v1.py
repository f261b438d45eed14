"""Two layers with a softmax on top."""
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
