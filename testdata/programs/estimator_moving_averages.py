"""A custom Estimator over feature columns that serves the moving averages of its weights."""
import tensorflow as tf
import tensorflow.compat.v1 as tf1

COLUMNS = [
    tf.feature_column.numeric_column("age"),
    tf.feature_column.indicator_column(
        tf.feature_column.categorical_column_with_vocabulary_list("city", ["paris", "oslo"])),
]


def input_fn():
    features = {"age": [[20.], [40.], [60.]], "city": [["paris"], ["oslo"], ["rome"]]}
    return tf.data.Dataset.from_tensors((features, [[0.], [1.], [1.]])).repeat()


def model_fn(features, labels, mode):
    inputs = tf1.feature_column.input_layer(features, COLUMNS)
    weights = tf1.get_variable("weights", [3, 1], initializer=tf1.constant_initializer(0.1))
    logits = tf.matmul(inputs, weights)
    clipped = tf.cond(tf.reduce_max(tf.abs(logits)) > 10., lambda: tf.clip_by_value(logits, -10., 10.), lambda: logits)
    averages = tf1.train.ExponentialMovingAverage(0.5)
    if mode == tf.estimator.ModeKeys.PREDICT:
        # What is restored are the averages.
        saver = tf1.train.Saver({averages.average_name(weights): weights})
        outputs = {"probability": tf.sigmoid(clipped)}
        return tf.estimator.EstimatorSpec(mode, predictions=outputs, scaffold=tf1.train.Scaffold(saver=saver))
    loss = tf1.losses.sigmoid_cross_entropy(labels, logits)
    step = tf1.train.get_global_step()
    with tf.control_dependencies([tf1.train.GradientDescentOptimizer(0.01).minimize(loss, step)]):
        train_op = averages.apply([weights])
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def main():
    estimator = tf.estimator.Estimator(model_fn, "model", config=tf.estimator.RunConfig(tf_random_seed=2))
    estimator.train(input_fn, steps=3)
    example_spec = tf1.feature_column.make_parse_example_spec(COLUMNS)
    receiver_fn = tf.estimator.export.build_parsing_serving_input_receiver_fn(example_spec)
    estimator.export_saved_model("export/averages", receiver_fn)


if __name__ == "__main__":
    main()
