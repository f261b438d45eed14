import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)

# a graph with reference variables, as every TensorFlow 1 program made it
with tf.Session(graph=tf.Graph()) as sess:
    saver = tf.train.import_meta_graph("checkpoints/model.meta")
    saver.restore(sess, tf.train.latest_checkpoint("checkpoints"))
    graph = tf.get_default_graph()
    x = graph.get_tensor_by_name("x:0")
    y = graph.get_tensor_by_name("scaled/y:0")
    print(sess.run(y, {x: [[1., 2.]]}))
    builder = tf.saved_model.builder.SavedModelBuilder("export/restored")
    builder.add_meta_graph_and_variables(
        sess, [tf.saved_model.tag_constants.SERVING],
        {"serving_default": tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})})
    builder.save()
