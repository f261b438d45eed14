"""Images, with the operations sorted into name scopes."""
import tensorflow as tf


class Pooled(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec(shape=(None, 4, 4, 1), dtype=tf.float32, name="image")])
    def serving_default(self, image):
        # Scale and mirror.
        scaled = image / 255.
        flipped = tf.image.flip_left_right(scaled)  # mirrored
        pooled = tf.compat.v1.nn.max_pool(flipped, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
        mean = tf.compat.v1.reduce_mean(pooled, axis=[1, 2, 3], keep_dims=True)
        return {"pooled": pooled, "mean": mean}


model = Pooled()

for size in (1, 2):
    images = [[[[1.]] * 4] * 4] * size
    outputs = model.serving_default(images)
    p, m = outputs["pooled"].numpy(), outputs["mean"].numpy()
    print(p.shape, m.shape)
tf.saved_model.save(model, "./export/pooled", signatures={"serving_default": model.serving_default})
