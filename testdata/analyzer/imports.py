"""Every form of import."""
from __future__ import absolute_import, print_function
import tensorflow
import tensorflow as tf
import tensorflow.compat.v1 as tf1
import tensorflow.python.saved_model.builder
import os, sys as system
from tensorflow import saved_model
from tensorflow import saved_model as sm, compat
from tensorflow.python.saved_model import (
    builder as saved_model_builder,  # the old path
    tag_constants,
)
from . import sibling
from .utils import tf as local_tf
from ..pkg.mod import thing
from . import *
from tensorflow . compat import v1

tensorflow.saved_model.Builder("a")
tf.saved_model.Builder("b")
tf1.saved_model.Builder("c")
tensorflow.python.saved_model.builder.SavedModelBuilder("d")
saved_model.Builder("e")
sm.Builder("f")
compat.v1.saved_model.Builder("g")
saved_model_builder.SavedModelBuilder("h")
v1.saved_model.Builder("i")
sibling.save("j")
local_tf.saved_model.Builder("k")
thing.save("l")
unknown.save("m")
os.path.join("a", "b")
system.exit()


def inside():
    import tensorflow.keras as tf
    from tensorflow import keras
    tf.models.load_model("n")
    keras.models.load_model("o")
    sm.Builder("p")
