"""Train and evaluate an Estimator, with exports of the last few evaluations and of the end."""
import numpy as np
import tensorflow as tf


def input_fn():
    x = np.linspace(0, 1, 8, dtype=np.float32).reshape(8, 1)
    return tf.data.Dataset.from_tensors(({"x": x}, 3 * x - 1))


def model_fn(features, labels, mode, config):
    slope = tf.get_variable("slope", [], initializer=tf.zeros_initializer())
    offset = tf.get_variable("offset", [], initializer=tf.zeros_initializer())
    line = features["x"] * slope + offset
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=line, export_outputs={
            "serving_default": tf.estimator.export.PredictOutput({"y": line}),
            "regress": tf.estimator.export.RegressionOutput(value=line),
        })
    loss = tf.losses.mean_squared_error(labels, line)
    train_op = tf.train.GradientDescentOptimizer(0.2).minimize(loss, global_step=tf.train.get_or_create_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def serving_input_receiver_fn():
    x = tf.placeholder(dtype=tf.float32, shape=[None, 1], name="x")
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


def main():
    run_config = tf.estimator.RunConfig(model_dir="model", save_checkpoints_steps=5, tf_random_seed=1)
    estimator = tf.estimator.Estimator(model_fn, config=run_config)
    exporters = [
        tf.estimator.LatestExporter("latest", serving_input_receiver_fn, exports_to_keep=1),
        tf.estimator.FinalExporter(name="final", serving_input_receiver_fn=serving_input_receiver_fn),
    ]
    train_spec = tf.estimator.TrainSpec(lambda: input_fn().repeat(), max_steps=10)
    eval_spec = tf.estimator.EvalSpec(input_fn, steps=1, exporters=exporters, throttle_secs=0)
    tf.estimator.train_and_evaluate(estimator, train_spec, eval_spec)


main()
