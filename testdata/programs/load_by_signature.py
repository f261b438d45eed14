"""Run a model by what its signature calls the tensors."""
import tensorflow as tf
import tensorflow.compat.v1 as tf1


def load_tf1(path, input):
    print('Loading from', path)
    with tf.Graph().as_default() as g:
        with tf1.Session() as sess:
            meta_graph = tf1.saved_model.load(sess, ["serve"], path)
            sig_def = meta_graph.signature_def[tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY]
            input_name = sig_def.inputs['input'].name
            output_name = sig_def.outputs['output'].name
            print('  Output with input', input, ': ',
                  sess.run(output_name, feed_dict={input_name: input}))


load_tf1('models/add_two', 5.)
load_tf1('models/add_two', -2.5)
load_tf1('models/scale', [5., 0.25])
