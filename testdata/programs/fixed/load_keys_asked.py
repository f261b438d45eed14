"""A program that looks whether there is a model, and which signatures it has, before it runs one."""
import sys

import tensorflow as tf

MODEL_DIR = "models/classifier"
KEY = tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY

if not tf.saved_model.contains_saved_model(MODEL_DIR):
    sys.exit("there is no model")
loaded = tf.saved_model.load(MODEL_DIR, tags=[tf.saved_model.SERVING])
fn = loaded.signatures[KEY]
signatures = loaded.signatures
print(sorted(signatures))
if KEY not in signatures:
    raise ValueError("no signature %s" % KEY)
print(fn(pixels=tf.constant([[3., 2., 1.]], fn.structured_input_signature[1]["pixels"].dtype))["scores"].numpy())
