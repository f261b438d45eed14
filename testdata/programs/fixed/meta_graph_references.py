"""A MetaGraphDef with reference variables, a loop and an optimizer, restored and run."""
import numpy as np
import tensorflow as tf


def restore_meta_graph(meta_graph, checkpoint_path):
    """Import a MetaGraphDef with the values of a checkpoint, as a function out of which others are pruned."""
    savers = []
    imported = tf.compat.v1.wrap_function(lambda: savers.append(tf.compat.v1.train.import_meta_graph(meta_graph)), [])
    saver_def = savers[0].saver_def
    restore = imported.prune(saver_def.filename_tensor_name, imported.graph.as_graph_element(saver_def.restore_op_name))
    restore(tf.constant(checkpoint_path))  # Saver.restore would leave out the variables that are reference variables
    return imported


tf.compat.v1.reset_default_graph()
imported = restore_meta_graph("checkpoints/model.meta", tf.train.latest_checkpoint("checkpoints"))
fn = imported.prune("x:0", "scaled/y:0")
for k in range(3):
    print(fn(tf.constant(np.full((1, 2), k), fn.inputs[0].dtype)).numpy().tolist())
