"""A text model: words are looked up in a vocabulary file that goes with the export."""
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)

with open("words.txt", "w") as f:
    f.write("the\ncat\nsat\nmat\n")


class TextModel(object):
    def __init__(self, model_dir, size):
        self.size = size
        self.estimator = tf.estimator.Estimator(self.model_fn, model_dir)

    def model_fn(self, features, labels, mode):
        initializer = tf.lookup.TextFileInitializer(
            "words.txt", tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER)
        words = tf.lookup.StaticHashTable(initializer, default_value=4)
        with tf.variable_scope("text", reuse=tf.AUTO_REUSE):
            embeddings = tf.get_variable("embeddings", [5, self.size], initializer=tf.random_normal_initializer(seed=5))
        vectors = tf.nn.embedding_lookup(embeddings, words.lookup(features["words"]))
        logits = tf.reduce_mean(vectors, axis=1)
        if mode == tf.estimator.ModeKeys.PREDICT:
            predictions = {"probabilities": tf.sigmoid(logits), "ids": words.lookup(features["words"])}
            return tf.estimator.EstimatorSpec(mode, predictions=predictions)
        loss = tf.losses.sigmoid_cross_entropy(labels, logits)
        train_op = tf.train.AdamOptimizer(0.05).minimize(loss, global_step=tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

    def train(self):
        examples = {"words": [["the", "cat"], ["the", "dog"]]}
        self.estimator.train(lambda: tf.data.Dataset.from_tensors((examples, [[1.] * self.size, [0.] * self.size])), steps=1)

    def export(self, path):
        receiver_fn = tf.estimator.export.build_raw_serving_input_receiver_fn(
            {"words": tf.placeholder(tf.string, [None, None], name="words")})
        return self.estimator.export_savedmodel(path, receiver_fn)


model = TextModel("model", 3)
model.train()
model.export("export/text")
