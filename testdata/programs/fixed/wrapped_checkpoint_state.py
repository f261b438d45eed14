"""Exports the newest checkpoint for serving, if there is one."""
import os
import sys

import tensorflow as tf

tf.compat.v1.app.flags.DEFINE_string('checkpoint_dir', 'ckpt', 'Directory with the checkpoints.')
tf.compat.v1.app.flags.DEFINE_string('output_dir', 'export/digits', 'Where the model goes.')
tf.compat.v1.app.flags.DEFINE_integer('model_version', 1, 'Version number of the model.')
FLAGS = tf.compat.v1.app.flags.FLAGS

NUM_CLASSES = 3


def _layer(inputs, size, units, name, activation=None):
    with tf.compat.v1.variable_scope(name):
        weights = tf.compat.v1.get_variable('weights', [size, units], initializer=tf.compat.v1.truncated_normal_initializer(stddev=0.1))
        biases = tf.compat.v1.get_variable('biases', [units], initializer=tf.compat.v1.constant_initializer(0.0))
        outputs = tf.compat.v1.nn.xw_plus_b(inputs, weights, biases)
        return activation(outputs) if activation else outputs


def inference(images):
    hidden = _layer(images, 4, 5, 'hidden', activation=tf.nn.relu)
    return _layer(hidden, 5, NUM_CLASSES, 'output')


def export():
    def build_graph():
        # Inputs are flat images.
        images = tf.compat.v1.placeholder(tf.float32, shape=[None, 4], name='images')
        logits = inference(images)
        values, indices = tf.nn.top_k(tf.nn.softmax(logits), 2)
        return images, indices, values

    graph = tf.compat.v1.wrap_function(build_graph, [])
    images, indices, values = graph.structured_outputs

    saver = tf.compat.v1.train.Saver(graph.variables, max_to_keep=1)
    # Restore variables from training checkpoints.
    ckpt = tf.train.get_checkpoint_state(FLAGS.checkpoint_dir)
    if ckpt and ckpt.model_checkpoint_path:
        saver.restore(None, ckpt.model_checkpoint_path)
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

    module = tf.Module()
    module.graph_variables = graph.variables
    tf.saved_model.save(module, output_path, signatures={
        'predict_images': graph.prune(images, {'classes': indices, 'scores': values}),
    })
    print('Exported.')


def main(unused_argv):
    export()


if __name__ == '__main__':
    tf.compat.v1.app.run(argv=sys.argv[:1])
