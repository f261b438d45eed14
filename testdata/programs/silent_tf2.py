"""Nothing to migrate: saves and loads as TensorFlow 2 does."""
import tensorflow as tf


class Affine(tf.Module):
    def __init__(self):
        super().__init__()
        self.slope = tf.Variable(2.0)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    def serve(self, x):
        return {"y": self.slope * x + 1.0}


model = Affine()
tf.saved_model.save(model, "export/affine", signatures={"serving_default": model.serve})
loaded = tf.saved_model.load("export/affine")
print(loaded.signatures["serving_default"](x=tf.constant([1.0, 2.0]))["y"].numpy())
