"""Half way to TensorFlow 2: every TensorFlow 1 call is spelled tf.compat.v1."""
import numpy as np
import tensorflow as tf

EXPORT_DIR = "export/sentiment"


def features_of(text, buckets=8):
    vector = np.zeros(buckets, np.float32)
    for word in text.split():
        vector[sum(map(ord, word)) % buckets] += 1.0
    return vector


texts = ["good film", "very good", "bad film", "very bad indeed", "a good one", "not my film"]
labels = [1, 1, 0, 0, 1, 0]
batch = np.stack([features_of(t) for t in texts])

with tf.Graph().as_default() as graph:
    x = tf.compat.v1.placeholder(tf.float32, shape=(None, 8), name="x")
    label = tf.compat.v1.placeholder(tf.int32, shape=(None,), name="label")

    weights = tf.compat.v1.get_variable("weights", shape=(8, 2), initializer=tf.compat.v1.zeros_initializer())
    biases = tf.compat.v1.get_variable("biases", shape=(2,), initializer=tf.compat.v1.zeros_initializer())
    logits = tf.matmul(x, weights) + biases
    scores = tf.nn.softmax(logits, name="scores")
    winner = tf.argmax(logits, axis=-1, name="winner")

    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=label, logits=logits))
    train = tf.compat.v1.train.GradientDescentOptimizer(learning_rate=0.3).minimize(loss)

    with tf.compat.v1.Session(graph=graph) as sess:
        sess.run(tf.compat.v1.global_variables_initializer())
        for _ in range(12):
            sess.run(train, feed_dict={x: batch, label: labels})
        print("winners:", sess.run(winner, feed_dict={x: batch}))

        builder = tf.compat.v1.saved_model.Builder(EXPORT_DIR)
        # The signature map is built first and passed by name.
        signature_map = {
            "serving_default": tf.compat.v1.saved_model.predict_signature_def(
                inputs={"x": x}, outputs={"scores": scores, "winner": winner}),
        }
        builder.add_meta_graph_and_variables(sess, [tf.saved_model.SERVING], signature_def_map=signature_map)
        builder.save()
