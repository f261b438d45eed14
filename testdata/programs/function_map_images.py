"""Images come encoded in tf.Examples, and each is decoded by a function of its own."""
import tensorflow as tf

SIZE = 4


def preprocess(encoded):
    """Decode a PNG image and bring it to the size of the model."""
    image = tf.image.decode_png(encoded, channels=1)
    image = tf.image.convert_image_dtype(image, dtype=tf.float32)
    image = tf.image.resize_bilinear(tf.expand_dims(image, 0), [SIZE, SIZE], align_corners=False)
    image = tf.squeeze(image, [0])
    image.set_shape([SIZE, SIZE, 1])
    return image


def brightness(images):
    mean = tf.reduce_mean(images, axis=[1, 2, 3])
    return tf.clip_by_value(mean, 0., 1.)


def export(export_path, spec):
    with tf.Graph().as_default():
        serialized = tf.placeholder(tf.string, name="tf_example")
        parsed = tf.parse_example(serialized, spec)
        images = tf.map_fn(preprocess, parsed["image/encoded"], dtype=tf.float32)
        result = brightness(images)
        steps, halved = tf.while_loop(
            lambda i, x: tf.reduce_max(x) > 0.1,
            lambda i, x: (i + 1, x / 2.), [tf.constant(0), result])
        with tf.Session() as sess:
            inputs = {"images": tf.saved_model.utils.build_tensor_info(serialized)}
            outputs = {
                "brightness": tf.saved_model.utils.build_tensor_info(result),
                "halved": tf.saved_model.utils.build_tensor_info(halved),
                "steps": tf.saved_model.utils.build_tensor_info(steps),
            }
            signature = tf.saved_model.signature_def_utils.build_signature_def(
                inputs, outputs, tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
            builder = tf.saved_model.builder.SavedModelBuilder(export_path)
            builder.add_meta_graph_and_variables(
                sess, [tf.saved_model.tag_constants.SERVING],
                {tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature}, clear_devices=True)
            builder.save()


export("export/brightness", {"image/encoded": tf.FixedLenFeature([], tf.string)})
