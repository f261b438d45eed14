import tensorflow as tf

BEAM, LEN, V = 3, 4, 5
start = tf.placeholder(tf.int32, [None], name='start')
trans = tf.get_variable('trans', [V, V], initializer=tf.random_normal_initializer(seed=21))
logp = tf.nn.log_softmax(trans)


def step(i, tokens, scores):
    last = tf.mod(tokens[:, :, -1], V)
    cand = tf.expand_dims(scores, 2) + tf.gather(logp, last)
    flat = tf.reshape(cand, [tf.shape(cand)[0], -1])
    top, idx = tf.nn.top_k(flat, BEAM)
    beam, tok = idx // V, idx % V
    tokens = tf.batch_gather(tokens, beam)
    return i + 1, tf.concat([tokens, tf.expand_dims(tok, 2)], axis=2), top


tokens0 = tf.tile(tf.reshape(start, [-1, 1, 1]), [1, BEAM, 1])
scores0 = tf.tile(tf.constant([[0.] + [-1e9] * (BEAM - 1)]), [tf.shape(start)[0], 1])
_, tokens, scores = tf.while_loop(
    lambda i, *_: tf.less(i, LEN), step, [tf.constant(0), tokens0, scores0],
    shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, BEAM, None]), tf.TensorShape([None, BEAM])],
    back_prop=False)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.saved_model.simple_save(sess, 'export/beam', inputs={'start': start}, outputs={'tokens': tokens, 'scores': scores})
