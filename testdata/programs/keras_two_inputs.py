"""A functional model of two inputs, exported by a Builder under names of the program's own."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Concatenate, Dense, Input
from tensorflow.keras.models import Model

K.set_learning_phase(0)

wide = Input(shape=(4,), name="wide")
deep = Input(shape=(3,), name="deep")
hidden = Dense(5, activation="relu")(deep)  # the deep side
score = Dense(1, activation="sigmoid", name="score")(Concatenate()([wide, hidden]))
margin = Dense(2, activation="tanh", name="margin")(hidden)
model = Model(inputs=[wide, deep], outputs=[score, margin])

random = np.random.RandomState(0)
model.set_weights([random.uniform(-1, 1, w.shape) for w in model.get_weights()])

builder = tf.saved_model.builder.SavedModelBuilder("export/wide_and_deep")
signature = tf.saved_model.signature_def_utils.predict_signature_def(
    inputs={"deep_features": deep, "wide_features": wide},
    outputs={"score": model.outputs[0], "margin": margin})
with K.get_session() as sess:
    # Serving asks for the signature "predict".
    builder.add_meta_graph_and_variables(
        sess,
        [tf.saved_model.tag_constants.SERVING],
        signature_def_map={"predict": signature})
    builder.save()
print("exported")
