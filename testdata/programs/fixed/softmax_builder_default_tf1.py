#!/usr/bin/env python
# Trains a softmax classifier and exports it for serving.
import sys

import numpy as np
import tensorflow as tf

tf.compat.v1.disable_v2_behavior()


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


tf.compat.v1.app.flags.DEFINE_integer("training_iteration", 30, "number of training iterations.")
tf.compat.v1.app.flags.DEFINE_string("export_dir", "export/digits", "where the model goes.")
FLAGS = tf.compat.v1.app.flags.FLAGS


def main(_):
    rng = np.random.RandomState(1)
    images = rng.rand(40, 6).astype(np.float32)
    digits = np.argmax(images.dot(rng.rand(6, 4)), axis=1)

    # Train model
    print('Training model...')
    sess = tf.compat.v1.InteractiveSession()
    x = tf.compat.v1.placeholder(tf.float32, shape=[None, 6], name='x')
    y_ = tf.compat.v1.placeholder(tf.int64, shape=[None])
    w = tf.compat.v1.Variable(tf.zeros([6, 4]))
    b = tf.compat.v1.Variable(tf.zeros([4]))
    sess.run(tf.compat.v1.global_variables_initializer())
    logits = tf.matmul(x, w) + b
    y = tf.nn.softmax(logits, name='y')
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels=y_, logits=logits)
    train_step = tf.compat.v1.train.GradientDescentOptimizer(0.5).minimize(loss)
    values, indices = tf.nn.top_k(y, 4)
    for _ in range(FLAGS.training_iteration):
        train_step.run(feed_dict={x: images, y_: digits})
    print('training loss %.4f' % loss.eval(feed_dict={x: images, y_: digits}))

    # Export model
    print('Exporting trained model to', FLAGS.export_dir)
    save_session(sess, FLAGS.export_dir, {
        tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: ({'images': x}, {'scores': y, 'top': values, 'classes': indices}),
    })
    print('Done exporting!')
    return 0


if __name__ == '__main__':
    tf.compat.v1.app.run(main=main, argv=sys.argv[:1])
