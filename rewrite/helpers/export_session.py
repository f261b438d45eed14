from save_session import save_session  # names


def export_session(session, export_dir, inputs, outputs, **init_op):
    """Write a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel of one signature.

    inputs, outputs: {name: tensor}
    """
    if any(op is not None for op in init_op.values()):
        raise ValueError("no op of its own runs when a model of tf.saved_model.save is loaded")
    save_session(session, export_dir, {"serving_default": (inputs, outputs)})
