"""Two layers with a softmax on top."""
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

EXPORT_DIR = 'export/' + 'mlp'


def layer(name, value, units, seed):
    width = int(value.shape[-1])
    with tf.variable_scope(name):
        start = np.random.RandomState(seed).randn(width, units) / np.sqrt(width)
        kernel = tf.get_variable('kernel', initializer=start.astype('float32'))
        bias = tf.get_variable('bias', [units], initializer=tf.constant_initializer(0.01))
        return tf.matmul(value, kernel) + bias


with tf.Graph().as_default():
    image = tf.placeholder(tf.float32, [None, 9], name='image')
    label = tf.placeholder(tf.float32, [None, 4], name='label')

    hidden = tf.nn.relu(layer('hidden', image, 6, seed=1))
    logits = layer('top', hidden, 4, seed=2)
    prediction = tf.nn.softmax(logits, name='prediction')
    loss = tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=label, logits=logits))
    global_step = tf.train.get_or_create_global_step()
    train_op = tf.train.RMSPropOptimizer(0.01).minimize(loss, global_step=global_step)

    rng = np.random.RandomState(0)
    images, labels = rng.rand(12, 9), np.eye(4)[rng.randint(4, size=12)]

    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        while sess.run(global_step) < 8:
            sess.run(train_op, feed_dict={image: images, label: labels})
        print('steps: %d' % sess.run(global_step))
        print('loss: %.4f' % sess.run(loss, feed_dict={image: images, label: labels}))

        tf.saved_model.simple_save(
            session=sess,
            export_dir=EXPORT_DIR,
            inputs={'image': image},
            outputs={'prediction': prediction},
        )
