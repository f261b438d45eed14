"""Broken source: what can be read around it is read."""
import tensorflow as tf

tf.a(
def f(:
    tf.b()

tf.c()
x = = tf.d()
tf.e()
