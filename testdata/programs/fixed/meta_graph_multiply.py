"""Write a graph and its variable, and read them back: 3 * 5 = 15."""
import tensorflow as tf
import tensorflow.compat.v1 as tf1

# Save a multiplication.
with tf.Graph().as_default() as g:
    x = tf1.placeholder(tf.float32, shape=[], name='x')
    v = tf.Variable(3.0, name='v')
    y = tf.multiply(x, v, name='y')
    with tf1.Session() as sess:
        sess.run(v.initializer)
        print(sess.run(y, feed_dict={x: 5}))
        s = tf1.train.Saver()
        s.export_meta_graph('multiply.pb', as_text=True)
        s.save(sess, 'multiply_values.ckpt')

# Load it into a graph of its own.
def import_multiply():
    tf1.train.import_meta_graph('multiply.pb')


imported = tf1.wrap_function(import_multiply, [])
tf1.train.Saver(imported.variables).restore(sess=None, save_path='multiply_values.ckpt')
fn = imported.prune('x:0', 'y:0')
print(fn(tf.constant(5, fn.inputs[0].dtype)).numpy())
