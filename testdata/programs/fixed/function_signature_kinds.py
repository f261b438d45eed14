"""Signatures of every kind over one graph that parses tf.Examples."""
import tensorflow as tf


class Parse(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec(shape=[None], dtype=tf.string, name="examples")])
    def predict(self, examples):
        features = tf.compat.v1.parse_example(examples, {"x": tf.io.FixedLenFeature([2], tf.float32), "n": tf.io.FixedLenFeature([], tf.int64, default_value=1)})
        weights = tf.constant([[1., -1.], [0.5, 0.25]])
        scores = tf.nn.softmax(tf.matmul(features["x"], weights) * tf.compat.v1.to_float(features["n"])[:, tf.newaxis])
        return {"scores": scores}

    @tf.function(input_signature=[tf.TensorSpec(shape=[None], dtype=tf.string, name="inputs")])
    def serving_default(self, examples):
        features = tf.compat.v1.parse_example(examples, {"x": tf.io.FixedLenFeature([2], tf.float32), "n": tf.io.FixedLenFeature([], tf.int64, default_value=1)})
        weights = tf.constant([[1., -1.], [0.5, 0.25]])
        scores = tf.nn.softmax(tf.matmul(features["x"], weights) * tf.compat.v1.to_float(features["n"])[:, tf.newaxis])
        values, indices = tf.nn.top_k(scores, 2)
        classes = tf.compat.v1.gather(tf.constant(["no", "yes"]), indices)
        return {"classes": classes, "scores": values}

    @tf.function(input_signature=[tf.TensorSpec(shape=[None], dtype=tf.string, name="inputs")])
    def regress(self, examples):
        features = tf.compat.v1.parse_example(examples, {"x": tf.io.FixedLenFeature([2], tf.float32), "n": tf.io.FixedLenFeature([], tf.int64, default_value=1)})
        weights = tf.constant([[1., -1.], [0.5, 0.25]])
        scores = tf.nn.softmax(tf.matmul(features["x"], weights) * tf.compat.v1.to_float(features["n"])[:, tf.newaxis])
        return {"outputs": scores[:, 0]}


model = Parse()

tf.saved_model.save(model, "export/parse", signatures={
    "predict": model.predict,
    "serving_default": model.serving_default,
    "regress": model.regress,
})
updater = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater("export/parse")
updater.replace_method_name(signature_key="serving_default", method_name=tf.saved_model.CLASSIFY_METHOD_NAME)
updater.replace_method_name(signature_key="regress", method_name=tf.saved_model.REGRESS_METHOD_NAME)
updater.save()
