"""Exports the toy model half plus two: y = x / 2 + 2."""
import tensorflow as tf


def generate(export_dir):
    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            # The parameters of the model.
            self.a = tf.Variable(0.5, name="a")
            self.b = tf.Variable(2.0, name="b")  # the offset

        @tf.function(input_signature=[tf.TensorSpec(shape=None, dtype=tf.float32, name="x")])
        def serving_default(self, x):
            y = tf.add(tf.multiply(self.a, x), self.b, name="y")
            return {"y": y}

        @tf.function(input_signature=[tf.TensorSpec(shape=None, dtype=tf.float32, name="x")])
        def plus_three(self, x):
            y = tf.add(tf.multiply(self.a, x), self.b, name="y")
            y3 = tf.add(y, 1.0)
            return {"y": y3}

    model = Model()


    print(model.serving_default(4.0)["y"].numpy())

    tf.saved_model.save(model, export_dir, signatures={
        "serving_default": model.serving_default,
        "plus_three": model.plus_three,
    })


generate("export/half_plus_two")
