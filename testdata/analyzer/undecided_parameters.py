"""Parameters, shadowed names and look-alikes: nothing here is TensorFlow for sure."""
import project
import tensorflow as tf


def parameter(tf):
    tf.saved_model.Builder("a")


def default(tf=tf):
    tf.saved_model.Builder("b")


def shadow():
    tf = project.tf
    tf.saved_model.Builder("c")


class tf_like:
    saved_model = project.saved_model


tf_like.saved_model.Builder("d")
tf_like().saved_model.Builder("e")
(lambda tf: tf.saved_model.Builder("f"))(project)
[tf.saved_model.Builder("g") for tf in project.all()]
for sm in project.all():
    sm.saved_model.Builder("h")
try:
    raise project.Error
except project.Error as tf_error:
    tf_error.saved_model.Builder("i")
swapped = project.tf if project.flag else tf
swapped.saved_model.Builder("j")
table = {"tf": tf}
table["tf"].saved_model.Builder("k")
getattr(tf, "saved_model").Builder("l")
*many, one = tf, project
one.saved_model.Builder("m")
with tf as entered:
    entered.saved_model.Builder("n")


def changes():
    global changing
    changing = project.tf


changing = tf
changing.saved_model.Builder("o")


def use(tf: "tf.Thing") -> "tf.Thing":
    import project as tf
    tf.saved_model.Builder("p")
