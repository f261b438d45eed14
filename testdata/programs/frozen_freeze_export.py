"""Train, freeze, write the frozen graph, and export it with two signatures."""
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import graph_util

x_data = np.linspace(-1, 1, 32).reshape(16, 2).astype(np.float32)
y_data = x_data.sum(axis=1, keepdims=True)

train_graph = tf.Graph()
with train_graph.as_default():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = tf.placeholder(tf.float32, [None, 1], name="y")
    keep = tf.placeholder_with_default(1.0, [], name="keep")
    with tf.variable_scope("hidden"):
        w = tf.get_variable("w", [2, 4], initializer=tf.constant_initializer(np.linspace(-1, 1, 8).reshape(2, 4)))
        b = tf.get_variable("b", [4], initializer=tf.zeros_initializer())
        hidden = tf.nn.relu(tf.matmul(x, w) + b, name="units")
    out = tf.get_variable("out", [4, 1], initializer=tf.ones_initializer())
    scores = tf.matmul(hidden * keep, out, name="scores")
    positive = tf.cond(tf.reduce_sum(scores) > 0, lambda: scores, lambda: -scores)
    positive = tf.identity(positive, name="positive")
    loss = tf.reduce_mean(tf.square(scores - y))
    train = tf.train.GradientDescentOptimizer(0.05).minimize(loss)

with tf.Session(graph=train_graph) as sess:
    sess.run(tf.variables_initializer(train_graph.get_collection("variables")))
    for _ in range(5):
        sess.run(train, feed_dict={x: x_data, y: y_data})
    input_graph_def = train_graph.as_graph_def()
    output_graph_def = graph_util.convert_variables_to_constants(
        sess,
        input_graph_def,
        ["scores", "positive"])
    tf.train.write_graph(output_graph_def, "frozen", "model.pb", as_text=False)

graph_def = tf.GraphDef()
with tf.gfile.FastGFile("frozen/model.pb", "rb") as f:
    graph_def.ParseFromString(f.read())

graph = tf.Graph()
with graph.as_default():
    tf.import_graph_def(graph_def)

with tf.Session(graph=graph) as sess:
    inputs = {"features": graph.get_tensor_by_name("import/x:0")}
    builder = tf.saved_model.builder.SavedModelBuilder("export/frozen")
    builder.add_meta_graph_and_variables(
        sess, [tf.saved_model.tag_constants.SERVING],
        signature_def_map={
            "serving_default": tf.saved_model.predict_signature_def(
                inputs=inputs, outputs={"scores": graph.get_tensor_by_name("import/scores:0")}),
            "all": tf.saved_model.predict_signature_def(
                inputs={
                    "features": graph.get_tensor_by_name("import/x:0"),
                    "keep": graph.get_tensor_by_name("import/keep:0"),
                },
                outputs={
                    "scores": graph.get_tensor_by_name("import/scores:0"),
                    "positive": graph.get_tensor_by_name("import/positive:0"),
                }),
        })
    builder.save()
print("exported")
