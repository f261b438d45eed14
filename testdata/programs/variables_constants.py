import numpy as np
import tensorflow as tf

EMBEDDING = np.arange(12, dtype=np.float32).reshape(4, 3)

graph = tf.Graph()
with graph.as_default():
    ids = tf.placeholder(tf.int32, [None], name='ids')
    table = tf.Variable(EMBEDDING, name='table', trainable=False)
    scale = tf.get_variable('scale', [3], initializer=tf.constant_initializer(2))
    offset = tf.get_variable('offset', shape=(3,), dtype=tf.float32, initializer=tf.ones_initializer())
    gate = tf.get_variable('gate', initializer=tf.constant([1.0, 0.0, -1.0]))
    rows = tf.nn.embedding_lookup(table, ids)
    result = (rows * scale + offset) * gate

with tf.Session(graph=graph) as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(result, {ids: [0, 3]}).tolist())
    tf.saved_model.simple_save(sess, 'export/constants', {'ids': ids}, {'rows': result})
