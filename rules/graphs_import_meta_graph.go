package rules

var importMetaGraph = &Rule{
	Code: "TFM402",
	Name: "import-meta-graph",
	Doc: Doc{
		What: "A MetaGraphDef imported into a graph by import_meta_graph, to be restored and run in a session.",
		Why: "tf.train.import_meta_graph raises AttributeError in TensorFlow 2. There is no way to load a MetaGraphDef there but to import " +
			"it in a function that tf.compat.v1.wrap_function wraps, which gives a function to call.",
		Before: `import tensorflow as tf

with tf.Graph().as_default() as g:
    saver = tf.train.import_meta_graph("multiply.pb")
    x = g.get_tensor_by_name("x:0")
    y = g.get_tensor_by_name("y:0")
    with tf.Session() as sess:
        saver.restore(sess, "multiply_values.ckpt")
        print(sess.run(y, feed_dict={x: 5}))
`,
		After: `import tensorflow as tf


def restore_meta_graph(meta_graph, checkpoint_path):
    """Import a MetaGraphDef with the values of a checkpoint, as a function out of which others are pruned."""
    savers = []
    imported = tf.compat.v1.wrap_function(lambda: savers.append(tf.compat.v1.train.import_meta_graph(meta_graph)), [])
    saver_def = savers[0].saver_def
    restore = imported.prune(saver_def.filename_tensor_name, imported.graph.as_graph_element(saver_def.restore_op_name))
    restore(tf.constant(checkpoint_path))  # Saver.restore would leave out the variables that are reference variables
    return imported


imported = restore_meta_graph("multiply.pb", "multiply_values.ckpt")
fn = imported.prune("x:0", "y:0")
print(fn(tf.constant(5, fn.inputs[0].dtype)).numpy())
`,
		Silent: `import tensorflow as tf
from importers import import_meta_graph

import_meta_graph("model.meta")  # another function of that name


def import_model():
    tf.compat.v1.train.import_meta_graph("model.meta")


# TensorFlow 2's way: the function is wrapped.
imported = tf.compat.v1.wrap_function(import_model, [])
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model#graphdef_and_metagraphdef",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			if m, ok := s.(*MetaGraphImport); ok {
				p.Report(Finding{Span: m.Call.Span, Site: m, Severity: p.severity(m.Call),
					Message: "a MetaGraphDef is imported into a graph here; in TensorFlow 2 that takes tf.compat.v1.wrap_function"})
			}
		}
	},
}
