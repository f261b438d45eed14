"""What the model gives is worked on by TensorFlow before it is exported."""
import numpy as np
import tensorflow as tf

model = tf.keras.Sequential([
    tf.keras.layers.Flatten(input_shape=(2, 3)),
    tf.keras.layers.Dense(5, name="logits"),
])
model.set_weights([np.sin(np.arange(w.size, dtype=np.float32)).reshape(w.shape) for w in model.get_weights()])


@tf.function(input_signature=[tf.TensorSpec(model.inputs[0].shape, model.inputs[0].dtype, name="image")])
def serve(image):
    probabilities = tf.nn.softmax(model(image, training=False), name="probabilities")
    best = tf.argmax(probabilities, axis=-1)
    return {"probabilities": probabilities, "best": best}


module = tf.Module()
# Keras 3's variables hold TensorFlow's.
module.model_variables = [v if isinstance(v, tf.Variable) else v.value for v in model.variables]
tf.saved_model.save(module, "export/best", signatures={"serving_default": serve})
