"""Export the same graph in one call."""
import shutil

import tensorflow as tf
import tensorflow.compat.v1 as tf1


def remove_dir(path):
  try:
    shutil.rmtree(path)
  except OSError:
    pass


def add_two(input):
  return input + 2


remove_dir('export/simple')

with tf.Graph().as_default() as g:
  with tf1.Session() as sess:
    input = tf1.placeholder(tf.float32, shape=[])
    output = add_two(input)
    print('add_two output: ', sess.run(output, {input: 3.}))

    tf1.saved_model.simple_save(
        sess, 'export/simple',
        inputs={'input': input},
        outputs={'output': output})
