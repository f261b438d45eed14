"""Train a classifier on tf.Examples and export all kinds of signatures, with a file beside the model."""
import numpy as np
import tensorflow as tf

FEATURES = {
    "size": tf.FixedLenFeature([1], tf.float32),
    "weight": tf.FixedLenFeature([1], tf.float32, default_value=[0.5]),
}


def input_fn():
    rng = np.random.RandomState(7)
    size, weight = rng.rand(12, 1).astype(np.float32), rng.rand(12, 1).astype(np.float32)
    labels = (size + weight > 1).astype(np.int32)
    return tf.data.Dataset.from_tensors(({"size": size, "weight": weight}, labels)).repeat()


def model_fn(features, labels, mode, params):
    inputs = tf.concat([features["size"], features["weight"]], axis=1)
    hidden = tf.layers.dense(inputs, params["hidden"], activation=tf.nn.relu, kernel_initializer=tf.ones_initializer())
    logits = tf.layers.dense(hidden, 2, kernel_initializer=tf.constant_initializer([[0.3, -0.2]] * params["hidden"]))
    scores = tf.nn.softmax(logits)
    if mode == tf.estimator.ModeKeys.PREDICT:
        classes = tf.tile([["small", "large"]], [tf.shape(scores)[0], 1])
        return tf.estimator.EstimatorSpec(mode, predictions={"scores": scores}, export_outputs={
            tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                tf.estimator.export.ClassificationOutput(scores=scores, classes=classes),
            "predict": tf.estimator.export.PredictOutput({"scores": scores, "logits": logits}),
            "regression": tf.estimator.export.RegressionOutput(scores[:, 1]),
        })
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    optimizer = tf.train.AdagradOptimizer(params["rate"])
    train_op = optimizer.minimize(loss, global_step=tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


config = tf.estimator.RunConfig(model_dir="checkpoints", tf_random_seed=3)
classifier = tf.estimator.Estimator(model_fn, config=config, params={"hidden": 4, "rate": 0.1})
classifier.train(input_fn, max_steps=5)

with open("README.txt", "w") as notes:
    notes.write("small or large\n")
classifier.export_savedmodel(
    "export/sizes",
    tf.estimator.export.build_parsing_serving_input_receiver_fn(FEATURES),
    assets_extra={"README.txt": "README.txt"},
    strip_default_attrs=True)
