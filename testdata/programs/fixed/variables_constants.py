import numpy as np
import tensorflow as tf

EMBEDDING = np.arange(12, dtype=np.float32).reshape(4, 3)


class Constants(tf.Module):
    def __init__(self):
        super().__init__()
        self.table = tf.Variable(EMBEDDING, name='table', trainable=False)
        self.scale = tf.Variable(tf.constant(2, tf.float32, [3]), name='scale')
        self.offset = tf.Variable(tf.ones((3,), tf.float32), name='offset')
        self.gate = tf.Variable(tf.constant([1.0, 0.0, -1.0]), name='gate')

    @tf.function(input_signature=[tf.TensorSpec(shape=[None], dtype=tf.int32, name='ids')])
    def serving_default(self, ids):
        rows = tf.compat.v1.nn.embedding_lookup(self.table, ids)
        result = (rows * self.scale + self.offset) * self.gate
        return {'rows': result}


model = Constants()

print(model.serving_default([0, 3])['rows'].numpy().tolist())
tf.saved_model.save(model, 'export/constants', signatures={
    'serving_default': model.serving_default,
})
