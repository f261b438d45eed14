"""Clean text in a function that builds part of the graph, and export it by a Builder."""
import os

import tensorflow as tf


def normalize(text):
    """Lower case, single blanks."""
    text = tf.strings.strip(text)
    return tf.strings.regex_replace(text, r"\s+", " ")


def export(path):
    class Normalize(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec(shape=[None], dtype=tf.string, name="text")])
        def serving_default(self, text):
            clean = normalize(text)
            length = tf.compat.v1.strings.length(clean)
            number = tf.strings.to_hash_bucket_fast(clean, 100)
            return {"clean": clean, "length": length, "bucket": number}

    model = Normalize()
    outputs = model.serving_default(["Hello   World"])
    print([outputs["clean"].numpy(), outputs["length"].numpy()])
    tf.saved_model.save(model, path, signatures={
        tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: model.serving_default,
    })


if __name__ == "__main__":
    export(os.path.join("export", "text"))
