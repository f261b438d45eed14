import os
import tensorflow as tf

FLAGS = None


def _get_feature_spec():
    return {
        "x": tf.FixedLenFeature([1], dtype=tf.float32),
        "x2": tf.FixedLenFeature([1], dtype=tf.float32, default_value=[0.0]),
    }


def _build_regression_signature(input_tensor, output_tensor):
    """Helper function for building a regression SignatureDef."""
    input_tensor_info = tf.saved_model.utils.build_tensor_info(input_tensor)
    signature_inputs = {tf.saved_model.signature_constants.REGRESS_INPUTS: input_tensor_info}
    output_tensor_info = tf.saved_model.utils.build_tensor_info(output_tensor)
    signature_outputs = {tf.saved_model.signature_constants.REGRESS_OUTPUTS: output_tensor_info}
    return tf.saved_model.signature_def_utils.build_signature_def(
        signature_inputs, signature_outputs,
        tf.saved_model.signature_constants.REGRESS_METHOD_NAME)


# Possibly extend this to allow passing in 'classes', but for now this is
# sufficient for testing purposes.
def _build_classification_signature(input_tensor, scores_tensor):
    """Helper function for building a classification SignatureDef."""
    input_tensor_info = tf.saved_model.utils.build_tensor_info(input_tensor)
    signature_inputs = {tf.saved_model.signature_constants.CLASSIFY_INPUTS: input_tensor_info}
    output_tensor_info = tf.saved_model.utils.build_tensor_info(scores_tensor)
    signature_outputs = {tf.saved_model.signature_constants.CLASSIFY_OUTPUT_SCORES: output_tensor_info}
    return tf.saved_model.signature_def_utils.build_signature_def(
        signature_inputs, signature_outputs,
        tf.saved_model.signature_constants.CLASSIFY_METHOD_NAME)


def _build_predict_signature(input_tensor, output_tensor):
    signature_inputs = {"x": tf.saved_model.utils.build_tensor_info(input_tensor)}
    signature_outputs = {"y": tf.saved_model.utils.build_tensor_info(output_tensor)}
    return tf.saved_model.signature_def_utils.build_signature_def(
        signature_inputs, signature_outputs,
        tf.saved_model.signature_constants.PREDICT_METHOD_NAME)


def _generate(export_dir, as_text=False, use_main_op=False):
    builder = tf.saved_model.builder.SavedModelBuilder(export_dir)
    with tf.Session(graph=tf.Graph(), config=tf.ConfigProto(log_device_placement=False)) as sess:
        with tf.device("/cpu:0"):
            a = tf.Variable(0.5, name="a")
            b = tf.Variable(2.0, name="b")
            c = tf.Variable(3.0, name="c")
            serialized_tf_example = tf.placeholder(tf.string, name="tf_example", shape=[None])
            tf_example = tf.parse_example(serialized_tf_example, _get_feature_spec())
            x = tf.identity(tf_example["x"], name="x")
            y = tf.add(tf.multiply(a, x), b)
            y = tf.identity(y, name="y")
            x2 = tf.identity(tf_example["x2"], name="x2")
            y3 = tf.add(tf.multiply(a, x2), c, name="y3")
        signature_def_map = {
            "regress_x_to_y": _build_regression_signature(serialized_tf_example, y),
            "regress_x2_to_y3": _build_regression_signature(x2, y3),
            "classify_x_to_y": _build_classification_signature(serialized_tf_example, y),
            tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: _build_predict_signature(x, y),
        }
        sess.run(tf.global_variables_initializer())
        if use_main_op:
            builder.add_meta_graph_and_variables(
                sess, [tf.saved_model.tag_constants.SERVING],
                signature_def_map=signature_def_map,
                assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
                main_op=tf.group(tf.tables_initializer(), tf.local_variables_initializer()))
        else:
            builder.add_meta_graph_and_variables(
                sess, [tf.saved_model.tag_constants.SERVING],
                signature_def_map=signature_def_map,
                assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS))
    builder.save(as_text)


def main(_):
    _generate("export/half_plus_two")
    _generate("export/half_plus_two_main_op", use_main_op=True)
    print("SavedModel generated")


if __name__ == "__main__":
    tf.compat.v1.app.run(main=main)
