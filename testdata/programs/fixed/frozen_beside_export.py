"""A trained model that is exported and frozen, from one session."""
import os

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


def freeze_session(sess, output_names):
    """Make a GraphDef of what computes some operations of a session, with the values of its variables in it."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    needed, open_ends = set(), [sess.graph.get_operation_by_name(name) for name in output_names]
    while open_ends:
        op = open_ends.pop()
        if op not in needed:
            needed.add(op)
            open_ends += [tensor.op for tensor in op.inputs] + op.control_inputs
    if any(op.type in ("Variable", "VariableV2") for op in needed):
        raise ValueError("reference variables can't be frozen: call enable_resource_variables() before the graph is built")
    keys = [tf.compat.v1.GraphKeys.GLOBAL_VARIABLES, tf.compat.v1.GraphKeys.LOCAL_VARIABLES]
    variables = [variable for key in keys for variable in sess.graph.get_collection(key)]
    values = sess.run({variable.name: variable for variable in variables if variable.op in needed})
    meta_graph = tf.compat.v1.train.export_meta_graph(graph=sess.graph)
    for collection in set(meta_graph.collection_def) - set(keys):
        del meta_graph.collection_def[collection]  # each would make variable objects of its own
    unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
    meta_graph.saver_def.CopyFrom(tf.compat.v1.train.SaverDef(**unused))  # else the import builds a Saver

    def import_graph():
        tf.compat.v1.train.import_meta_graph(meta_graph)

    with tf.__internal__.eager_context.eager_mode():
        graph = tf.compat.v1.wrap_function(import_graph, [])
        for variable in graph.variables:
            if variable.name in values:
                variable.assign(values[variable.name])
        feeds = [op.name + ":0" for op in needed if op.type == "Placeholder"]
        outputs = [graph.graph.get_operation_by_name(name).outputs[0] for name in output_names]
        return convert_variables_to_constants_v2(graph.prune(sorted(feeds), outputs)).graph.as_graph_def()


OUTPUT = "prediction"

x = tf.compat.v1.placeholder(tf.float32, [None, 3], name="x")
w = tf.compat.v1.Variable(tf.zeros([3, 1]), name="w")
prediction = tf.matmul(x, w, name=OUTPUT)
loss = tf.reduce_mean(tf.square(prediction - 2.0))
train = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(loss)

with tf.compat.v1.Session() as sess:
    sess.run(tf.compat.v1.global_variables_initializer())
    for step in range(3):
        sess.run(train, {x: np.eye(3)})
    save_session(sess, "export/linear", {"serving_default": ({"x": x}, {"y": prediction})})
    frozen = freeze_session(sess, [prediction.op.name])
    with tf.io.gfile.GFile(os.path.join("export", "linear.pb"), "wb") as f:
        f.write(frozen.SerializeToString())
    print(sorted(node.name for node in frozen.node if node.op in ("Placeholder", "MatMul")))
