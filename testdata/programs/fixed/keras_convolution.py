"""Models of several sizes, made and saved in a loop."""
import os

import numpy as np
import tensorflow as tf

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

    @tf.function(input_signature=[tf.TensorSpec(model.inputs[0].shape, model.inputs[0].dtype, name="images")])
    def serve(images):
        return {"classes": model(images, training=False)}

    module = tf.Module()
    # Keras 3's variables hold TensorFlow's.
    module.model_variables = [v if isinstance(v, tf.Variable) else v.value for v in model.variables]
    tf.saved_model.save(module, path, signatures={"serving_default": serve})
    print(path)
