"""Numbers are tried out in an interactive session before the graph is exported."""
import numpy as np
import tensorflow as tf

tf.reset_default_graph()
sess = tf.InteractiveSession()
a = tf.placeholder(tf.int32, [None], name="a")
b = tf.placeholder(tf.int32, [None], name="b")
total = tf.add(a, b, name="sum")
difference = a - b

print(total.eval(feed_dict={a: [1, 2], b: [3, 4]}))
print(sess.run(total, {a: np.arange(3), b: np.ones(3)}), sess.run([total, difference], {a: [5], b: [2]}))
assert (sess.run(difference, feed_dict={a: [5], b: [2]}) == [3]).all()
feed = {a: [9], b: [8]}
results = sess.run({"sum": total, "difference": difference}, feed)
print(results["sum"], results["difference"])
s, d = sess.run((total, difference), feed)
print(s, d)
tf.saved_model.simple_save(sess, "export/arithmetic", inputs={"a": a, "b": b}, outputs={"sum": total, "difference": difference})
sess.close()
