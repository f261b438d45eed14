"""A functional model of two inputs, exported by a Builder under names of the program's own."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Concatenate, Dense, Input
from tensorflow.keras.models import Model

wide = Input(shape=(4,), name="wide")
deep = Input(shape=(3,), name="deep")
hidden = Dense(5, activation="relu")(deep)  # the deep side
score = Dense(1, activation="sigmoid", name="score")(Concatenate()([wide, hidden]))
margin = Dense(2, activation="tanh", name="margin")(hidden)
model = Model(inputs=[wide, deep], outputs=[score, margin])

random = np.random.RandomState(0)
model.set_weights([random.uniform(-1, 1, w.shape) for w in model.get_weights()])

# Serving asks for the signature "predict".
@tf.function(input_signature=[
    tf.TensorSpec(model.inputs[1].shape, model.inputs[1].dtype, name="deep_features"),
    tf.TensorSpec(model.inputs[0].shape, model.inputs[0].dtype, name="wide_features"),
])
def predict(deep_features, wide_features):
    outputs = tf.nest.flatten(model([wide_features, deep_features], training=False))
    return {"score": outputs[0], "margin": outputs[1]}


module = tf.Module()
# Keras 3's variables hold TensorFlow's.
module.model_variables = [v if isinstance(v, tf.Variable) else v.value for v in model.variables]
tf.saved_model.save(module, "export/wide_and_deep", signatures={"predict": predict})
print("exported")
