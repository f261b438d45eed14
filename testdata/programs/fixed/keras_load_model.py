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
    loaded = load_model(H5, compile=False)

    @tf.function(input_signature=[tf.TensorSpec(loaded.inputs[0].shape, loaded.inputs[0].dtype, name="series")])
    def serve(series):
        return {"scores": tf.nest.flatten(loaded(series, training=False))[0]}

    module = tf.Module()
    # Keras 3's variables hold TensorFlow's.
    module.model_variables = [v if isinstance(v, tf.Variable) else v.value for v in loaded.variables]
    tf.saved_model.save(module, export_dir, signatures={"serving_default": serve})


convert("export/series")
