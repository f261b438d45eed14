"""Run a model by the names of its tensors, one of which no signature exports."""
import numpy as np
import tensorflow as tf

MODEL_DIR = "models/scale"

rows = np.array([1., 2., -4.], np.float32)

loaded = tf.saved_model.load(MODEL_DIR, tags=[tf.saved_model.SERVING])
fn = loaded.signatures["serving_default"]
fn_2 = loaded.prune("x:0", ["scaled:0", "y:0"])

# Straight by name ...
print("output:", fn(input=tf.constant(rows, fn.structured_input_signature[1]["input"].dtype))["output"].numpy())

# ... or through the graph.
before, after = [tensor.numpy() for tensor in fn_2(tf.constant(rows * 2, fn_2.inputs[0].dtype))]
print("scaled:", before)
print("output:", after)
