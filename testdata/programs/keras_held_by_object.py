"""An object that builds a Keras model in one method and exports it in another."""
import os

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K


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
        builder = tf.saved_model.builder.SavedModelBuilder(path)
        signature = tf.saved_model.signature_def_utils.predict_signature_def(
            {"image": self.model.input}, {"scores": self.model.output})
        builder.add_meta_graph_and_variables(
            K.get_session(), [tf.saved_model.tag_constants.SERVING], {"serving_default": signature})
        builder.save()


K.set_learning_phase(0)
ImageClassifier(4).build().save("export", 1)
