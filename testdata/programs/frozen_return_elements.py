"""A graph in text format whose tensors the import returns, under a prefix."""
import tensorflow as tf
from google.protobuf import text_format

with open("models/scores.pbtxt") as f:
    graph_def = text_format.Parse(f.read(), tf.GraphDef())

with tf.Graph().as_default():
    image, scale, scores = tf.import_graph_def(
        graph_def, return_elements=["image:0", "scale:0", "scores:0"], name="net")
    with tf.Session() as sess:
        print(sess.run(scores, {image: [[0.5, 1, 2, 3]], scale: 0.5}))
        # The scale is an input with a default.
        tf.saved_model.simple_save(sess, "export/plain", {"image": image}, {"scores": scores})
        tf.saved_model.simple_save(sess, "export/scaled", {"image": image, "scale": scale}, {"scores": scores})
