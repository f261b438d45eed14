import tensorflow as tf

FLAGS = tf.app.flags.FLAGS
tf.app.flags.DEFINE_integer('num_gpus', 2, '')


def _variable_on_cpu(name, shape, initializer):
    with tf.device('/cpu:0'):
        return tf.get_variable(name, shape, initializer=initializer, dtype=tf.float32)


def _variable_with_weight_decay(name, shape, stddev, wd):
    var = _variable_on_cpu(name, shape, tf.truncated_normal_initializer(stddev=stddev, seed=8))
    if wd is not None:
        tf.add_to_collection('losses', tf.multiply(tf.nn.l2_loss(var), wd, name='weight_loss'))
    return var


def inference(images):
    with tf.variable_scope('local') as scope:
        weights = _variable_with_weight_decay('weights', [4, 3], 0.1, 0.004)
        biases = _variable_on_cpu('biases', [3], tf.constant_initializer(0.1))
        return tf.nn.relu(tf.matmul(images, weights) + biases, name=scope.name)


def train():
    with tf.Graph().as_default() as g, tf.device('/cpu:0'):
        images = tf.placeholder(tf.float32, [None, 4], name='images')
        opt = tf.train.GradientDescentOptimizer(0.1)
        tower_grads = []
        with tf.variable_scope(tf.get_variable_scope()):
            for i in range(FLAGS.num_gpus):
                with tf.name_scope('tower_%d' % i) as scope:
                    logits = inference(images + float(i))
                    tf.add_to_collection('losses', tf.reduce_mean(tf.square(logits - 1.)))
                    loss = tf.add_n(tf.get_collection('losses', scope), name='total_loss')
                    tf.get_variable_scope().reuse_variables()
                    tower_grads.append(opt.compute_gradients(loss))
        grads = []
        for pairs in zip(*tower_grads):
            grad = tf.reduce_mean(tf.stack([p[0] for p in pairs]), 0)
            grads.append((grad, pairs[0][1]))
        apply = opt.apply_gradients(grads)
        variable_averages = tf.train.ExponentialMovingAverage(0.9)
        with tf.control_dependencies([apply]):
            train_op = variable_averages.apply(tf.trainable_variables())
        saver = tf.train.Saver(tf.global_variables())
        sess = tf.Session(config=tf.ConfigProto(allow_soft_placement=True))
        sess.run(tf.global_variables_initializer())
        for _ in range(3):
            sess.run(train_op, {images: [[1., 2., 3., 4.]]})
        saver.save(sess, 'ckpt/model.ckpt', global_step=2)


def export():
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, [None, 4], name='images')
        logits = inference(images)
        variable_averages = tf.train.ExponentialMovingAverage(0.9)
        variables_to_restore = variable_averages.variables_to_restore()
        saver = tf.train.Saver(variables_to_restore)
        with tf.Session() as sess:
            ckpt = tf.train.get_checkpoint_state('ckpt')
            if ckpt and ckpt.model_checkpoint_path:
                saver.restore(sess, ckpt.model_checkpoint_path)
                global_step = ckpt.model_checkpoint_path.split('/')[-1].split('-')[-1]
            else:
                print('No checkpoint file found')
                return
            builder = tf.saved_model.builder.SavedModelBuilder('export/towers/' + global_step)
            tensor_info_x = tf.saved_model.utils.build_tensor_info(images)
            tensor_info_y = tf.saved_model.utils.build_tensor_info(logits)
            builder.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.SERVING], signature_def_map={
                'predict': tf.saved_model.signature_def_utils.build_signature_def(
                    inputs={'images': tensor_info_x}, outputs={'logits': tensor_info_y},
                    method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)})
            builder.save()


def main(argv=None):
    train()
    export()


if __name__ == '__main__':
    tf.app.run()
