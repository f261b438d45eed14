import tensorflow as tf
from tensorflow.python.saved_model import builder as saved_model_builder
from tensorflow.python.saved_model import signature_constants, signature_def_utils, tag_constants, utils


def make_builder(path):
    return saved_model_builder.SavedModelBuilder(path)


def add_graph(builder, sess, x, y):
    signature = signature_def_utils.build_signature_def(
        inputs={'x': utils.build_tensor_info(x)},
        outputs={'y': utils.build_tensor_info(y)},
        method_name=signature_constants.PREDICT_METHOD_NAME)
    builder.add_meta_graph_and_variables(
        sess, [tag_constants.SERVING],
        signature_def_map={signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature})


def main():
    x = tf.placeholder(tf.float32, [None, 2], name='x')
    w = tf.Variable([[1.], [2.]])
    y = tf.matmul(x, w)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        builder = make_builder('export/passed')
        add_graph(builder, sess, x, y)
        builder.save()


if __name__ == '__main__':
    main()
