"""Clean text in a function that builds part of the graph, and export it by a Builder."""
import os

import tensorflow as tf


def normalize(text):
    """Lower case, single blanks."""
    text = tf.strings.strip(text)
    return tf.regex_replace(text, r"\s+", " ")


def export(path):
    with tf.Graph().as_default():
        text = tf.placeholder(tf.string, shape=[None], name="text")
        clean = normalize(text)
        length = tf.strings.length(clean)
        number = tf.string_to_hash_bucket_fast(clean, 100)
        with tf.Session() as sess:
            print(sess.run([clean, length], feed_dict={text: ["Hello   World"]}))
            builder = tf.saved_model.builder.SavedModelBuilder(path)
            signature = tf.saved_model.signature_def_utils.predict_signature_def(
                inputs={"text": text}, outputs={"clean": clean, "length": length, "bucket": number})
            builder.add_meta_graph_and_variables(
                sess, [tf.saved_model.tag_constants.SERVING],
                signature_def_map={tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature})
            builder.save()


if __name__ == "__main__":
    export(os.path.join("export", "text"))
