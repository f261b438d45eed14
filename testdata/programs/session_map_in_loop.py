"""One signature for each head of a network, collected in a loop."""
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)

HEADS = ["age", "height", "weight"]

with tf.Graph().as_default():
    features = tf.placeholder(tf.float32, shape=[None, 2], name="features")
    hidden = tf.layers.dense(features, 4, tf.nn.relu, kernel_initializer=tf.constant_initializer(.3), name="hidden")
    heads = {}
    for i, head in enumerate(HEADS):
        with tf.variable_scope(head):
            weights = tf.get_variable("weights", [4, 1], initializer=tf.constant_initializer(i + .5))
            heads[head] = tf.squeeze(tf.matmul(hidden, weights), axis=1)

    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())

        # one signature a head, and one with all of them
        signatures = {}
        input_info = tf.saved_model.utils.build_tensor_info(features)
        all_outputs = {}
        for head in HEADS:
            output_info = tf.saved_model.utils.build_tensor_info(heads[head])
            all_outputs[head] = output_info
            signatures["predict_" + head] = tf.saved_model.signature_def_utils.build_signature_def(
                {"features": input_info}, {head: output_info}, tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
        signatures["serving_default"] = tf.saved_model.signature_def_utils.build_signature_def(
            inputs={"features": input_info},
            outputs=all_outputs,
            method_name="tensorflow/serving/predict")

        builder = tf.saved_model.builder.SavedModelBuilder("export/heads")
        builder.add_meta_graph_and_variables(sess, ["serve"], signature_def_map=signatures, clear_devices=True)
        builder.save()
        print(sorted(signatures))
