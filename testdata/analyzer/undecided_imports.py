"""Names that have two answers, or none."""
import sys

try:
    import tensorflow.compat.v1 as tf
except ImportError:
    import tensorflow as tf

if sys.version_info[0] < 3:
    from tensorflow import saved_model as sm
else:
    from project import saved_model as sm

try:
    import cPickle as pickle
except ImportError:
    pickle = None

if sys.argv:
    import late

try:
    unicode
except NameError:
    unicode = str

tf.saved_model.Builder("a")
sm.Builder("b")
pickle.dump("c")
late.save("d")
unicode("e")
missing.save("f")
