import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()


def build(pixels):
    with tf.variable_scope('hidden'):
        w = tf.get_variable('weights', shape=[4, 5])
        b = tf.get_variable('biases', shape=[5])
        h = tf.nn.sigmoid(tf.matmul(pixels, w) + b)
    with tf.variable_scope('output'):
        w = tf.get_variable('weights', shape=[5, 3])
        b = tf.get_variable('biases', shape=[3])
        return tf.matmul(h, w) + b


def main():
    with tf.Graph().as_default() as g:
        pixels = tf.placeholder(tf.uint8, [None, 4], name='pixels')
        scale = tf.placeholder(tf.float32, [], name='scale')
        batch = tf.cast(pixels, tf.float32) * scale
        logits = build(batch)
        with tf.Session(graph=g) as sess:
            saver = tf.train.Saver()
            saver.restore(sess, 'ckpt/model.ckpt-100')
            tf.saved_model.simple_save(
                sess, 'export/compat', inputs={'pixels': pixels, 'scale': scale}, outputs={'logits': logits})
    print('done')


if __name__ == '__main__':
    main()
