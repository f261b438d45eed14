"""Train, freeze, write the frozen graph, and export it with two signatures."""
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_control_flow_v2()


def freeze_session(sess, output_names):
    """Make a GraphDef of what computes some operations of a session, with the values of its variables in it."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    keys = tf.compat.v1.GraphKeys.GLOBAL_VARIABLES, tf.compat.v1.GraphKeys.LOCAL_VARIABLES
    variables = {v.name: v for key in keys for v in sess.graph.get_collection(key)}
    graph_def = tf.compat.v1.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(output_names))
    for node in graph_def.node:
        node.attr.pop("_class", None)  # asks for the device of a variable
    stored = [node.name + ":0" for node in graph_def.node if node.op in ("VarHandleOp", "VariableV2", "Variable")]
    values = sess.run({name: variables[name] for name in stored})

    def import_graph():
        replaced = {}
        for name, copy in zip(stored, copies):
            value = copy.read_value()  # which makes the variable known to the function
            is_resource = variables[name].op.type == "VarHandleOp"
            replaced[name] = tf.convert_to_tensor(copy.handle) if is_resource else value
        tf.compat.v1.import_graph_def(graph_def, replaced, name="")

    with tf.__internal__.eager_context.eager_mode():
        copies = [tf.compat.v1.Variable(values[name], name=name[:-2], shape=variables[name].shape, use_resource=True) for name in stored]
        graph = tf.compat.v1.wrap_function(import_graph, [])
        feeds = [node.name + ":0" for node in graph_def.node if node.op == "Placeholder"]
        function = graph.prune(feeds, [name + ":0" for name in output_names])
        return convert_variables_to_constants_v2(function).graph.as_graph_def()


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
def serve_all(features, keep=tf.constant(1.0)):
    return fn_2(features, keep)


tf.saved_model.save(tf.Module(), "export/frozen", signatures={"serving_default": serve, "all": serve_all})
print("exported")
