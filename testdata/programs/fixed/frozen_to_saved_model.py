#!/usr/bin/env python
"""Turn a frozen graph into a SavedModel for TensorFlow Serving."""
from __future__ import print_function

import argparse

import tensorflow as tf


def convert(graph_pb, export_dir, input_name, output_name):

    with tf.io.gfile.GFile(graph_pb, "rb") as f:
        graph_def = tf.compat.v1.GraphDef()
        graph_def.ParseFromString(f.read())

    # name="" is important to ensure we don't get spurious prefixing
    imported = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(graph_def, name=""), [])

    fn = imported.prune([input_name], {"out": output_name})

    @tf.function(input_signature=[tf.TensorSpec(fn.inputs[0].shape, fn.inputs[0].dtype, name="in_1")])
    def serve(in_1):
        return fn(in_1)

    tf.saved_model.save(tf.Module(), export_dir, signatures={
        tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: serve,
    })


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--graph", default="models/scores.pb")
    parser.add_argument("--output", default="scores:0")
    args = parser.parse_args()
    convert(args.graph, "export/scores", "image:0", args.output)
    print("converted", args.graph)
