"""Export an earlier checkpoint of an Estimator, on TensorFlow releases old and new."""
import numpy as np
import tensorflow as tf


def model_fn(features, labels, mode):
    weights = tf.get_variable("weights", shape=[3, 1], initializer=tf.zeros_initializer())
    prediction = tf.matmul(features, weights)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"price": prediction})
    loss = tf.losses.mean_squared_error(labels, prediction)
    train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def serving_input_fn():
    """Rows come as lines of comma-separated values."""
    lines = tf.placeholder(tf.string, [None], name="lines")
    columns = tf.decode_csv(lines, record_defaults=[[0.0]] * 3)
    return tf.estimator.export.TensorServingInputReceiver(tf.stack(columns, axis=1), lines)


def train_input_fn():
    rows = np.arange(12, dtype=np.float32).reshape(4, 3) / 10
    return tf.data.Dataset.from_tensors((rows, rows.sum(axis=1, keepdims=True))).repeat()


def main():
    estimator = tf.estimator.Estimator(model_fn=model_fn, model_dir="model",
                                       config=tf.estimator.RunConfig(save_checkpoints_steps=2))
    estimator.train(train_input_fn, steps=6)

    # The method was renamed in 1.13.
    if hasattr(estimator, "export_saved_model"):
        path = estimator.export_saved_model("export/early", serving_input_fn, checkpoint_path="model/model.ckpt-2")
    else:
        path = estimator.export_savedmodel("export/early", serving_input_fn, checkpoint_path="model/model.ckpt-2")
    print("exported", path.decode().startswith("export/early/1"))

    try:
        estimator.export_saved_model("export/newest", serving_input_fn)
    except AttributeError:  # before 1.13
        estimator.export_savedmodel("export/newest", serving_input_fn)


if __name__ == "__main__":
    main()
