"""Export an Estimator that may be fed tf.Examples, or their features one by one; the method is looked up by either of its names."""
import numpy as np
import tensorflow as tf

SPEC = {"a": tf.FixedLenFeature([2], tf.float32), "b": tf.FixedLenFeature([2], tf.float32)}


def model_fn(features, labels, mode, params):
    scale = tf.get_variable("scale", initializer=tf.constant([1., 2.]))
    total = tf.reduce_sum(scale * features["a"] - features["b"], axis=1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=total, export_outputs={
            "serving_default": tf.estimator.export.PredictOutput(total)})
    loss = tf.reduce_mean(tf.square(total - labels))
    optimizer = tf.train.MomentumOptimizer(params.learning_rate, momentum=0.9)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=optimizer.minimize(loss, tf.train.get_global_step()))


class Params(object):
    learning_rate = 0.01


def serving_input_receiver_fn():
    examples = tf.placeholder(shape=[None], dtype=tf.string, name="examples")
    features = tf.parse_example(examples, SPEC)
    return tf.estimator.export.ServingInputReceiver(
        features, {"examples": examples}, receiver_tensors_alternatives={"raw": features})


def input_fn():
    return tf.data.Dataset.from_tensors(({"a": np.ones([3, 2], np.float32), "b": np.eye(3, 2, dtype=np.float32)}, np.zeros(3, np.float32)))


est = tf.estimator.Estimator(model_fn, "model", params=Params())
est.train(input_fn, steps=1)
export = getattr(est, "export_saved_model", None) or getattr(est, "export_savedmodel")
path = export("export/alternatives", serving_input_receiver_fn)
print(len(path) == len(b"export/alternatives/1234567890"))
