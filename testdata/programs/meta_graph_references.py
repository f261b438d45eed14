"""A MetaGraphDef with reference variables, a loop and an optimizer, restored and run."""
import numpy as np
import tensorflow as tf

tf.reset_default_graph()
sess = tf.Session()
saver = tf.train.import_meta_graph("checkpoints/model.meta")
saver.restore(sess, tf.train.latest_checkpoint("checkpoints"))
graph = tf.get_default_graph()
x = graph.get_tensor_by_name("x:0")
y = graph.get_tensor_by_name("scaled/y:0")
for k in range(3):
    print(sess.run(y, feed_dict={x: np.full((1, 2), k)}).tolist())
