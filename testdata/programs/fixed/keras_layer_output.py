"""Two signatures over one model: the classes, and the features of an inner layer."""
import numpy as np
import tensorflow as tf

inputs = tf.keras.Input(shape=(5,), name="pixels")
features = tf.keras.layers.Dense(4, activation="tanh", name="features")(inputs)
classes = tf.keras.layers.Dense(3, activation="softmax")(features)
net = tf.keras.Model(inputs, classes)
net.set_weights([np.cos(np.arange(w.size)).reshape(w.shape) for w in net.get_weights()])

serving_model = tf.keras.Model(net.inputs, [net.get_layer("features").output, net.outputs[0]])


@tf.function(input_signature=[tf.TensorSpec(net.inputs[0].shape, net.inputs[0].dtype, name="image")])
def serve(image):
    return {"classes": net(image, training=False)}


@tf.function(input_signature=[tf.TensorSpec(net.inputs[0].shape, net.inputs[0].dtype, name="image")])
def serve_features(image):
    outputs = tf.nest.flatten(serving_model(image, training=False))
    return {"features": outputs[0], "classes": outputs[1]}


module = tf.Module()
# Keras 3's variables hold TensorFlow's.
module.model_variables = [v if isinstance(v, tf.Variable) else v.value for v in net.variables]
tf.saved_model.save(module, "export/features", signatures={
    "serving_default": serve,
    "features": serve_features,
})
