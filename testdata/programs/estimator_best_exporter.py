"""An exporter that keeps the best of what train_and_evaluate makes."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def model_fn(features, labels, mode):
    y = tf.layers.dense(features["x"], 1, kernel_initializer=tf.ones_initializer())
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=y, export_outputs={"y": tf.estimator.export.PredictOutput({"y": y})})
    loss = tf.losses.mean_squared_error(labels, y)
    train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    metrics = {"rmse": tf.metrics.root_mean_squared_error(labels, y)}
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op, eval_metric_ops=metrics)


def input_fn():
    x = np.float32([[1, 2], [3, 4]])
    return tf.data.Dataset.from_tensors(({"x": x}, x[:, :1]))


def is_better(best_eval_result, current_eval_result):
    return best_eval_result["rmse"] > current_eval_result["rmse"]


def receiver_fn():
    x = tf.placeholder(tf.float32, [None, 2])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


estimator = tf.estimator.Estimator(model_fn, "model", tf.estimator.RunConfig(save_checkpoints_steps=1))
exporters = [
    tf.estimator.BestExporter("best", receiver_fn, "eval/*.tfevents.*", is_better, exports_to_keep=1),
    tf.estimator.BestExporter(serving_input_receiver_fn=receiver_fn),
]
tf.estimator.train_and_evaluate(
    estimator,
    tf.estimator.TrainSpec(lambda: input_fn().repeat(), max_steps=3),
    tf.estimator.EvalSpec(input_fn, exporters=exporters, start_delay_secs=0, throttle_secs=0))
