import os
import time

import tensorflow as tf

# if kinds:
from save_session import save_session  # methods, names
# else:
from save_session import save_session  # names
# end

tf1 = tf.compat.v1


def export_estimator(estimator, export_dir_base, serving_input_receiver_fn, assets_extra=None, checkpoint_path=None):
    """Write a checkpoint of an Estimator, the newest one if none is given, as a TensorFlow 2 SavedModel.

    It goes into a new directory below export_dir_base that is named by the time. Returns its path as bytes.
    """
    checkpoint_path = checkpoint_path or estimator.latest_checkpoint()
    if not checkpoint_path:
        raise ValueError("there is no trained model in %s" % estimator.model_dir)
    version = int(time.time())
    export_dir = os.path.join(tf.compat.as_text(export_dir_base), "%d")
    while tf.io.gfile.exists(export_dir % version):
        version += 1
    unfinished = os.path.join(tf.compat.as_text(export_dir_base), "temp-%d" % version)
    config = estimator.config.session_config or tf1.ConfigProto(allow_soft_placement=True)
    with tf.Graph().as_default(), tf1.Session(config=config) as sess:
        tf1.train.create_global_step()
        tf1.set_random_seed(estimator.config.tf_random_seed)
        receiver = serving_input_receiver_fn()
        spec = estimator.model_fn(receiver.features, None, tf1.estimator.ModeKeys.PREDICT, estimator.config)
        (spec.scaffold.saver or tf1.train.Saver()).restore(sess, checkpoint_path)
        receivers = {"": receiver.receiver_tensors}
        for name, tensors in (receiver.receiver_tensors_alternatives or {}).items():
            receivers[name + ":"] = tensors
        # if kinds:
        signatures, methods = {}, {}
        # else:
        signatures = {}
        # end
        for name, tensors in receivers.items():
            for key, output in spec.export_outputs.items():
                try:
                    signature = output.as_signature_def(tensors)
                except ValueError:
                    continue  # no signature of its kind has such inputs
                if tf1.saved_model.is_valid_signature(signature):
                    signatures[name + key] = signature.inputs, signature.outputs
                    # if kinds:
                    if signature.method_name != tf.saved_model.PREDICT_METHOD_NAME:
                        methods[name + key] = signature.method_name
        save_session(sess, unfinished, signatures, methods)
        # else:
        save_session(sess, unfinished, signatures)
        # end
    for path, source in (assets_extra or {}).items():
        path = os.path.join(unfinished, "assets.extra", path)
        tf.io.gfile.makedirs(os.path.dirname(path))
        tf.io.gfile.copy(source, path)
    tf.io.gfile.rename(unfinished, export_dir % version)
    return tf.compat.as_bytes(export_dir % version)
