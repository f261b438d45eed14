"""TensorFlow 1's LSTM is another layer than TensorFlow 2's."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import LSTM, Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.backend import get_session

model = Sequential([LSTM(4, input_shape=(5, 2)), Dense(1)])
values = np.random.RandomState(5)
model.set_weights([values.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
tf.saved_model.simple_save(get_session(), "export/recurrent", inputs={"steps": model.input}, outputs={"next": model.output})
