import tensorflow as tf

from save_session import save_session  # methods, names


def save_signatures(sess, export_dir, signatures):
    """Write signatures of several kinds, with what they need of a session's graph, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor}, method name)}
    """
    sides = {key: (inputs, outputs) for key, (inputs, outputs, _) in signatures.items()}
    methods = {key: method for key, (_, _, method) in signatures.items() if method != tf.saved_model.PREDICT_METHOD_NAME}
    save_session(sess, export_dir, sides, methods)
