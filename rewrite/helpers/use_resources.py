import tensorflow as tf

tf1 = tf.compat.v1


def _use_resources(graph_def, outputs):
    """Have a graph change resources in the place of reference variables, and read them as late as it did.

    Returns the names of its outputs, with those that are references replaced by what reads them.
    """
    updates = {"Assign": "AssignVariableOp", "AssignAdd": "AssignAddVariableOp", "AssignSub": "AssignSubVariableOp",
               "ScatterUpdate": "ResourceScatterUpdate", "ScatterAdd": "ResourceScatterAdd", "ScatterSub": "ResourceScatterSub"}
    passes = {"RefSwitch": "Switch", "RefIdentity": "Identity", "RefEnter": "Enter"}
    references = set(updates) | set(passes) | {"VariableV2", "Variable"}
    nodes = {node.name: node for node in graph_def.node}
    result = tf1.GraphDef(versions=graph_def.versions, library=graph_def.library)

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
