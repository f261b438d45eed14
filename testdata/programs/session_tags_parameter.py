import tensorflow as tf


def export_serving(sess, inputs, outputs, filename, tags=None, signature_name='prediction_pipeline'):
    """Write a model for TensorFlow Serving."""
    if tags is None:
        tags = [tf.saved_model.tag_constants.SERVING]
    builder = tf.saved_model.builder.SavedModelBuilder(filename)
    prediction_signature = tf.saved_model.signature_def_utils.build_signature_def(
        inputs={k: tf.saved_model.utils.build_tensor_info(t) for k, t in inputs.items()},
        outputs={k: tf.saved_model.utils.build_tensor_info(t) for k, t in outputs.items()},
        method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
    builder.add_meta_graph_and_variables(sess, list(tags), signature_def_map={signature_name: prediction_signature})
    builder.save()


x = tf.placeholder(tf.float32, [None, 2], 'x')
k = tf.get_variable('k', initializer=tf.constant([3., 4.]))
y = x * k
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    export_serving(sess, {'x': x}, {'y': y}, 'export/tag_default')
