"""Train, freeze, write the frozen graph, and export it with two signatures."""
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_control_flow_v2()


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


x_data = np.linspace(-1, 1, 32).reshape(16, 2).astype(np.float32)
y_data = x_data.sum(axis=1, keepdims=True)

train_graph = tf.Graph()
with train_graph.as_default():
    x = tf.compat.v1.placeholder(tf.float32, [None, 2], name="x")
    y = tf.compat.v1.placeholder(tf.float32, [None, 1], name="y")
    keep = tf.compat.v1.placeholder_with_default(1.0, [], name="keep")
    with tf.compat.v1.variable_scope("hidden"):
        w = tf.compat.v1.get_variable("w", [2, 4], initializer=tf.compat.v1.constant_initializer(np.linspace(-1, 1, 8).reshape(2, 4)))
        b = tf.compat.v1.get_variable("b", [4], initializer=tf.compat.v1.zeros_initializer())
        hidden = tf.nn.relu(tf.matmul(x, w) + b, name="units")
    out = tf.compat.v1.get_variable("out", [4, 1], initializer=tf.compat.v1.ones_initializer())
    scores = tf.matmul(hidden * keep, out, name="scores")
    positive = tf.compat.v1.cond(tf.reduce_sum(scores) > 0, lambda: scores, lambda: -scores)
    positive = tf.identity(positive, name="positive")
    loss = tf.reduce_mean(tf.square(scores - y))
    train = tf.compat.v1.train.GradientDescentOptimizer(0.05).minimize(loss)

with tf.compat.v1.Session(graph=train_graph) as sess:
    sess.run(tf.compat.v1.variables_initializer(train_graph.get_collection("variables")))
    for _ in range(5):
        sess.run(train, feed_dict={x: x_data, y: y_data})
    output_graph_def = freeze_session(sess, ["scores", "positive"])
    tf.io.write_graph(output_graph_def, "frozen", "model.pb", as_text=False)

graph_def = tf.compat.v1.GraphDef()
with tf.compat.v1.gfile.FastGFile("frozen/model.pb", "rb") as f:
    graph_def.ParseFromString(f.read())

imported = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(graph_def), [])

fn = imported.prune(["import/x:0"], {"scores": "import/scores:0"})


@tf.function(input_signature=[tf.TensorSpec(fn.inputs[0].shape, fn.inputs[0].dtype, name="features")])
def serve(features):
    return fn(features)


fn_2 = imported.prune(["import/x:0", "import/keep:0"], {"scores": "import/scores:0", "positive": "import/positive:0"})


@tf.function(input_signature=[
    tf.TensorSpec(fn_2.inputs[0].shape, fn_2.inputs[0].dtype, name="features"),
    tf.TensorSpec(fn_2.inputs[1].shape, fn_2.inputs[1].dtype, name="keep"),
])
def serve_all(features, keep):
    return fn_2(features, keep)


tf.saved_model.save(tf.Module(), "export/frozen", signatures={"serving_default": serve, "all": serve_all})
print("exported")
