"""An object that keeps the session of a loaded model."""
import numpy as np
import tensorflow as tf


class Scorer(object):
    """Scores with a SavedModel."""

    def __init__(self, model_dir):
        self.loaded = tf.saved_model.load(model_dir, tags=["serve"])
        self.fn = self.loaded.prune("pixels:0", "scores:0")
        self.fn_2 = self.loaded.prune("pixels:0", ["scores:0", "logits:0"])
        # Inputs and outputs.

    def predict(self, batch):
        return self.fn(tf.constant(batch, self.fn.inputs[0].dtype)).numpy()

    def explain(self, batch):
        scores, logits = [tensor.numpy() for tensor in self.fn_2(tf.constant(batch, self.fn_2.inputs[0].dtype))]
        return dict(scores=scores, logits=logits)

    def close(self):
        pass


scorer = Scorer("models/classifier")
for i in range(2):
    print(scorer.predict(np.eye(3)[i:i + 1]))
print(sorted(scorer.explain(np.ones((1, 3))).items()))
scorer.close()
