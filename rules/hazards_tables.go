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


class _SessionTable(tf.saved_model.experimental.TrackableResource):
    """A lookup table of a session's graph, which is made and filled anew wherever the model is loaded."""

    def __init__(self, op):
        super().__init__()
        self._op = op

    def _create_resource(self):
        key_dtype, value_dtype = self._op.get_attr("key_dtype"), self._op.get_attr("value_dtype")
        name = "%s_%d" % (self._op.name, id(self))
        return tf.raw_ops.HashTableV2(key_dtype=key_dtype, value_dtype=value_dtype, shared_name=name)

    def _initialize(self):
        self.fill()


def _use_resources(graph_def, outputs):
    """Have a graph change resources in the place of reference variables, and read them as late as it did.

    Returns the names of its outputs, with those that are references replaced by what reads them.
    """
    updates = {"Assign": "AssignVariableOp", "AssignAdd": "AssignAddVariableOp", "AssignSub": "AssignSubVariableOp",
               "ScatterUpdate": "ResourceScatterUpdate", "ScatterAdd": "ResourceScatterAdd", "ScatterSub": "ResourceScatterSub"}
    passes = {"RefSwitch": "Switch", "RefIdentity": "Identity", "RefEnter": "Enter"}
    references = set(updates) | set(passes) | {"VariableV2", "Variable"}
    nodes = {node.name: node for node in graph_def.node}
    result = tf.compat.v1.GraphDef(versions=graph_def.versions, library=graph_def.library)

    def reference(name):  # the resource, what changes it before it is read, and the type of its values; None if that is no reference
        node = nodes[name.lstrip("^").split(":")[0]]
        if name[0] == "^" or node.op not in references:
            return None
        if node.op in updates:
            resource, before, dtype = reference(node.input[0])
            return resource, before + ["^" + node.name], dtype
        return name, [], reference(node.input[0])[2] if node.op in passes else node.attr["dtype"].type

    def read(name, reader, controls):
        resource, before, dtype = reference(name)
        node = result.node.add(name=reader, op="ReadVariableOp", input=[resource] + before + controls)
        node.attr["dtype"].type = dtype
        return reader

    for node in graph_def.node:
        made = result.node.add(name=node.name, op=updates.get(node.op, passes.get(node.op, node.op)))
        controls = [name for name in node.input if name[0] == "^"]
        for i, name in enumerate(node.input[:len(node.input) - len(controls)]):
            if not reference(name):
                made.input.append(name)
            elif made.op == node.op or i > 0:
                made.input.append(read(name, "%s/read_%d" % (node.name, i), controls))
            else:
                resource, before, dtype = reference(name)
                made.input.append(resource)
                controls = controls + before
        made.input.extend(controls)
        for key, value in node.attr.items():
            if made.op == node.op or node.op in passes or key == "Tindices":
                made.attr[key].CopyFrom(value)
        if node.op in updates:
            made.attr["dtype"].type = dtype
        elif node.op in passes:
            made.attr["T"].type = tf.resource.as_datatype_enum
            made.attr.pop("_output_shapes", None)
    outputs = [read(name, name.replace(":", "/value_"), []) + ":0" if reference(name) else name for name in outputs]
    graph_def.CopyFrom(result)
    return outputs


