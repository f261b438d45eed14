"""Images, with the operations sorted into name scopes."""
import tensorflow as tf

with tf.Graph().as_default() as graph:
    with tf.name_scope("input"):
        image = tf.placeholder(tf.float32, shape=(None, 4, 4, 1), name="image")
    # Scale and mirror.
    with tf.name_scope("preprocess"):
        scaled = image / 255.
        flipped = tf.image.flip_left_right(scaled)  # mirrored

    pooled = tf.nn.max_pool(flipped, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
    mean = tf.reduce_mean(pooled, axis=[1, 2, 3], keep_dims=True)
    with tf.Session(graph=graph) as sess:
        sess.run(tf.global_variables_initializer())
        for size in (1, 2):
            images = [[[[1.]] * 4] * 4] * size
            p, m = sess.run([pooled, mean], feed_dict={image: images})
            print(p.shape, m.shape)
        tf.saved_model.simple_save(sess, "./export/pooled", inputs={"image": image}, outputs={"pooled": pooled, "mean": mean})
