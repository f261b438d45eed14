"""Run a model by what its signature calls the tensors."""
import tensorflow as tf
import tensorflow.compat.v1 as tf1


def load_tf1(path, input):
    print('Loading from', path)
    loaded = tf.saved_model.load(path, tags=["serve"])
    sig_def = loaded.signatures[tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY]
    print('  Output with input', input, ': ',
          sig_def(input=tf.constant(input, sig_def.structured_input_signature[1]['input'].dtype))['output'].numpy())


load_tf1('models/add_two', 5.)
load_tf1('models/add_two', -2.5)
load_tf1('models/scale', [5., 0.25])
