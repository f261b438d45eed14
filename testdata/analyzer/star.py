"""Star imports: they may bring a name that nothing else binds, and any other name is not theirs."""
from tensorflow.saved_model import *
from helpers import *
import tensorflow as tf

Builder("a")
tf.saved_model.Builder("b")
str("c")
if tf.flags:
    simple_save = tf.saved_model.simple_save
simple_save("d")
