"""A model in an HDF5 file that is turned into a SavedModel."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.models import load_model

H5 = "model.h5"

model = tf.keras.models.Sequential()
model.add(tf.keras.layers.Conv1D(4, 2, padding="same", activation="relu", input_shape=(6, 2)))
model.add(tf.keras.layers.GlobalMaxPooling1D())
model.add(tf.keras.layers.Dense(2))
model.set_weights([np.linspace(-1, 1, w.size).reshape(w.shape) for w in model.get_weights()])
model.save(H5, include_optimizer=False)


def convert(export_dir):
    # The learning phase has to be set before the model is loaded.
    tf.keras.backend.clear_session()
    tf.keras.backend.set_learning_phase(0)
    loaded = load_model(H5, compile=False)
    sess = tf.keras.backend.get_session()
    tf.saved_model.simple_save(sess, export_dir, inputs={"series": loaded.input}, outputs={"scores": loaded.output})


convert("export/series")
