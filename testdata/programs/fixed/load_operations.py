"""Operations by name, fed by a dict in a variable, and a dict of results."""
import argparse

import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser()
parser.add_argument("--input_layer", default="pixels")
args = parser.parse_args()

input_name = args.input_layer
loaded = tf.saved_model.load("models/classifier", tags=["serve"])
fn = loaded.prune(input_name + ":0", {"logits": "logits:0", "classes": "classes:0"})
for row in np.eye(3):
    results = {key: tensor.numpy() for key, tensor in fn(tf.constant(row[np.newaxis], fn.inputs[0].dtype)).items()}
    print(results["logits"].round(3), results["classes"])
