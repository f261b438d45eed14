import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def model(x):
    with tf.variable_scope("counter", partitioner=tf.fixed_size_partitioner(2)):
        weights = tf.get_variable("weights", [4, 3], initializer=tf.constant_initializer(.5))
    return tf.nn.embedding_lookup(weights, x, partition_strategy="div"), weights


def main(_):
    with tf.Graph().as_default():
        ids = tf.placeholder(tf.int32, [None], name="ids")
        rows, weights = model(ids)
        global_step = tf.train.get_or_create_global_step()
        step = tf.assign_add(global_step, 1)
        grow = [part.assign(part * (i + 1.5)) for i, part in enumerate(weights)]
        sv = tf.train.Supervisor(logdir="logs", save_model_secs=0, save_summaries_secs=0, global_step=global_step)
        with sv.managed_session() as sess:
            while sess.run(step) < 4:
                sess.run(grow)
            sess.graph._unsafe_unfinalize()
            tf.saved_model.simple_save(sess, "export/rows", inputs={"ids": ids}, outputs={"rows": rows})


if __name__ == "__main__":
    tf.app.run()
