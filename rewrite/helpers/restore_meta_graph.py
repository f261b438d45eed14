import tensorflow as tf

tf1 = tf.compat.v1


def restore_meta_graph(meta_graph, checkpoint_path):
    """Import a MetaGraphDef with the values of a checkpoint, as a function out of which others are pruned."""
    savers = []
    imported = tf1.wrap_function(lambda: savers.append(tf1.train.import_meta_graph(meta_graph)), [])
    saver_def = savers[0].saver_def
    restore = imported.prune(saver_def.filename_tensor_name, imported.graph.as_graph_element(saver_def.restore_op_name))
    restore(tf.constant(checkpoint_path))  # Saver.restore would leave out the variables that are reference variables
    return imported
