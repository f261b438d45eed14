"""Writes the models that the bench compares: python models.py DIR, with tensorflow-cpu==2.15.1.

    big/old, big/new    2 GB of variables in 16 tensors, one of them read by each of 16 signatures' outputs
    wide/old, wide/new  100,000 nodes: layers of additions and products that share their inputs

Old and new have the same values and other names, and the nodes of one are added in the other's reverse order where the graph allows it.
"""
import os
import shutil
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def save(path, build):
    shutil.rmtree(path, ignore_errors=True)
    builder = v1.saved_model.Builder(path)
    with tf.Graph().as_default(), v1.Session() as sess:
        signature = build(sess)
        builder.add_meta_graph_and_variables(sess, ["serve"], signature_def_map={"serving_default": signature})
        builder.save()


def big(prefix):
    def build(sess):
        x = v1.placeholder(tf.int32, shape=[None], name=prefix + "x")
        outputs = {}
        for i in range(16):
            v = v1.get_variable("%s%d" % (prefix, i), shape=[1 << 20, 32], initializer=v1.zeros_initializer())
            value = v1.placeholder(tf.float32, [1 << 20, 32])
            random = np.random.Generator(np.random.PCG64(i)).standard_normal([1 << 20, 32], dtype=np.float32)
            sess.run(v.assign(value), {value: random})
            outputs["y%d" % i] = tf.gather(v, x)
        return v1.saved_model.predict_signature_def({"x": x}, outputs)
    return build


def wide(prefix, backwards):
    def build(sess):
        x = v1.placeholder(tf.float32, shape=[None, 4], name=prefix + "x")
        layer = [tf.add(x, float(i)) for i in range(100)]
        for depth in range(1, 1000):
            below = layer
            layer = [None] * 100
            for i in reversed(range(100)) if backwards else range(100):
                op = tf.add if (i + depth) % 3 else tf.multiply
                layer[i] = op(below[i], below[(i * 7 + depth) % 100], name="%s_%d_%d" % (prefix, depth, i))
        return v1.saved_model.predict_signature_def({"x": x}, {"y": tf.add_n(layer)})
    return build


if __name__ == "__main__":
    for name, prefix, backwards in (("old", "a", False), ("new", "b", True)):
        save(os.path.join(sys.argv[1], "big", name), big(prefix))
        save(os.path.join(sys.argv[1], "wide", name), wide(prefix, backwards))
