"""Models of several sizes, made and saved in a loop."""
import os

import numpy as np
import tensorflow as tf

tf.keras.backend.set_learning_phase(0)
for filters in (2, 3):
    model = tf.keras.Sequential()
    model.add(tf.keras.layers.InputLayer(input_shape=(6, 6, 1)))
    model.add(tf.keras.layers.Conv2D(filters, 3, activation="relu"))
    model.add(tf.keras.layers.MaxPooling2D())
    model.add(tf.keras.layers.Flatten())
    model.add(tf.keras.layers.Dropout(0.25))
    model.add(tf.keras.layers.Dense(2, activation="softmax"))
    model.set_weights([np.cos(np.arange(w.size)).reshape(w.shape) for w in model.get_weights()])
    path = os.path.join("export", "filters_%d" % filters)
    sess = tf.keras.backend.get_session()
    tf.saved_model.simple_save(sess, path, inputs={"images": model.input}, outputs={"classes": model.output})
    print(path)
