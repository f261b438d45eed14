import os
import time
from datetime import datetime
import tensorflow as tf


def main():
    x = tf.placeholder(tf.float32, [None, 1])
    w = tf.Variable([[2.0]])
    y = x * w
    export_path = os.path.join('export/stamped', str(int(time.time())))
    print('to', export_path)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        builder = tf.saved_model.builder.SavedModelBuilder(export_path)
        sig = (tf.saved_model.signature_def_utils.predict_signature_def(
            inputs={'x': x}, outputs={'y': y}))
        builder.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.SERVING],
                                             {'serving_default': sig}, main_op=tf.tables_initializer())
        try:
            builder.save()
        except (IOError, OSError) as err:
            print(err)


main()
