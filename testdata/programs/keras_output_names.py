"""The names of the signature are those of the graph's tensors, as in the guide of TensorFlow Serving."""
import numpy as np
import tensorflow as tf

tf.keras.backend.set_learning_phase(0)  # Ignore dropout at inference

model = tf.keras.Sequential([
    tf.keras.layers.Dense(6, activation=tf.nn.relu, input_shape=(4,)),
    tf.keras.layers.Dropout(0.3),
    tf.keras.layers.Dense(3, activation=tf.nn.softmax, name="classes"),
])
weights = np.random.RandomState(3)
model.set_weights([weights.normal(size=w.shape) for w in model.get_weights()])

export_path = "export/flowers/1"
with tf.keras.backend.get_session() as sess:
    tf.saved_model.simple_save(
        sess,
        export_path,
        inputs={"input_image": model.input},
        outputs={t.name: t for t in model.outputs})
print("Model exported to " + export_path)
