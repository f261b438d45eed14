"""Two signatures over one model: the classes, and the features of an inner layer."""
import numpy as np
import tensorflow as tf

K = tf.keras.backend

inputs = tf.keras.Input(shape=(5,), name="pixels")
features = tf.keras.layers.Dense(4, activation="tanh", name="features")(inputs)
classes = tf.keras.layers.Dense(3, activation="softmax")(features)
net = tf.keras.Model(inputs, classes)
net.set_weights([np.cos(np.arange(w.size)).reshape(w.shape) for w in net.get_weights()])

builder = tf.saved_model.Builder("export/features")
builder.add_meta_graph_and_variables(
    K.get_session(),
    [tf.saved_model.SERVING],
    signature_def_map={
        "serving_default": tf.saved_model.predict_signature_def({"image": net.input}, {"classes": net.output}),
        "features": tf.saved_model.predict_signature_def(
            {"image": net.input}, {"features": net.get_layer("features").output, "classes": net.output}),
    })
builder.save()
