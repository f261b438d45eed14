import tensorflow as tf

from save_session import save_session  # methods, names


def save_signature_defs(sess, export_dir, signature_defs):
    """Write what SignatureDefs need of a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel.

    signature_defs: {key: SignatureDef}
    """
    signatures = {key: (signature.inputs, signature.outputs) for key, signature in signature_defs.items()}
    methods = {key: signature.method_name for key, signature in signature_defs.items()
               if signature.method_name != tf.saved_model.PREDICT_METHOD_NAME}
    save_session(sess, export_dir, signatures, methods)
