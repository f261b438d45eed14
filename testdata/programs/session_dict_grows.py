"""Export a model whose dicts of inputs and outputs are filled by several methods of a class."""
import tensorflow as tf


class Model(object):

    def __init__(self):
        self.x = tf.placeholder(tf.float32, [None, 2], name="x")
        self.inputs = {"x": self.x}
        self.outputs = {}
        self.build()
        self.sess = tf.Session()
        self.sess.run(tf.global_variables_initializer())

    def build(self):
        w = tf.get_variable("w", [2, 2], initializer=tf.constant_initializer([[1., 2.], [3., 4.]]))
        self.outputs["hidden"] = tf.matmul(self.x, w)

    def add_bias(self):
        bias = tf.placeholder(tf.float32, [2], name="bias")
        self.inputs["bias"] = bias
        self.outputs.update(biased=self.outputs["hidden"] + bias)

    def export(self, path):
        tf.saved_model.simple_save(self.sess, path, inputs=self.inputs, outputs=self.outputs)


def add_scale(inputs, outputs, x):
    inputs["scale"] = tf.placeholder(tf.float32, [], name="scale")
    outputs["scaled"] = x * inputs["scale"]


model = Model()
model.add_bias()
model.export("export/biased")

inputs = {"x": model.x}
outputs = {}
add_scale(inputs, outputs, model.x)
tf.saved_model.simple_save(model.sess, "export/scaled", inputs, outputs)
