import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def build_model():
    image = tf.placeholder(tf.float32, [None, 4], name='image')
    scale = tf.placeholder_with_default(1., [], name='scale')
    weights = tf.get_variable('weights', initializer=np.arange(12, dtype=np.float32).reshape(4, 3) / 7)
    logits = tf.matmul(image, weights) * scale
    inputs = {'image': image, 'scale': scale}
    outputs = {'logits': logits, 'probabilities': tf.nn.softmax(logits), 'classes': tf.argmax(logits, 1)}
    return inputs, outputs


def tensor_infos(tensors):
    return {name: tf.saved_model.utils.build_tensor_info(tensor) for name, tensor in tensors.items()}


def export(sess, inputs, outputs, export_dir):
    builder = tf.saved_model.builder.SavedModelBuilder(export_dir)
    signature = tf.saved_model.signature_def_utils.build_signature_def(
        inputs=tensor_infos(inputs),
        outputs=tensor_infos(outputs),
        method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
    builder.add_meta_graph_and_variables(
        sess, [tf.saved_model.tag_constants.SERVING],
        signature_def_map={'predict_images': signature},
        strip_default_attrs=True)
    return builder.save()


if __name__ == '__main__':
    with tf.Graph().as_default(), tf.Session() as sess:
        inputs, outputs = build_model()
        sess.run(tf.global_variables_initializer())
        batch = np.eye(4, dtype=np.float32)
        print(sess.run(outputs['classes'], {inputs['image']: batch}))
        export(sess, inputs, outputs, 'export/images')
