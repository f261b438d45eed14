"""What people do without tfmigrate: python baseline.py variables|declarations|answers OLD NEW, through TensorFlow.

    variables      reads both checkpoints and compares every tensor
    declarations   loads both models and compares what their signatures declare
    answers        loads both models and compares their answers to ten random batches, with numpy's default tolerance
"""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import numpy as np
import tensorflow as tf


def variables(old, new):
    a, b = (tf.train.load_checkpoint(os.path.join(d, "variables", "variables")) for d in (old, new))
    left = {name: b.get_tensor(name) for name in b.get_variable_to_shape_map()}
    for name in a.get_variable_to_shape_map():
        value = a.get_tensor(name)
        twin = next(n for n, v in left.items() if np.array_equal(v, value))
        del left[twin]
    return not left


def declarations(old, new):
    a, b = (tf.saved_model.load(d).signatures for d in (old, new))
    return {k: (f.structured_input_signature, f.structured_outputs) for k, f in a.items()} == \
        {k: (f.structured_input_signature, f.structured_outputs) for k, f in b.items()}


def answers(old, new):
    a, b = (tf.saved_model.load(d).signatures["serving_default"] for d in (old, new))
    for _ in range(10):
        x = tf.constant(np.random.randn(3, 4).astype(np.float32))
        if not np.allclose(a(x=x)["y"], b(x=x)["y"]):
            return False
    return True


print(globals()[sys.argv[1]](*sys.argv[2:]))
