"""An object that builds a Keras model in one method and exports it in another."""
import os

import numpy as np
import tensorflow as tf


class ImageClassifier(object):
    def __init__(self, classes):
        self.classes = classes
        self.model = None

    def build(self):
        model = tf.keras.Sequential([
            tf.keras.layers.Conv2D(2, (3, 3), padding="same", activation="relu", input_shape=(5, 5, 1)),
            tf.keras.layers.MaxPooling2D(),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dropout(.25),
            tf.keras.layers.Dense(self.classes, activation="softmax"),
        ])
        rng = np.random.RandomState(1)
        model.set_weights([rng.uniform(-1, 1, w.shape) for w in model.get_weights()])
        self.model = model
        return self

    def save(self, base, version):
        path = os.path.join(base, str(version))

        @tf.function(input_signature=[
            tf.TensorSpec(self.model.inputs[0].shape, self.model.inputs[0].dtype, name="image"),
        ])
        def serve(image):
            return {"scores": self.model(image, training=False)}

        module = tf.Module()
        # Keras 3's variables hold TensorFlow's.
        module.model_variables = [v if isinstance(v, tf.Variable) else v.value for v in self.model.variables]
        tf.saved_model.save(module, path, signatures={"serving_default": serve})


ImageClassifier(4).build().save("export", 1)
