"""Export the classifier with the signatures that TensorFlow Serving has methods for."""
import tensorflow as tf

tf.compat.v1.app.flags.DEFINE_string('checkpoint_dir', 'ckpt', 'where it was trained')
tf.compat.v1.app.flags.DEFINE_string('work_dir', 'export/classify', 'where to export it')
FLAGS = tf.compat.v1.app.flags.FLAGS


def main(_):
    def build_graph():
        serialized_tf_example = tf.compat.v1.placeholder(tf.string, name='inputs')
        feature_configs = {'x': tf.io.FixedLenFeature(shape=[4], dtype=tf.float32)}
        tf_example = tf.compat.v1.parse_example(serialized_tf_example, feature_configs)
        x = tf.identity(tf_example['x'], name='x')  # use tf.identity() to assign name
        with tf.compat.v1.variable_scope('hidden'):
            h = tf.nn.relu(tf.compat.v1.nn.xw_plus_b(x, tf.compat.v1.get_variable('weights', [4, 5]), tf.compat.v1.get_variable('biases', [5])))
        with tf.compat.v1.variable_scope('output'):
            y = tf.nn.softmax(tf.compat.v1.nn.xw_plus_b(h, tf.compat.v1.get_variable('weights', [5, 3]), tf.compat.v1.get_variable('biases', [3])))
        values, indices = tf.nn.top_k(y, 3)
        names = tf.constant(['cat', 'dog', 'other'])
        classes = tf.compat.v1.gather(names, tf.compat.v1.to_int64(indices))
        return serialized_tf_example, y, values[:, 0], classes, values

    graph = tf.compat.v1.wrap_function(build_graph, [])
    serialized_tf_example, y, outputs, classes, values = graph.structured_outputs

    tf.compat.v1.train.Saver(graph.variables).restore(None, tf.train.latest_checkpoint(FLAGS.checkpoint_dir))

    module = tf.Module()
    module.graph_variables = graph.variables
    tf.saved_model.save(module, FLAGS.work_dir, signatures={
        'predict': tf.function(
            graph.prune(serialized_tf_example, {'y': y}),
            input_signature=[tf.TensorSpec(serialized_tf_example.shape, serialized_tf_example.dtype, 'x')]),
        'best': graph.prune(serialized_tf_example, {'outputs': outputs}),
        tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: graph.prune(serialized_tf_example, {
            tf.saved_model.CLASSIFY_OUTPUT_CLASSES: classes,
            tf.saved_model.CLASSIFY_OUTPUT_SCORES: values}),
    })
    updater = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater(FLAGS.work_dir)
    updater.replace_method_name(signature_key='best', method_name=tf.saved_model.REGRESS_METHOD_NAME)
    updater.replace_method_name(signature_key=tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY, method_name=tf.saved_model.CLASSIFY_METHOD_NAME)
    updater.save()


if __name__ == '__main__':
    tf.compat.v1.app.run(argv=['wrapped_classify'])
