"""Inputs that need not be fed: one is part of the signature and keeps its default there, the other was for experiments."""
import tensorflow as tf


class Scale(tf.Module):
    @tf.function(input_signature=[
        tf.TensorSpec(shape=[None, 3], dtype=tf.float32, name="x"),
        tf.TensorSpec(shape=[None], dtype=tf.float32, name="offsets"),
        tf.TensorSpec(shape=[], dtype=tf.float32, name="scale"),
    ])
    def serving_default(self, x, offsets=tf.constant([0.5, 0., -0.5]), scale=tf.constant(2.0)):
        temperature = tf.constant(0.1)
        y = tf.nn.softmax((x * scale + offsets) / temperature, name="y")
        return {"y": y}


model = Scale()

print(model.serving_default([[1., 2., 3.]])["y"].numpy())
print(model.serving_default([[1., 2., 3.]], scale=3.)["y"].numpy())
print(model.serving_default([[1., 2., 3.]], offsets=[0., 1., 0.])["y"].numpy())
tf.saved_model.save(model, "export/scale", signatures={"serving_default": model.serving_default})
