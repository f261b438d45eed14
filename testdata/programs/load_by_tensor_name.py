"""Run a model by the names of its tensors, one of which no signature exports."""
import numpy as np
import tensorflow as tf

MODEL_DIR = "models/scale"

rows = np.array([1., 2., -4.], np.float32)

with tf.Session(graph=tf.Graph()) as sess:
    tf.saved_model.loader.load(sess, [tf.saved_model.tag_constants.SERVING], MODEL_DIR)

    # Straight by name ...
    print("output:", sess.run("y:0", feed_dict={"x:0": rows}))

    # ... or through the graph.
    graph = tf.get_default_graph()
    x = graph.get_tensor_by_name("x:0")
    scaled = graph.get_tensor_by_name("scaled:0")
    y = graph.get_tensor_by_name("y:0")
    before, after = sess.run([scaled, y], {x: rows * 2})
    print("scaled:", before)
    print("output:", after)
