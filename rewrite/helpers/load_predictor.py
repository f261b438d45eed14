import tensorflow as tf


def load_predictor(export_dir, signature_def_key="serving_default"):
    """Load a signature of a SavedModel as a function from a dict of values to a dict of arrays."""
    signature = tf.saved_model.load(export_dir, tags=["serve"]).signatures[signature_def_key]
    specs = signature.structured_input_signature[1]

    def predict(inputs):
        feeds = {name: tf.constant(value, specs[name].dtype) for name, value in inputs.items()}
        return {name: tensor.numpy() for name, tensor in signature(**feeds).items()}

    return predict
