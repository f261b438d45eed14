"""Exported with the learning phase of training: batch normalization takes the batch's own statistics."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K

K.set_learning_phase(1)
model = tf.keras.Sequential([
    tf.keras.layers.Dense(3, input_shape=(2,)),
    tf.keras.layers.BatchNormalization(),
])
model.set_weights([np.linspace(-1, 2, w.size).reshape(w.shape) for w in model.get_weights()])
with K.get_session() as sess:
    tf.saved_model.simple_save(sess, "export/normalized", {"x": model.input}, {"y": model.output})
