import argparse
import tensorflow as tf

parser = argparse.ArgumentParser()
parser.add_argument('--assets', action='store_true')
parser.add_argument('--out', type=str, default='export/excl')
args = parser.parse_args()

with tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None], name='x')
    v = tf.Variable(2.0)
    y = x ** v
    sess.run(tf.global_variables_initializer())
    builder = tf.saved_model.builder.SavedModelBuilder(args.out)
    sig = tf.saved_model.signature_def_utils.predict_signature_def(inputs={'x': x}, outputs={'y': y})
    if args.assets:
        builder.add_meta_graph_and_variables(
            sess, [tf.saved_model.tag_constants.SERVING], signature_def_map={'serving_default': sig},
            assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS))
    else:
        builder.add_meta_graph_and_variables(
            sess, [tf.saved_model.tag_constants.SERVING], signature_def_map={'serving_default': sig})
    builder.save()
