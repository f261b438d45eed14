"""A program that looks whether there is a model, and which signatures it has, before it runs one."""
import sys

import tensorflow as tf
from tensorflow.python.saved_model import loader, tag_constants

MODEL_DIR = "models/classifier"
KEY = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY

if not loader.maybe_saved_model_directory(MODEL_DIR):
    sys.exit("there is no model")
with tf.Session(graph=tf.Graph()) as sess:
    meta_graph = loader.load(sess, [tag_constants.SERVING], MODEL_DIR)
    signatures = meta_graph.signature_def
    print(sorted(signatures))
    if KEY not in signatures:
        raise ValueError("no signature %s" % KEY)
    pixels, scores = signatures[KEY].inputs["pixels"].name, signatures[KEY].outputs["scores"].name
    print(sess.run(scores, {pixels: [[3., 2., 1.]]}))
