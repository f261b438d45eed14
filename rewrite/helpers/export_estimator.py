import os
import time

import tensorflow as tf

from save_session import save_session

tf1 = tf.compat.v1


def export_estimator(estimator, export_dir_base, serving_input_receiver_fn, checkpoint_path=None):
    """Write a checkpoint of an Estimator, the newest one if none is given, as a TensorFlow 2 SavedModel.

    It goes into a new directory below export_dir_base that is named by the time. Returns its path as bytes.
    """
    checkpoint_path = checkpoint_path or estimator.latest_checkpoint()
    if not checkpoint_path:
        raise ValueError("there is no trained model in %s" % estimator.model_dir)
    signatures, methods = {}, {}
    with tf.Graph().as_default(), tf1.Session() as sess:
        tf1.set_random_seed(estimator.config.tf_random_seed)
        tf1.train.create_global_step()
        receiver = serving_input_receiver_fn()
        spec = estimator.model_fn(receiver.features, None, tf1.estimator.ModeKeys.PREDICT, estimator.config)
        (spec.scaffold.saver or tf1.train.Saver()).restore(sess, checkpoint_path)
        for key, output in spec.export_outputs.items():
            signature = output.as_signature_def(receiver.receiver_tensors)
            if tf1.saved_model.is_valid_signature(signature):
                signatures[key] = signature.inputs, signature.outputs
                if signature.method_name != tf.saved_model.PREDICT_METHOD_NAME:
                    methods[key] = signature.method_name
        version = int(time.time())
        while os.path.exists(os.path.join(export_dir_base, str(version))):
            version += 1
        export_dir = os.path.join(export_dir_base, str(version))
        save_session(sess, export_dir, signatures, methods)
    return tf.compat.as_bytes(export_dir)
