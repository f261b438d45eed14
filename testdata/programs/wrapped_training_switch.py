import tensorflow as tf


class Network(object):
    """The same network for training and for serving: a tensor tells which."""

    def __init__(self, units):
        self.units = units

    def __call__(self, features, is_training):
        net = tf.layers.dense(features, self.units)
        net = tf.layers.batch_normalization(net, training=is_training, name="norm")
        net = tf.layers.dropout(tf.nn.relu(net), rate=0.5, training=is_training)
        return tf.layers.dense(net, 2)


g = tf.Graph()
with g.as_default():
    features = tf.placeholder(tf.float32, [None, 4], name="features")
    is_training = tf.placeholder_with_default(False, [], name="is_training")
    network = Network(3)
    logits = network(features, is_training)
    outputs = {"logits": logits, "probabilities": tf.nn.softmax(logits)}
    saver = tf.train.Saver()

    sess = tf.Session()
    saver.restore(sess, "ckpt_dense/model.ckpt")
    tf.saved_model.simple_save(sess, "export/switch", inputs={"features": features}, outputs=outputs)
    sess.close()
