"""Exports the newest checkpoint for serving, if there is one."""
import os
import sys

import tensorflow as tf

tf.app.flags.DEFINE_string('checkpoint_dir', 'ckpt', 'Directory with the checkpoints.')
tf.app.flags.DEFINE_string('output_dir', 'export/digits', 'Where the model goes.')
tf.app.flags.DEFINE_integer('model_version', 1, 'Version number of the model.')
FLAGS = tf.app.flags.FLAGS

NUM_CLASSES = 3


def _layer(inputs, size, units, name, activation=None):
    with tf.variable_scope(name):
        weights = tf.get_variable('weights', [size, units], initializer=tf.truncated_normal_initializer(stddev=0.1))
        biases = tf.get_variable('biases', [units], initializer=tf.constant_initializer(0.0))
        outputs = tf.nn.xw_plus_b(inputs, weights, biases)
        return activation(outputs) if activation else outputs


def inference(images):
    hidden = _layer(images, 4, 5, 'hidden', activation=tf.nn.relu)
    return _layer(hidden, 5, NUM_CLASSES, 'output')


def export():
    with tf.Graph().as_default():
        # Inputs are flat images.
        images = tf.placeholder(tf.float32, shape=[None, 4])
        logits = inference(images)
        values, indices = tf.nn.top_k(tf.nn.softmax(logits), 2)

        saver = tf.train.Saver(max_to_keep=1)
        with tf.Session() as sess:
            # Restore variables from training checkpoints.
            ckpt = tf.train.get_checkpoint_state(FLAGS.checkpoint_dir)
            if ckpt and ckpt.model_checkpoint_path:
                saver.restore(sess, ckpt.model_checkpoint_path)
                step = ckpt.model_checkpoint_path.split('/')[-1].split('-')[-1]
                print('Loaded the model at step %s.' % step)
            else:
                print('No checkpoint file found at %s' % FLAGS.checkpoint_dir)
                return

            # Export inference model.
            output_path = os.path.join(
                tf.compat.as_bytes(FLAGS.output_dir),
                tf.compat.as_bytes(str(FLAGS.model_version)))
            print('Exporting to', tf.compat.as_str_any(output_path))
            builder = tf.saved_model.builder.SavedModelBuilder(output_path)

            images_info = tf.saved_model.utils.build_tensor_info(images)
            classes_info = tf.saved_model.utils.build_tensor_info(indices)
            scores_info = tf.saved_model.utils.build_tensor_info(values)
            signature = tf.saved_model.signature_def_utils.build_signature_def(
                inputs={'images': images_info},
                outputs={'classes': classes_info, 'scores': scores_info},
                method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
            legacy_init_op = tf.group(tf.tables_initializer(), name='legacy_init_op')
            builder.add_meta_graph_and_variables(
                sess, [tf.saved_model.tag_constants.SERVING],
                signature_def_map={'predict_images': signature},
                legacy_init_op=legacy_init_op)
            builder.save()
            print('Exported.')


def main(unused_argv):
    export()


if __name__ == '__main__':
    tf.app.run(argv=sys.argv[:1])
