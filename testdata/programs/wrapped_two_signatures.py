import tensorflow as tf
from tensorflow.python.saved_model import signature_constants, tag_constants
from tensorflow.python.saved_model.signature_def_utils import predict_signature_def


def network(x, keep_prob):
    sizes = [4, 5, 3]
    for i, scope in enumerate(["hidden", "output"]):
        with tf.variable_scope(scope):
            w = tf.get_variable("weights", [sizes[i], sizes[i + 1]], dtype=tf.float32)
            b = tf.get_variable("biases", [sizes[i + 1]], dtype=tf.float32)
            x = tf.matmul(x, w) + b
        if scope == "hidden":
            x = tf.nn.dropout(tf.tanh(x), keep_prob)
    return x


def export_model(checkpoint_path, export_path):
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        keep_prob = tf.placeholder_with_default(1.0, shape=[], name="keep_prob")
        logits = network(x, keep_prob)
        best = tf.argmax(logits, axis=1)

    with tf.Session(graph=graph) as sess:
        with graph.as_default():
            saver = tf.train.Saver()
        saver.restore(sess, checkpoint_path)
        builder = tf.saved_model.builder.SavedModelBuilder(export_path)
        builder.add_meta_graph_and_variables(
            sess,
            [tag_constants.SERVING],
            signature_def_map={
                signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: predict_signature_def({"x": x}, {"logits": logits, "best": best}),
                "best_class": predict_signature_def(inputs={"features": x}, outputs={"best": best}),
            })
        builder.save()


export_model("ckpt/model.ckpt-100", "export/two")
