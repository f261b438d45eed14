"""Learns to tell which of three numbers is the largest."""
import shutil

import numpy as np
import tensorflow as tf


class Largest:
    """A graph with its session."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.numbers = tf.compat.v1.placeholder(tf.float32, [None, 3], name="numbers")
            self.answer = tf.compat.v1.placeholder(tf.int64, [None], name="answer")
            matrix = tf.compat.v1.get_variable(
                "matrix", initializer=tf.constant(self.random.randn(3, 3) * 0.1, tf.float32))
            logits = tf.matmul(self.numbers, matrix)
            self.chances = tf.nn.softmax(logits, name="chances")
            loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(self.answer, logits)
            self.step = tf.compat.v1.train.GradientDescentOptimizer(0.5).minimize(loss)
            self.sess = tf.compat.v1.Session(graph=self.graph)
            self.sess.run(tf.compat.v1.global_variables_initializer())

    def learn(self, batches):
        for _ in range(batches):
            batch = self.random.randn(16, 3)
            self.sess.run(self.step, feed_dict={self.numbers: batch, self.answer: batch.argmax(axis=1)})

    def chances_of(self, numbers):
        return self.sess.run(self.chances, feed_dict={self.numbers: [numbers]})[0]

    def export(self, directory):
        shutil.rmtree(directory, ignore_errors=True)
        with self.graph.as_default():
            tf.compat.v1.saved_model.simple_save(
                self.sess, directory,
                inputs={"numbers": self.numbers}, outputs={"chances": self.chances})


model = Largest(seed=5)
model.learn(30)
print("largest of 1, 3, 2: number", model.chances_of([1.0, 3.0, 2.0]).argmax())
model.export("export/largest")
