import tensorflow as tf

# The network, as it was trained.
x = tf.placeholder(tf.float32, [None, 4], name="x")
with tf.variable_scope("hidden"):
    w = tf.get_variable("weights", [4, 5])
    b = tf.get_variable("biases", [5])
    hidden = tf.nn.relu(tf.matmul(x, w) + b)  # no dropout here

with tf.variable_scope("output"):
    w2 = tf.get_variable("weights", [5, 3])
    b2 = tf.get_variable("biases", [3])
    logits = tf.matmul(hidden, w2) + b2
scores = tf.nn.softmax(logits)

sess = tf.Session()
tf.train.Saver().restore(sess, tf.train.latest_checkpoint("ckpt"))
tf.saved_model.simple_save(sess, "export/digits", inputs={"x": x}, outputs={"scores": scores, "logits": logits})
sess.close()
print("exported")
