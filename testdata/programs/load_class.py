"""An object that keeps the session of a loaded model."""
import numpy as np
import tensorflow as tf


class Scorer(object):
    """Scores with a SavedModel."""

    def __init__(self, model_dir):
        self.graph = tf.Graph()
        self.sess = tf.Session(graph=self.graph)
        with self.graph.as_default():
            tf.saved_model.loader.load(self.sess, ["serve"], model_dir)
            # Inputs and outputs.
            self.pixels = self.graph.get_tensor_by_name("pixels:0")
            self.scores = self.graph.get_tensor_by_name("scores:0")
            self.logits = self.graph.get_tensor_by_name("logits:0")

    def predict(self, batch):
        with self.graph.as_default():
            return self.sess.run(self.scores, feed_dict={self.pixels: batch})

    def explain(self, batch):
        scores, logits = self.sess.run([self.scores, self.logits], {self.pixels: batch})
        return dict(scores=scores, logits=logits)

    def close(self):
        self.sess.close()


scorer = Scorer("models/classifier")
for i in range(2):
    print(scorer.predict(np.eye(3)[i:i + 1]))
print(sorted(scorer.explain(np.ones((1, 3))).items()))
scorer.close()
