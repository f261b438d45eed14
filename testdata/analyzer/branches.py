"""if, try, while, for, with, match and what they leave bound."""
import contextlib
import tensorflow as tf
import project

if tf.version:
    tf = tf.compat.v1
elif project:
    tf = project.tf
tf.a()

api = tf.one
while api():
    api()
    api = project.two
else:
    api()
api()

for api in (tf.three, project.four):
    api()
api()

for known in [tf.five]:
    known()
else:
    known()
known()

for i, (fn, arg) in [(0, (tf.six, 1)), (1, (tf.seven, 2))]:
    fn(arg)

for unknown in project.all():
    unknown()

try:
    made = tf.eight
    made = tf.nine
except (ValueError, OSError) as error:
    made()
    error()
    made = tf.ten
except KeyError:
    raise
else:
    made()
finally:
    made()
made()
error()

with tf.Session() as sess, project.open() as (left, right):
    sess.run()
    left()
sess.run()
with tf.Graph().as_default():
    inside = tf.eleven
inside()
with contextlib.suppress(ValueError):
    inside = project.twelve
    inside = project.thirteen
inside()

match tf.kind:
    case [first, *rest] | {"k": first, **rest}:
        first(rest)
    case tf.Kind(x=1, y=attr) as whole if whole:
        attr(whole)
    case str() | -1 | None | "x":
        inside = tf.fourteen
    case tf.CONST:
        inside()
    case _:
        raise ValueError
inside()

if walrus := tf.fifteen:
    walrus()
walrus()
tf.flag and (maybe := tf.sixteen)
maybe()
either = tf.seventeen if tf.flag else tf.eighteen
either()
fallback = tf.nineteen or project.twenty
fallback()

while True:
    if tf.stop:
        looped = tf.twentyone
        break
    looped = tf.twentytwo
    continue
looped()
