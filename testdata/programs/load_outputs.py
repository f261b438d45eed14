"""Several outputs of a signature at once, batch by batch."""
import numpy as np
import tensorflow as tf
from tensorflow.python.saved_model import loader, signature_constants, tag_constants

EXPORT_DIR = "models/classifier"
SIGNATURE = signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY


def batches(data, size):
    for i in range(0, len(data), size):
        yield data[i:i + size]


def main():
    data = np.random.RandomState(5).rand(7, 3)
    found = []
    with tf.Session(graph=tf.Graph()) as sess:
        meta_graph_def = loader.load(sess, [tag_constants.SERVING], EXPORT_DIR)
        signature = meta_graph_def.signature_def
        x_name = signature[SIGNATURE].inputs["pixels"].name
        scores_name = signature[SIGNATURE].outputs["scores"].name
        classes_name = signature[SIGNATURE].outputs["classes"].name

        x = sess.graph.get_tensor_by_name(x_name)
        scores = sess.graph.get_tensor_by_name(scores_name)
        classes = sess.graph.get_tensor_by_name(classes_name)

        for batch in batches(data, 3):
            best, kinds = sess.run([scores, classes], feed_dict={x: batch})
            found.extend(kinds)
            print(best.dtype, best.max(axis=1).round(4))
        word_count = sess.run(
            signature["words"].outputs["lengths"].name,
            {signature["words"].inputs["words"].name: ["one", "three"]})
    print(np.array(found).tolist(), word_count)


if __name__ == "__main__":
    main()
