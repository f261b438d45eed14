"""A class that makes a Builder, collects signatures for it, and writes them, in methods of its own."""
import tensorflow as tf
from tensorflow.python.saved_model.signature_def_utils import predict_signature_def
from tensorflow.python.saved_model.tag_constants import SERVING


class Exporter(object):

    def __init__(self, directory):
        self.builder = tf.saved_model.builder.SavedModelBuilder(directory)
        self.signatures = {}

    def add(self, key, inputs, outputs):
        self.signatures[key] = predict_signature_def(inputs=inputs, outputs=outputs)

    def write(self, sess):
        self.builder.add_meta_graph_and_variables(sess, [SERVING], signature_def_map=self.signatures)
        self.builder.save()


a = tf.placeholder(tf.float32, [None])
b = tf.placeholder(tf.float32, [None])
v = tf.Variable(3.0)
e = Exporter("export/attribute")
e.add("serving_default", {"a": a, "b": b}, {"sum": a + b + v})
e.add("scale", {"a": a}, {"scaled": a * v})
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    e.write(s)
