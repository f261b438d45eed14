import os

import tensorflow as tf


class Exporter:
    """Exports one checkpoint."""

    def __init__(self, checkpoint, hidden=5):
        self.checkpoint = checkpoint
        self.hidden = hidden

    def layer(self, net, units, scope):
        with tf.variable_scope(scope):
            size = net.get_shape().as_list()[-1]
            weights = tf.get_variable("weights", [size, units], tf.float32, tf.random_normal_initializer(stddev=0.02))
            biases = tf.get_variable("biases", [units], tf.float32, tf.zeros_initializer())
            return tf.matmul(net, weights) + biases

    def network(self, x):
        hidden = tf.nn.relu(self.layer(x, self.hidden, "hidden"))
        return self.layer(hidden, 3, "output")

    def export(self, path):
        graph = tf.Graph()
        with graph.as_default():
            x = tf.placeholder(tf.float32, [None, 4], "input")
            logits = self.network(x)
            model_input = tf.saved_model.utils.build_tensor_info(x)
            model_output = tf.saved_model.utils.build_tensor_info(logits)

            with tf.Session(graph=graph) as sess:
                restorer = tf.train.Saver()
                restorer.restore(sess, self.checkpoint)
                builder = tf.saved_model.builder.SavedModelBuilder(path)
                signature = tf.saved_model.signature_def_utils.build_signature_def(
                    inputs={"input": model_input},
                    outputs={"logits": model_output},
                    method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
                builder.add_meta_graph_and_variables(
                    sess,
                    [tf.saved_model.tag_constants.SERVING],
                    signature_def_map={tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature})
                builder.save()
        print("exported", os.path.basename(self.checkpoint))


Exporter("ckpt/model.ckpt-100").export("export/method")
