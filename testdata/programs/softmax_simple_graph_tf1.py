import numpy as np
import tensorflow as tf

np.random.seed(7)
inputs_data = np.random.uniform(-1, 1, size=(32, 2)).astype("float32")
targets_data = (inputs_data[:, 0] > inputs_data[:, 1]).astype("int32")

graph = tf.Graph()
with graph.as_default():
    tf.set_random_seed(7)

    inputs = tf.placeholder(tf.float32, [None, 2], name="inputs")
    targets = tf.placeholder(tf.int32, [None], name="targets")
    with tf.variable_scope("classifier"):
        kernel = tf.get_variable("kernel", [2, 2], initializer=tf.constant_initializer(0.1))
        bias = tf.get_variable("bias", [2], initializer=tf.zeros_initializer())
    logits = tf.nn.bias_add(tf.matmul(inputs, kernel), bias, name="logits")
    probabilities = tf.nn.softmax(logits, name="probabilities")
    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits))
    train_op = tf.train.MomentumOptimizer(0.2, momentum=0.9).minimize(loss)

    with tf.Session(graph=graph) as session:
        session.run(tf.global_variables_initializer())
        for epoch in range(15):
            _, current = session.run([train_op, loss], {inputs: inputs_data, targets: targets_data})
            if epoch % 5 == 4:
                print("epoch %2d: loss %.4f" % (epoch + 1, current))

        # inputs and outputs are given by position here
        tf.saved_model.simple_save(session, "export/halves",
                                   {"inputs": inputs},
                                   {"logits": logits, "probabilities": probabilities})
