import os

import tensorflow as tf

SCOPES = (("hidden", 4, 5), ("output", 5, 3))


def classify(features):
    net = features
    for scope, size, units in SCOPES:
        with tf.compat.v1.variable_scope(scope):
            weights = tf.compat.v1.get_variable("weights", shape=[size, units])
            biases = tf.compat.v1.get_variable("biases", shape=[units])
            net = tf.matmul(net, weights) + biases
            if scope != "output":
                net = tf.nn.elu(net)
    return tf.nn.softmax(net)


def export(checkpoint_dir, export_base, version=3):
    checkpoint = tf.train.latest_checkpoint(checkpoint_dir)
    if checkpoint is None:
        raise ValueError("no checkpoint in %s" % checkpoint_dir)
    path = os.path.join(export_base, str(version))

    def build_graph():
        examples = tf.compat.v1.placeholder(tf.string, [None], name="examples")
        spec = {"pixels": tf.io.FixedLenFeature([4], tf.float32), "id": tf.io.FixedLenFeature([], tf.int64, default_value=-1)}
        parsed = tf.compat.v1.parse_example(examples, spec)
        scores = classify(parsed["pixels"])
        return examples, scores, parsed["id"]

    graph = tf.compat.v1.wrap_function(build_graph, [])
    examples, scores, id_ = graph.structured_outputs

    saver = tf.compat.v1.train.Saver(graph.variables)
    saver.restore(None, checkpoint)
    module = tf.Module()
    module.graph_variables = graph.variables
    tf.saved_model.save(module, path, signatures={
        "serving_default": graph.prune(examples, {"scores": scores, "id": id_}),
    })
    return path


print(export("ckpt", "export/parsing"))
