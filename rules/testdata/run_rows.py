"""Run each program of the JSON list on stdin; print what each raised, "" for nothing, as a JSON list.

The directory has model_v1, which TensorFlow 1's API wrote, model_v2, which tf.saved_model.save wrote, and graph.meta, graph.pb and ckpt of one graph.
"""
import contextlib
import json
import sys

import tensorflow as tf


def make_models():
    with tf.Graph().as_default() as graph, tf.compat.v1.Session() as sess:
        x = tf.compat.v1.placeholder(tf.float32, [], name="x")
        v = tf.compat.v1.get_variable("v", [], initializer=tf.compat.v1.ones_initializer(), use_resource=False)
        y = tf.multiply(x, v, name="y")
        sess.run(v.initializer)
        tf.compat.v1.saved_model.simple_save(sess, "model_v1", {"x": x}, {"y": y})
        saver = tf.compat.v1.train.Saver()
        saver.save(sess, "ckpt", write_meta_graph=False)
        saver.export_meta_graph("graph.meta")
        tf.io.write_graph(graph, ".", "graph.pb", as_text=False)
    module = tf.Module()
    module.f = tf.function(lambda x: {"y": x * 2}, input_signature=[tf.TensorSpec([], name="x")])
    tf.saved_model.save(module, "model_v2", signatures=module.f)


def run(program):
    tf.compat.v1.reset_default_graph()
    try:
        exec("import tensorflow as tf\n" + program, {"__name__": "program"})
    except Exception as e:
        return type(e).__name__ + ": " + str(e).split("\n")[0]
    return ""


programs = json.load(sys.stdin)
with contextlib.redirect_stdout(sys.stderr):
    make_models()
    raised = [run(program) for program in programs]
json.dump(raised, sys.stdout)
