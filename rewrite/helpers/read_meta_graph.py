import os

import tensorflow as tf


def read_meta_graph(export_dir, tags):
    """Read the MetaGraphDef of a SavedModel, which says what its signatures are."""
    from tensorflow.core.protobuf import saved_model_pb2

    with tf.io.gfile.GFile(os.path.join(tf.compat.as_text(export_dir), "saved_model.pb"), "rb") as f:
        saved_model = saved_model_pb2.SavedModel.FromString(f.read())
    tags = {tags} if isinstance(tags, str) else set(tags)
    return next(m for m in saved_model.meta_graphs if set(m.meta_info_def.tags) == tags)
