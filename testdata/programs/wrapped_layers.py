"""Builds the inference graph again, with what was trained, and exports it."""
import tensorflow as tf

CHECKPOINT = "ckpt_dense/model.ckpt"


def model_fn(features, is_training):
    net = tf.layers.dense(features, 3)
    net = tf.layers.batch_normalization(net, training=is_training, name="norm")
    net = tf.nn.relu(net)
    net = tf.layers.dropout(net, rate=0.4, training=is_training)
    return tf.layers.dense(net, 2)


def main():
    tf.reset_default_graph()
    features = tf.placeholder(tf.float32, shape=(None, 4), name="features")
    logits = model_fn(features, is_training=False)
    init = tf.global_variables_initializer()
    saver = tf.train.Saver()

    with tf.Session() as sess:
        sess.run(init)
        saver.restore(sess, CHECKPOINT)
        print("restored", CHECKPOINT)
        tf.saved_model.simple_save(sess, "export/layers", {"features": features}, {"logits": logits})


if __name__ == "__main__":
    main()
