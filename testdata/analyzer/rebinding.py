"""Rebinding, deleting, and what is left."""
import tensorflow as tf

tf.a()
tf = tf.compat.v1
tf.b()
tf = tf.estimator
tf.c()
del tf
tf.d()
import tensorflow as tf
tf.e()
tf, other = other_module, tf
tf.f()
other.g()
tf: object
tf.h()
sm: object = other.saved_model
sm.i()
x = y = other.saved_model
x.j()
y.k()
a, (b, *c), d = other.a, (other.b, other.c, other.c2), other.d
a()
b()
c()
d()
[e, f] = [other.e, other.f]
e()
f()
e += 1
e()


def shadows(other):
    other.l()
    y.m()


def local():
    tf.n()
    tf = other
    tf.o()
    return tf
    tf.p()


def early(flag):
    t = other.first
    if flag:
        return t()
    t = other.second
    t()
    return
    for q in t():
        t()
