import tensorflow as tf


def check_tags(tags):
    """Raise ValueError for other tags than the one that tf.saved_model.save gives what it writes."""
    if list(tags) != [tf.saved_model.SERVING]:
        raise ValueError("tf.saved_model.save writes the tag serve, not %s" % ", ".join(tags))
