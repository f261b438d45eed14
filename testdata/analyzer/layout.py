# comments everywhere
import tensorflow as tf  # here


@tf.a  # decorator
# between
@tf.b(
    # inside
)
def f(  # open
    x,  # x
    # lonely
    y=(  # y
        tf.c  # c
    ),
):  # end
    # first
    return tf.d(  # d
        "a"  # one
        "b"  # two
        % x,  # three
    ).e \
        .f


if tf.g:  # test
    # body
    pass
# before else
else:  # else
    # else body
    pass
s = """
# no comment
""" + 'a' 'b'  # after
value = (tf
         .h  # h
         .i)
tf.j(*[1, 2], **{"a": 1}, key=(lambda: tf.k))
d[1:2, ::3, ...] = tf.l
äöü = tf.m
äöü()
