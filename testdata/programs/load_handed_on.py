"""A loader that returns the session with the tensors, and code that is handed them."""
import numpy as np
import tensorflow as tf


def load_model(path):
    graph = tf.Graph()
    with graph.as_default():
        sess = tf.Session()
        meta_graph = tf.saved_model.loader.load(sess, [tf.saved_model.tag_constants.SERVING], path)
    signature = meta_graph.signature_def["serving_default"]
    pixels = graph.get_tensor_by_name(signature.inputs["pixels"].name)
    outputs = {key: graph.get_tensor_by_name(info.name) for key, info in signature.outputs.items()}
    return sess, pixels, outputs


def classify(sess, pixels, outputs, batch):
    results = sess.run(outputs, feed_dict={pixels: batch})
    return results["classes"].tolist(), results["scores"].max(axis=1)


sess, pixels, outputs = load_model("models/classifier")
for row in np.eye(3, dtype=np.float64):
    print(*classify(sess, pixels, outputs, [row]))
logits, weights = sess.run(["logits:0", "weights/Read/ReadVariableOp:0"], {pixels: np.ones([2, 3])})
print(logits, weights.shape)
sess.close()
