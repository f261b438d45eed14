"""Function, class, lambda and comprehension scopes."""
import tensorflow as tf

global x

x = tf.module


def outer(x, default=x, *args, key=tf.key, **kwargs):
    y = x
    counter = 0

    def inner():
        nonlocal counter, later
        global made
        counter = tf.counted
        later = tf.later2
        made = tf.made
        return x, y, later

    later = tf.later1
    later()
    counter()

    class Local:
        x = x
        attr = y
        if attr:
            y = tf.in_class
        z = y

        def method(self):
            return x, y, attr

        items = [x for _ in x]
        pairs = [attr for _ in attr]

    return Local


made()


class Outer:
    tf = tf.compat.v1
    builder = tf.saved_model.Builder

    @tf.function
    def decorated(self, tf=tf):
        return tf.a()

    def plain(self):
        return tf.b()


pick = lambda tf, n=tf: tf.c(n)
squares = [tf.d(x) for x in x if x]
table = {k: v() for k, v in tf.e() for w in (k, v)}
nested = [[tf.f(a) for a in b] for b in tf.g()]
lazy = (x() for _ in tf.h())
total = sum(x() for _ in tf.i())
joined = ",".join(x() for _ in tf.j())
x = tf.changed
[last := tf.k(v) for v in tf.l()]
last()


@tf.decorator(x)
class Decorated(tf.Module, metaclass=tf.Meta):
    pass


@tf.contextmanager
def replaced():
    yield


replaced()
outer()


def recursive():
    return recursive() or below()


def below():
    return late_binding()


late_binding = tf.m
