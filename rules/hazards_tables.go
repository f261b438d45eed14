package rules

import (
	"strings"
)

var tablesWithoutInit = &Rule{
	Code: "TFM503",
	Name: "tables-without-init",
	Doc: Doc{
		What: "A model with lookup tables that is exported without an op to initialise them.",
		Why:  "A Builder or simple_save writes the op that initialises tables only if it is passed as main_op or legacy_init_op. Without it the model loads, and the first request fails: \"Table not initialized\".",
		Before: `import tensorflow as tf


def export(sess, words, ids):
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
    tf.saved_model.simple_save(sess, "export/lookup", {"words": words}, {"ids": table.lookup(words)})
`,
		After: `import tensorflow as tf

tf.compat.v1.disable_v2_behavior()
tf.compat.v1.enable_resource_variables()


class _RestoredTable(tf.saved_model.experimental.TrackableResource):
    """A lookup table of a wrapped graph, as a resource that is made and filled anew wherever the model is loaded."""

    def __init__(self, graph, op, initializers, assets):
        super().__init__()
        self.placeholder = op.outputs[0]
        self._dtypes = op.get_attr("key_dtype"), op.get_attr("value_dtype")
        self._name = op.name
        fills = [graph.graph.get_operation_by_name(name) for name in initializers]
        fills = [fill for fill in fills if any(tensor is self.placeholder for tensor in fill.inputs)]
        names = [tensor.name for fill in fills for tensor in fill.inputs if tensor.name in assets]
        self.initialized = len(fills)
        self._assets = [assets[name] for name in names]
        feeds = [self.placeholder] + [graph.graph.get_tensor_by_name(name) for name in names]
        self._fill = graph.prune(feeds, fills + [graph.graph.get_operation_by_name("nothing_to_fetch")])
        self._initialize()

    def _create_resource(self):
        key_dtype, value_dtype = self._dtypes
        return tf.raw_ops.HashTableV2(key_dtype=key_dtype, value_dtype=value_dtype, shared_name="%s_%d" % (self._name, id(self)))

    def _initialize(self):
        self._fill(self.resource_handle, *[asset.asset_path for asset in self._assets])


def save_session(sess, export_dir, signatures, methods=None):
    """Write the graph and the variables of a session as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    methods: {key: method name}, for signatures that are not for TensorFlow Serving's predict
    """
    variables = sess.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)
    if any(variable.op.type != "VarHandleOp" for variable in variables):
        raise ValueError("reference variables can't be saved: call enable_resource_variables() before the graph is built")
    initializers = [op.name for op in sess.graph.get_collection(tf.compat.v1.GraphKeys.TABLE_INITIALIZERS)]
    paths = {tensor.name: tensor for tensor in sess.graph.get_collection(tf.compat.v1.GraphKeys.ASSET_FILEPATHS)}
    files = sess.run(paths)
    values = sess.run({variable.name: variable for variable in variables})
    meta_graph = tf.compat.v1.train.export_meta_graph(graph=sess.graph, clear_devices=True)
    for collection in set(meta_graph.collection_def) - {tf.compat.v1.GraphKeys.GLOBAL_VARIABLES}:
        del meta_graph.collection_def[collection]  # each would make variable objects of its own
    unused = dict(filename_tensor_name="unused", save_tensor_name="unused", restore_op_name="unused")
    meta_graph.saver_def.CopyFrom(tf.compat.v1.train.SaverDef(**unused))  # else the import builds a Saver

    def import_graph():
        tf.compat.v1.train.import_meta_graph(meta_graph)
        tf.compat.v1.no_op(name="nothing_to_fetch")

    def as_function(inputs, outputs):
        feeds = [graph.graph.get_tensor_by_name(tensor.name) for tensor in inputs.values()]
        fetches = {name: graph.graph.get_tensor_by_name(tensor.name) for name, tensor in outputs.items()}
        specs = [tf.TensorSpec(feed.shape, feed.dtype, name) for name, feed in zip(inputs, feeds)]
        pruned = graph.prune(feeds + [table.placeholder for table in tables], fetches)
        handles = tuple(table.resource_handle for table in tables)
        return tf.function(lambda *args: pruned(*(args + handles)), input_signature=specs, autograph=False)

    with tf.__internal__.eager_context.eager_mode():
        graph = tf.compat.v1.wrap_function(import_graph, [])
        module = tf.Module()
        module.graph_variables = graph.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)
        for variable in module.graph_variables:
            variable.assign(values[variable.name])
        assets = {file: tf.saved_model.Asset(file) for file in set(files.values())}
        assets = {name: assets[file] for name, file in files.items()}
        tables = [_RestoredTable(graph, op, initializers, assets)
                  for op in graph.graph.get_operations() if op.type == "HashTableV2"]
        if sum(table.initialized for table in tables) != len(initializers):
            raise ValueError("the graph has tables of a kind that this function does not save")
        module.tables, module.assets = tables, list(assets.values())
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        export_dir = tf.compat.as_text(export_dir)
        tf.saved_model.save(module, export_dir, signatures=module.functions)
        if methods:
            updater = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater(export_dir)
            for key, method in methods.items():
                updater.replace_method_name(signature_key=key, method_name=method)
            updater.save()


def export(sess, words, ids):
    table = tf.compat.v1.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
    save_session(sess, "export/lookup", {"serving_default": ({"words": words}, {"ids": table.lookup(words)})})
`,
		Silent: `import tensorflow as tf


def export(sess, words):
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
    signature = tf.compat.v1.saved_model.predict_signature_def({"words": words}, {"ids": table.lookup(words)})
    builder = tf.compat.v1.saved_model.Builder("export/lookup")
    builder.add_meta_graph_and_variables(
        sess, ["serve"], {"serving_default": signature},
        main_op=tf.compat.v1.tables_initializer())  # initialises the tables wherever the model is loaded
    builder.save()
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/compat/v1/saved_model/Builder#add_meta_graph_and_variables",
	},
	Find: func(p *Pass) {
		if !p.makesTables() {
			return
		}
		for _, s := range p.Sites {
			e, ok := s.(*Export)
			if !ok || e.Doubt != "" {
				continue
			}
			for _, mg := range e.MetaGraphs {
				if mg.Variables && mg.Options["main_op"] == nil && mg.Options["legacy_init_op"] == nil {
					p.Report(Finding{Span: mg.Call.Span, Site: e, Severity: Hazard,
						Message: "the file makes lookup tables, and this export passes no op that initialises them"})
				}
			}
		}
	},
}

// makesTables tells whether the file calls a function that makes lookup tables.
func (x *Facts) makesTables() bool {
	for _, c := range x.File.Calls() {
		if api, ok := x.Callee(c); ok && (strings.HasPrefix(api.Name, "lookup.") || strings.HasPrefix(api.Name, "contrib.lookup.")) {
			return true
		}
	}
	return false
}
