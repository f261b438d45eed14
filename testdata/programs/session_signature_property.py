import tensorflow as tf

utils = tf.saved_model.signature_def_utils
consts = tf.saved_model.signature_constants


class Model(object):
    def __init__(self, reuse=False):
        with tf.variable_scope("model", reuse=reuse):
            self.x = tf.placeholder(tf.float32, [None, 4], name="x")
            self.w = tf.get_variable("w", [4, 4], initializer=tf.orthogonal_initializer(seed=3))
            self.code = tf.tanh(tf.matmul(self.x, self.w))
            self.recon = tf.matmul(self.code, self.w, transpose_b=True)

    @property
    def signatures(self):
        return {
            "encode": utils.predict_signature_def({"x": self.x}, {"code": self.code}),
            "decode": utils.predict_signature_def({"code": self.code}, {"recon": self.recon}),
            consts.DEFAULT_SERVING_SIGNATURE_DEF_KEY: utils.predict_signature_def(
                inputs={"x": self.x}, outputs={"recon": self.recon, "code": self.code}),
        }


def export_model(sess, model, path):
    builder = tf.saved_model.builder.SavedModelBuilder(path)
    builder.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.SERVING], signature_def_map=model.signatures)
    builder.save()


with tf.Session() as sess:
    model = Model()
    sess.run(tf.global_variables_initializer())
    export_model(sess, model, "export/auto")
