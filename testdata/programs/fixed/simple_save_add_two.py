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


class AddTwo(tf.Module):
  @tf.function(input_signature=[tf.TensorSpec(shape=[], dtype=tf.float32, name='input')])
  def serving_default(self, input):
    output = add_two(input)
    return {'output': output}


model = AddTwo()
print('add_two output: ', model.serving_default(3.)['output'].numpy())

tf.saved_model.save(model, 'export/simple', signatures={'serving_default': model.serving_default})
