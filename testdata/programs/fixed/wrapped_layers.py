"""Builds the inference graph again, with what was trained, and exports it."""
import tensorflow as tf

CHECKPOINT = "ckpt_dense/model.ckpt"


def model_fn(features, is_training):
    net = tf.compat.v1.layers.dense(features, 3)
    net = tf.compat.v1.layers.batch_normalization(net, training=is_training, name="norm")
    net = tf.nn.relu(net)
    net = tf.compat.v1.layers.dropout(net, rate=0.4, training=is_training)
    return tf.compat.v1.layers.dense(net, 2)


def main():
    def build_graph():
        features = tf.compat.v1.placeholder(tf.float32, shape=(None, 4), name="features")
        logits = model_fn(features, is_training=False)
        return features, logits

    graph = tf.compat.v1.wrap_function(build_graph, [])
    features, logits = graph.structured_outputs
    saver = tf.compat.v1.train.Saver(graph.variables)

    saver.restore(None, CHECKPOINT)
    print("restored", CHECKPOINT)
    module = tf.Module()
    module.graph_variables = graph.variables
    tf.saved_model.save(module, "export/layers", signatures={
        "serving_default": graph.prune(features, {"logits": logits}),
    })


if __name__ == "__main__":
    main()
