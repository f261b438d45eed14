import os.path as osp
import shutil
import tensorflow as tf


class Logger:
    def __init__(self, output_dir):
        self.output_dir = output_dir

    def setup_tf_saver(self, sess, inputs, outputs):
        self.tf_saver_elements = dict(session=sess, inputs=inputs, outputs=outputs)

    def _tf_simple_save(self, itr=None):
        fpath = 'simple_save' + ('%d' % itr if itr is not None else '')
        fpath = osp.join(self.output_dir, fpath)
        if osp.exists(fpath):
            shutil.rmtree(fpath)
        tf.saved_model.simple_save(export_dir=fpath, **self.tf_saver_elements)


def main():
    x_ph = tf.placeholder(dtype=tf.float32, shape=(None, 3))
    with tf.variable_scope('pi'):
        w = tf.get_variable('w', (3, 2), initializer=tf.initializers.variance_scaling(seed=4))
        pi = tf.tanh(tf.matmul(x_ph, w))
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    logger = Logger('export/rl')
    logger.setup_tf_saver(sess, inputs={'x': x_ph}, outputs={'pi': pi})
    for itr in range(2):
        sess.run(w.assign(w * 0.5))
        logger._tf_simple_save(itr)


main()
