import tensorflow as tf

ids = tf.keras.layers.Input(shape=(3,), dtype="int32", name="ids")
table = tf.keras.layers.Embedding(10, 2, embeddings_initializer=tf.keras.initializers.Constant(0.25))
vectors = tf.keras.layers.Flatten()(table(ids))
total = tf.keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="zeros")(vectors)
model = tf.keras.models.Model(inputs=ids, outputs=total)


@tf.function(input_signature=[tf.TensorSpec(model.inputs[0].shape, model.inputs[0].dtype, name="ids")])
def serve(ids):
    return {"total": model(ids, training=False)}


module = tf.Module()
# Keras 3's variables hold TensorFlow's.
module.model_variables = [v if isinstance(v, tf.Variable) else v.value for v in model.variables]
tf.saved_model.save(module, "export/total", signatures={"serving_default": serve})
