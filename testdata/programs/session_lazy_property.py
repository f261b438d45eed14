import numpy as np
import tensorflow as tf


def lazy_property(function):
    attribute = '_' + function.__name__

    @property
    def wrapper(self):
        if not hasattr(self, attribute):
            with tf.variable_scope(function.__name__):
                setattr(self, attribute, function(self))
        return getattr(self, attribute)
    return wrapper


class Model:
    def __init__(self, data, target):
        self.data = data
        self.target = target
        self.prediction
        self.optimize
        self.error

    @lazy_property
    def prediction(self):
        w = tf.Variable(tf.truncated_normal([4, 3], stddev=0.1, seed=1))
        b = tf.Variable(tf.constant(0.1, shape=[3]))
        return tf.nn.softmax(tf.matmul(self.data, w) + b)

    @lazy_property
    def optimize(self):
        cross_entropy = -tf.reduce_sum(self.target * tf.log(self.prediction))
        return tf.train.RMSPropOptimizer(0.03).minimize(cross_entropy)

    @lazy_property
    def error(self):
        mistakes = tf.not_equal(tf.argmax(self.target, 1), tf.argmax(self.prediction, 1))
        return tf.reduce_mean(tf.cast(mistakes, tf.float32))


def main():
    rng = np.random.RandomState(0)
    data = tf.placeholder(tf.float32, [None, 4])
    target = tf.placeholder(tf.float32, [None, 3])
    model = Model(data, target)
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    for _ in range(5):
        sess.run(model.optimize, {data: rng.rand(6, 4), target: np.eye(3)[rng.randint(0, 3, 6)]})
    inputs = {'data': tf.saved_model.utils.build_tensor_info(model.data)}
    outputs = {'prediction': tf.saved_model.utils.build_tensor_info(model.prediction)}
    signature = tf.saved_model.signature_def_utils.build_signature_def(inputs=inputs, outputs=outputs, method_name='tensorflow/serving/predict')
    b = tf.saved_model.builder.SavedModelBuilder('export/lazy')
    b.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.SERVING], signature_def_map={'serving_default': signature})
    b.save()


if __name__ == '__main__':
    main()
