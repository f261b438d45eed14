import argparse
import os

import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


class Exporter(object):
    """Writes versions of a model while it is trained."""

    def __init__(self, sess, base_dir):
        self.sess = sess
        self.base_dir = base_dir

    def export(self, version, inputs, outputs):
        signature = tf.saved_model.signature_def_utils.predict_signature_def(inputs, outputs)
        path = os.path.join(tf.compat.as_bytes(self.base_dir), tf.compat.as_bytes(str(version)))
        builder = tf.saved_model.builder.SavedModelBuilder(path)
        builder.add_meta_graph_and_variables(
            self.sess, [tf.saved_model.tag_constants.SERVING], signature_def_map={"serving_default": signature})
        print(builder.save())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--versions", type=int, default=2)
    args = parser.parse_args()
    x = tf.placeholder(tf.int64, [None, 2], name="x")
    table = tf.get_variable("table", initializer=[[1., 2.], [3., 4.], [5., 6.]])
    y = tf.reduce_sum(tf.gather(table, x), axis=[1, 2], name="y")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        exporter = Exporter(sess, "export/versions")
        for version in range(1, args.versions + 1):
            sess.run(table.assign(table * 2))
            exporter.export(version, {"ids": x}, {"sum": y})


if __name__ == "__main__":
    main()
