import tensorflow as tf

tf.compat.v1.disable_eager_execution()

ids = tf.keras.layers.Input(shape=(3,), dtype="int32", name="ids")
table = tf.keras.layers.Embedding(10, 2, embeddings_initializer=tf.keras.initializers.Constant(0.25))
vectors = tf.keras.layers.Flatten()(table(ids))
total = tf.keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="zeros")(vectors)
model = tf.keras.models.Model(inputs=ids, outputs=total)

with tf.compat.v1.keras.backend.get_session() as sess:
    tf.compat.v1.saved_model.simple_save(sess, "export/total", {"ids": model.input}, {"total": model.output})
