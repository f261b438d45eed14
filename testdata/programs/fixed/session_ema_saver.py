"""Export with a Saver of its own, that knows the variables by the names of their moving averages."""
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_v2_behavior()


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
    variables = {v.name: v for v in sess.graph.get_collection(tf.compat.v1.GraphKeys.GLOBAL_VARIABLES)}

    def tensors(side):
        return {name: sess.graph.as_graph_element(variables.get(tensor.name, tensor.name)) for name, tensor in side.items()}

    signatures = {key: (tensors(inputs), tensors(outputs)) for key, (inputs, outputs) in signatures.items()}
    ends = {tensor.name: tensor for sides in signatures.values() for side in sides for tensor in side.values()}
    needed = {tensor.op.name for tensor in ends.values()}
    graph_def = tf.compat.v1.graph_util.extract_sub_graph(sess.graph.as_graph_def(), list(needed))
    for node in graph_def.node:
        node.device = ""
        node.attr.pop("_class", None)  # asks for the device of another node, which may not be needed
    stored = [node.name + ":0" for node in graph_def.node if node.op in ("VarHandleOp", "VariableV2", "Variable")]
    values = sess.run({name: variables[name] for name in stored})
    fetched = _use_resources(graph_def, ends)

    def import_graph():
        replaced = {name: tf.convert_to_tensor(copy.handle) for name, copy in zip(stored, module.graph_variables)}
        imported.update(zip(ends, tf.compat.v1.import_graph_def(graph_def, replaced, fetched, name="")))

    def as_function(inputs, outputs):
        fetches = {name: imported[tensor.name] for name, tensor in outputs.items()}
        pruned = graph.prune([imported[tensor.name] for tensor in inputs.values()], fetches)

        def call(*args):
            results = pruned(*args)
            for name, tensor in outputs.items():
                results[name].set_shape(tensor.shape)
            return results

        specs = [tf.TensorSpec(tensor.shape, tensor.dtype, name) for name, tensor in inputs.items()]
        return tf.function(call, input_signature=specs, autograph=False)

    with tf.__internal__.eager_context.eager_mode():  # tf.saved_model.save works in no other
        module = tf.Module()
        module.graph_variables = [
            tf.compat.v1.Variable(values[name], name=name[:-2], shape=variables[name].shape, use_resource=True) for name in stored]
        imported = {}
        graph = tf.compat.v1.wrap_function(import_graph, [])
        module.functions = {key: as_function(*sides) for key, sides in signatures.items()}
        tf.saved_model.save(module, export_dir, signatures=module.functions)


tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)

x = tf.compat.v1.placeholder(tf.float32, [None, 2], name="x")
w = tf.compat.v1.get_variable("w", [2, 2], initializer=tf.compat.v1.constant_initializer(.5))
b = tf.compat.v1.get_variable("b", [2], initializer=tf.compat.v1.zeros_initializer())
y = tf.compat.v1.nn.xw_plus_b(x, w, b, name="y")
loss = tf.reduce_mean(tf.square(y - 1.))
step = tf.compat.v1.train.GradientDescentOptimizer(.1).minimize(loss)
ema = tf.train.ExponentialMovingAverage(.9)
with tf.control_dependencies([step]):
    train = ema.apply([w, b])
# made for another run: this program never initialises it
unused = tf.compat.v1.get_variable("unused", [3])

saver = tf.compat.v1.train.Saver({ema.average_name(v): v for v in (w, b)})
with tf.compat.v1.Session() as sess:
    sess.run(tf.compat.v1.variables_initializer([v for v in tf.compat.v1.global_variables() if v is not unused]))
    for _ in range(5):
        sess.run(train, {x: np.float32([[1, 2], [3, -1]])})
    # what is served are the averages
    sess.run([v.assign(ema.average(v)) for v in (w, b)])

    save_session(sess, "export/averages", {"serving_default": ({"x": x}, {"y": y})})
