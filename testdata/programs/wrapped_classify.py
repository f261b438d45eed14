"""Export the classifier with the signatures that TensorFlow Serving has methods for."""
import tensorflow as tf

tf.app.flags.DEFINE_string('checkpoint_dir', 'ckpt', 'where it was trained')
tf.app.flags.DEFINE_string('work_dir', 'export/classify', 'where to export it')
FLAGS = tf.app.flags.FLAGS


def main(_):
    with tf.Graph().as_default():
        serialized_tf_example = tf.placeholder(tf.string, name='tf_example')
        feature_configs = {'x': tf.FixedLenFeature(shape=[4], dtype=tf.float32)}
        tf_example = tf.parse_example(serialized_tf_example, feature_configs)
        x = tf.identity(tf_example['x'], name='x')  # use tf.identity() to assign name
        with tf.variable_scope('hidden'):
            h = tf.nn.relu(tf.nn.xw_plus_b(x, tf.get_variable('weights', [4, 5]), tf.get_variable('biases', [5])))
        with tf.variable_scope('output'):
            y = tf.nn.softmax(tf.nn.xw_plus_b(h, tf.get_variable('weights', [5, 3]), tf.get_variable('biases', [3])))
        values, indices = tf.nn.top_k(y, 3)
        names = tf.constant(['cat', 'dog', 'other'])
        classes = tf.gather(names, tf.to_int64(indices))

        with tf.Session() as sess:
            tf.train.Saver().restore(sess, tf.train.latest_checkpoint(FLAGS.checkpoint_dir))

            builder = tf.saved_model.builder.SavedModelBuilder(FLAGS.work_dir)
            classification_signature = tf.saved_model.signature_def_utils.build_signature_def(
                inputs={tf.saved_model.signature_constants.CLASSIFY_INPUTS: tf.saved_model.utils.build_tensor_info(serialized_tf_example)},
                outputs={
                    tf.saved_model.signature_constants.CLASSIFY_OUTPUT_CLASSES: tf.saved_model.utils.build_tensor_info(classes),
                    tf.saved_model.signature_constants.CLASSIFY_OUTPUT_SCORES: tf.saved_model.utils.build_tensor_info(values),
                },
                method_name=tf.saved_model.signature_constants.CLASSIFY_METHOD_NAME)
            regression_signature = tf.saved_model.signature_def_utils.regression_signature_def(serialized_tf_example, values[:, 0])
            predict_signature = tf.saved_model.signature_def_utils.predict_signature_def({'x': serialized_tf_example}, {'y': y})
            builder.add_meta_graph_and_variables(
                sess, [tf.saved_model.tag_constants.SERVING],
                signature_def_map={
                    'predict': predict_signature,
                    'best': regression_signature,
                    tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: classification_signature,
                },
                main_op=tf.tables_initializer(),
                strip_default_attrs=True)
            builder.save()


if __name__ == '__main__':
    tf.app.run(argv=['wrapped_classify'])
