"""A session of the whole module, which functions run by the names of tensors."""
import tensorflow as tf

MODEL_DIR = "models/classifier"

sess = tf.Session()
tf.saved_model.loader.load(sess, {"serve"}, MODEL_DIR)


def scores(rows):
    return sess.run("scores:0", feed_dict={"pixels:0": rows})


def lengths(words):
    return sess.run({"lengths": "lengths:0"}, {"words:0": words})["lengths"]


print(scores([[1., 0., 0.], [0., 0., 1.]]))
print(lengths(["a", "word", ""]))
