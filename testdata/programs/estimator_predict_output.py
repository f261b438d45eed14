"""Train an Estimator for one step and export its graph for prediction."""
import os
import shutil

import tensorflow as tf
import tensorflow.compat.v1 as tf1


def add_two(input):
    return input + 2


def model_fn(features, labels, mode):
    output = add_two(features["input"])
    step = tf1.train.get_global_step()
    return tf.estimator.EstimatorSpec(
        mode,
        predictions=output,
        train_op=step.assign_add(1),
        loss=tf.constant(0.),
        export_outputs={
            tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                tf.estimator.export.PredictOutput({"output": output})
        })


def train_fn():
    return tf.data.Dataset.from_tensors({"input": 3.})


est = tf.estimator.Estimator(model_fn, "estimator-checkpoints")

# A step of training leaves the checkpoint that the export reads.
est.train(train_fn, steps=1)

# The receiver makes a placeholder like this tensor.
serving_input_fn = tf.estimator.export.build_raw_serving_input_receiver_fn(
    {"input": tf.constant(3.)})
estimator_path = est.export_saved_model("exported-estimator", serving_input_fn)

# The export is in a directory named by the time. Give it a name that stays.
os.makedirs("export", exist_ok=True)
shutil.rmtree("export/estimator", ignore_errors=True)
shutil.move(estimator_path, "export/estimator")
print("global step:", est.get_variable_value("global_step"))
