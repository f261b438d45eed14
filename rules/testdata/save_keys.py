"""Save a signature with each input key of the JSON list on stdin, and load it; print what became of each key as a JSON list."""
import contextlib
import json
import sys

import tensorflow as tf


def became(key):
    module = tf.Module()
    try:
        module.f = tf.function(lambda x: {"y": x}, input_signature=[tf.TensorSpec([], name=key)])
        tf.saved_model.save(module, "model", signatures={"s": module.f})
    except Exception:
        return "raises"
    keys = list(tf.saved_model.load("model").signatures["s"].structured_input_signature[1])
    return "" if keys == [key] else "changes it without a word"


keys = json.load(sys.stdin)
with contextlib.redirect_stdout(sys.stderr):
    answers = [became(key) for key in keys]
json.dump(answers, sys.stdout)
