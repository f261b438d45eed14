"""Images come encoded in tf.Examples, and each is decoded by a function of its own."""
import tensorflow as tf

SIZE = 4


def preprocess(encoded):
    """Decode a PNG image and bring it to the size of the model."""
    image = tf.image.decode_png(encoded, channels=1)
    image = tf.image.convert_image_dtype(image, dtype=tf.float32)
    image = tf.compat.v1.image.resize_bilinear(tf.expand_dims(image, 0), [SIZE, SIZE], align_corners=False)
    image = tf.squeeze(image, [0])
    image.set_shape([SIZE, SIZE, 1])
    return image


def brightness(images):
    mean = tf.reduce_mean(images, axis=[1, 2, 3])
    return tf.clip_by_value(mean, 0., 1.)


def export(export_path, spec):
    class Brightness(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec(shape=None, dtype=tf.string, name="images")])
        def serving_default(self, serialized):
            parsed = tf.compat.v1.parse_example(serialized, spec)
            images = tf.compat.v1.map_fn(preprocess, parsed["image/encoded"], dtype=tf.float32)
            result = brightness(images)
            steps, halved = tf.compat.v1.while_loop(
                lambda i, x: tf.reduce_max(x) > 0.1,
                lambda i, x: (i + 1, x / 2.), [tf.constant(0), result])
            return {"brightness": result, "halved": halved, "steps": steps}

    model = Brightness()
    tf.saved_model.save(model, export_path, signatures={
        tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: model.serving_default,
    })


export("export/brightness", {"image/encoded": tf.io.FixedLenFeature([], tf.string)})
