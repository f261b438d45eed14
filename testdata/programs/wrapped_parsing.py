import os

import tensorflow as tf

SCOPES = (("hidden", 4, 5), ("output", 5, 3))


def classify(features):
    net = features
    for scope, size, units in SCOPES:
        with tf.variable_scope(scope):
            weights = tf.get_variable("weights", shape=[size, units])
            biases = tf.get_variable("biases", shape=[units])
            net = tf.matmul(net, weights) + biases
            if scope != "output":
                net = tf.nn.elu(net)
    return tf.nn.softmax(net)


def export(checkpoint_dir, export_base, version=3):
    checkpoint = tf.train.latest_checkpoint(checkpoint_dir)
    if checkpoint is None:
        raise ValueError("no checkpoint in %s" % checkpoint_dir)
    path = os.path.join(export_base, str(version))
    with tf.Session(graph=tf.Graph()) as sess:
        examples = tf.placeholder(tf.string, [None], name="tf_example")
        spec = {"pixels": tf.FixedLenFeature([4], tf.float32), "id": tf.FixedLenFeature([], tf.int64, default_value=-1)}
        parsed = tf.parse_example(examples, spec)
        scores = classify(parsed["pixels"])

        saver = tf.train.Saver(tf.global_variables())
        saver.restore(sess, checkpoint)
        builder = tf.saved_model.builder.SavedModelBuilder(path)
        signature = tf.saved_model.predict_signature_def(
            inputs={"examples": examples},
            outputs={"scores": scores, "id": parsed["id"]})
        builder.add_meta_graph_and_variables(sess, ["serve"], {"serving_default": signature}, strip_default_attrs=True)
        builder.save()
    return path


print(export("ckpt", "export/parsing"))
