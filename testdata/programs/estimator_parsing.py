"""A model that is made of layers and feature columns, without one placeholder, exported with a parsing receiver."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
flags = tf.app.flags
flags.DEFINE_string("model_dir", "model", "where checkpoints go")
flags.DEFINE_string("export_dir", "export", "where models go")
FLAGS = flags.FLAGS


def model_fn(features, labels, mode, params):
    net = tf.feature_column.input_layer(features, params["columns"])
    net = tf.layers.dense(net, 4, activation=tf.nn.relu)
    logits = tf.layers.dense(net, 3)
    if mode == tf.estimator.ModeKeys.PREDICT:
        probabilities = tf.nn.softmax(logits)
        predictions = {"class": tf.argmax(logits, 1), "probabilities": probabilities}
        return tf.estimator.EstimatorSpec(mode, predictions=predictions, export_outputs={
            "serving_default": tf.estimator.export.ClassificationOutput(scores=probabilities),
            "predict": tf.estimator.export.PredictOutput(predictions)})
    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    train_op = tf.train.AdagradOptimizer(0.1).minimize(loss, global_step=tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def input_fn():
    x = np.random.RandomState(1).rand(8, 2).astype(np.float32)
    dataset = tf.data.Dataset.from_tensor_slices((dict(a=x[:, :1], b=x[:, 1:]), np.arange(8) % 3))
    return dataset.shuffle(8, seed=1).repeat().batch(4).make_one_shot_iterator().get_next()


def main(_):
    columns = [tf.feature_column.numeric_column(key) for key in ("a", "b")]
    classifier = tf.estimator.Estimator(
        model_fn, FLAGS.model_dir, tf.estimator.RunConfig(tf_random_seed=3), params={"columns": columns})
    classifier.train(input_fn, steps=3)
    spec = tf.feature_column.make_parse_example_spec(columns)
    receiver_fn = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
    classifier.export_savedmodel(FLAGS.export_dir, receiver_fn, as_text=False)


if __name__ == "__main__":
    tf.app.run()
