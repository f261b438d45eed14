import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
flags = tf.app.flags
flags.DEFINE_string("export_path_base", "export/rank", "where the versions go")
flags.DEFINE_integer("model_version", 7, "version of the model")
FLAGS = flags.FLAGS


def get_session():
    config = tf.ConfigProto(allow_soft_placement=True)
    return tf.Session(config=config)


def main(unused_argv):
    sess = get_session()
    serialized = tf.placeholder(tf.string, name="tf_example")
    features = tf.parse_example(serialized, {"x": tf.FixedLenFeature([2], dtype=tf.float32)})
    x = tf.identity(features["x"], name="x")
    w = tf.Variable([[.5], [2.]])
    b = tf.Variable(tf.constant(.1))
    y = tf.matmul(x, w) + b
    sess.run(tf.global_variables_initializer())
    values, indices = tf.nn.top_k(tf.nn.softmax(tf.concat([y, -y], 1)), 2)
    names = tf.gather(tf.constant(["up", "down"]), indices)

    export_path = "%s/%d" % (FLAGS.export_path_base, FLAGS.model_version)
    print("exporting to", export_path)
    builder = tf.saved_model.builder.SavedModelBuilder(export_path)
    classify = tf.saved_model.signature_def_utils.classification_signature_def(serialized, names, values)
    regress = tf.saved_model.signature_def_utils.regression_signature_def(serialized, y)
    predict = tf.saved_model.signature_def_utils.build_signature_def(
        inputs={"x": tf.saved_model.utils.build_tensor_info(x)},
        outputs={"y": tf.saved_model.utils.build_tensor_info(y)},
        method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
    builder.add_meta_graph_and_variables(
        sess, [tf.saved_model.tag_constants.SERVING],
        signature_def_map={"classify": classify, "regress": regress, "serving_default": predict},
        main_op=tf.tables_initializer())
    builder.save()
    sess.close()


if __name__ == "__main__":
    tf.app.run()
