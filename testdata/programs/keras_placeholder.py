"""A model that is called on a graph of placeholders, with a session of the program's own given to Keras."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K

session = tf.Session(config=tf.ConfigProto(allow_soft_placement=True))
K.set_session(session)
K.set_learning_phase(0)

raw = tf.placeholder(tf.string, [None], name="raw")
pixels = tf.reshape(tf.cast(tf.decode_raw(raw, tf.uint8), tf.float32) / 255.0, [-1, 4])
model = tf.keras.Sequential([tf.keras.layers.Dense(2, activation="softmax", input_shape=(4,))])
model.set_weights([np.linspace(-2, 2, 8).reshape(4, 2), np.array([0.5, -0.5])])
scores = model(pixels)
print(K.get_session().run(scores, {raw: [b"\x00\x40\x80\xff"]}))

tf.saved_model.simple_save(K.get_session(), "export/bytes", {"bytes": raw}, {"scores": scores})