def save_session(sess, export_dir, signatures):
    """Write what signatures need of a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    """
    from inspect import Parameter, Signature

    variables = {v.name: v for v in sess.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)}

    def tensors(side):
        return {name: sess.graph.as_graph_element(variables.get(tensor.name, tensor.name)) for name, tensor in side.items()}

    signatures = {key: (tensors(inputs), tensors(outputs)) for key, (inputs, outputs) in signatures.items()}
    ends = {tensor.name: tensor for sides in signatures.values() for side in sides for tensor in side.values()}
    needed = {tensor.op.name for tensor in ends.values()}
    paths = {tensor.name: tensor for tensor in sess.graph.get_collection(tf.compat.v1.GraphKeys.ASSET_FILEPATHS)}
    files = sess.run(paths)
    fills = [op for op in sess.graph.get_collection(tf.compat.v1.GraphKeys.TABLE_INITIALIZERS)
             if any(tensor.op.type == "HashTableV2" for tensor in op.inputs)]
    needed.update(op.name for op in fills)
    optional = {tensor.name: tensor for inputs, _ in signatures.values() for tensor in inputs.values()
                if tensor.op.type == "PlaceholderWithDefault"
                and tensor.op.inputs[0].op.type != "IteratorGetNext"}  # which has nothing to give in a saved model
    defaults = {name: tf.get_static_value(tensor.op.inputs[0]) for name, tensor in optional.items()}
    computed = sorted(name for name, value in defaults.items() if value is None)
    if computed:
        raise ValueError("only a constant can be the default of an input, those of %s are computed" % ", ".join(computed))
    graph_def = tf.compat.v1.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(needed))
    for node in graph_def.node:
        node.device = ""
        node.attr.pop("_class", None)  # asks for the device of another node, which may not be needed
    if any("HashTable" in node.op and node.op != "HashTableV2" for node in graph_def.node):
        raise ValueError("the graph has tables of a kind that this function does not save")
    tables = [sess.graph.get_operation_by_name(node.name) for node in graph_def.node if node.op == "HashTableV2"]
    stored = [node.name + ":0" for node in graph_def.node if node.op in ("VarHandleOp", "VariableV2", "Variable")]
    if not variables.keys() >= set(stored):
        raise ValueError("not among the global variables: %s" % ", ".join(sorted(set(stored) - variables.keys())))
    values = sess.run({name: variables[name] for name in stored})
    fetched = _use_resources(graph_def, ends)

    def import_graph():
        replaced = {name: tf.convert_to_tensor(copy.handle) for name, copy in zip(stored, module.graph_variables)}
        replaced.update((op.outputs[0].name, tf.convert_to_tensor(handle)) for op, handle in zip(tables, handles))
        replaced.update((name, tf.convert_to_tensor(assets[file].asset_path)) for name, file in files.items())
        tf.compat.v1.no_op(name="nothing_to_fetch")
        imported.update(zip(ends, tf.compat.v1.import_graph_def(graph_def, replaced, fetched, name="")))

    def as_function(inputs, outputs):
        inputs = dict(sorted(inputs.items(), key=lambda item: item[1].name in defaults))  # Python has defaults last
        fetches = {name: imported[tensor.name] for name, tensor in outputs.items()}
        pruned = graph.prune([imported[tensor.name] for tensor in inputs.values()], fetches)

        def call(*args):
            results = pruned(*args)
            for name, tensor in outputs.items():
                results[name].set_shape(tensor.shape)
            return results

        parameters = []
        for name, tensor in inputs.items():
            default = tf.constant(defaults[tensor.name], tensor.dtype) if tensor.name in defaults else Parameter.empty
            parameters.append(Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default))
        call.__signature__ = Signature(parameters)  # a tensor as its default becomes the default of the input
        specs = [tf.TensorSpec(tensor.shape, tensor.dtype, name) for name, tensor in inputs.items()]
        return tf.function(call, input_signature=specs, autograph=False)

    with tf.__internal__.eager_context.eager_mode():  # tf.saved_model.save works in no other
        module = tf.Module()
        module.graph_variables = [
            tf.compat.v1.Variable(values[name], name=name[:-2], shape=variables[name].shape, use_resource=True) for name in stored]
        assets = {file: tf.saved_model.Asset(file) for file in files.values()}
        module.assets, module.tables = list(assets.values()), [_SessionTable(op) for op in tables]
        handles = [table.resource_handle for table in module.tables]
        imported = {}
        graph = tf.compat.v1.wrap_function(import_graph, [])
        nothing = graph.graph.get_operation_by_name("nothing_to_fetch")
        for op, table in zip(tables, module.tables):
            names = [fill.name for fill in fills if any(tensor is op.outputs[0] for tensor in fill.inputs)]
            table.fill = graph.prune([], [graph.graph.get_operation_by_name(name) for name in names] + [nothing])
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        tf.saved_model.save(module, export_dir, signatures=module.functions)


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
		for _, s := range p.Sites {
			e, ok := s.(*Export)
			if !ok || e.Doubt != "" {
				continue
			}
			if !p.makesTables() {
				return
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
