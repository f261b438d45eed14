"""Operations by name, fed by a dict in a variable, and a dict of results."""
import argparse

import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser()
parser.add_argument("--input_layer", default="pixels")
args = parser.parse_args()

input_name = args.input_layer
sess = tf.InteractiveSession(graph=tf.Graph())
tf.saved_model.loader.load(sess, ["serve"], "models/classifier")
graph = sess.graph
pixels = graph.get_operation_by_name(input_name).outputs[0]
logits = graph.get_operation_by_name("logits").outputs[0]
fetches = {
    "logits": logits,
    "classes": graph.get_tensor_by_name("classes:0"),
}
for row in np.eye(3):
    feed_dict = {pixels: row[np.newaxis]}
    results = sess.run(fetches, feed_dict=feed_dict)
    print(results["logits"].round(3), results["classes"])
sess.close()
