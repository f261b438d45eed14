"""Signatures of every kind over one graph that parses tf.Examples."""
import tensorflow as tf

examples = tf.placeholder(tf.string, [None], name="tf_example")
features = tf.parse_example(examples, {"x": tf.FixedLenFeature([2], tf.float32), "n": tf.FixedLenFeature([], tf.int64, default_value=1)})
weights = tf.constant([[1., -1.], [0.5, 0.25]])
scores = tf.nn.softmax(tf.matmul(features["x"], weights) * tf.to_float(features["n"])[:, tf.newaxis])
values, indices = tf.nn.top_k(scores, 2)
classes = tf.gather(tf.constant(["no", "yes"]), indices)

sess = tf.Session()
builder = tf.saved_model.builder.SavedModelBuilder("export/parse")
classification = tf.saved_model.signature_def_utils.classification_signature_def(examples, classes, values)
regression = tf.saved_model.signature_def_utils.regression_signature_def(examples, scores[:, 0])
prediction = tf.saved_model.signature_def_utils.build_signature_def(
    inputs={"examples": tf.saved_model.utils.build_tensor_info(examples)},
    outputs={"scores": tf.saved_model.utils.build_tensor_info(scores)},
    method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
builder.add_meta_graph_and_variables(
    sess, [tf.saved_model.tag_constants.SERVING],
    signature_def_map={"predict": prediction, "serving_default": classification, "regress": regression})
builder.save()
