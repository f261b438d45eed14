import tensorflow.compat.v1 as tf


def build(pixels):
    with tf.variable_scope('hidden'):
        w = tf.get_variable('weights', shape=[4, 5])
        b = tf.get_variable('biases', shape=[5])
        h = tf.nn.sigmoid(tf.matmul(pixels, w) + b)
    with tf.variable_scope('output'):
        w = tf.get_variable('weights', shape=[5, 3])
        b = tf.get_variable('biases', shape=[3])
        return tf.matmul(h, w) + b


def main():
    def build_graph():
        pixels = tf.placeholder(tf.uint8, [None, 4], name='pixels')
        scale = tf.placeholder(tf.float32, [], name='scale')
        batch = tf.cast(pixels, tf.float32) * scale
        logits = build(batch)
        return pixels, scale, logits

    graph = tf.wrap_function(build_graph, [])
    pixels, scale, logits = graph.structured_outputs
    saver = tf.train.Saver(graph.variables)
    saver.restore(None, 'ckpt/model.ckpt-100')
    module = tf.Module()
    module.graph_variables = graph.variables
    tf.saved_model.save(module, 'export/compat', signatures={
        'serving_default': graph.prune([pixels, scale], {'logits': logits}),
    })
    print('done')


if __name__ == '__main__':
    main()
