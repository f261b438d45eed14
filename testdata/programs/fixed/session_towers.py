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


FLAGS = tf.compat.v1.app.flags.FLAGS
tf.compat.v1.app.flags.DEFINE_integer('num_gpus', 2, '')


def _variable_on_cpu(name, shape, initializer):
    with tf.compat.v1.device('/cpu:0'):
        return tf.compat.v1.get_variable(name, shape, initializer=initializer, dtype=tf.float32)


def _variable_with_weight_decay(name, shape, stddev, wd):
    var = _variable_on_cpu(name, shape, tf.compat.v1.truncated_normal_initializer(stddev=stddev, seed=8))
    if wd is not None:
        tf.compat.v1.add_to_collection('losses', tf.multiply(tf.nn.l2_loss(var), wd, name='weight_loss'))
    return var


def inference(images):
    with tf.compat.v1.variable_scope('local') as scope:
        weights = _variable_with_weight_decay('weights', [4, 3], 0.1, 0.004)
        biases = _variable_on_cpu('biases', [3], tf.compat.v1.constant_initializer(0.1))
        return tf.nn.relu(tf.matmul(images, weights) + biases, name=scope.name)


def train():
    with tf.Graph().as_default() as g, tf.compat.v1.device('/cpu:0'):
        images = tf.compat.v1.placeholder(tf.float32, [None, 4], name='images')
        opt = tf.compat.v1.train.GradientDescentOptimizer(0.1)
        tower_grads = []
        with tf.compat.v1.variable_scope(tf.compat.v1.get_variable_scope()):
            for i in range(FLAGS.num_gpus):
                with tf.name_scope('tower_%d' % i) as scope:
                    logits = inference(images + float(i))
                    tf.compat.v1.add_to_collection('losses', tf.reduce_mean(tf.square(logits - 1.)))
                    loss = tf.add_n(tf.compat.v1.get_collection('losses', scope), name='total_loss')
                    tf.compat.v1.get_variable_scope().reuse_variables()
                    tower_grads.append(opt.compute_gradients(loss))
        grads = []
        for pairs in zip(*tower_grads):
            grad = tf.reduce_mean(tf.stack([p[0] for p in pairs]), 0)
            grads.append((grad, pairs[0][1]))
        apply = opt.apply_gradients(grads)
        variable_averages = tf.train.ExponentialMovingAverage(0.9)
        with tf.control_dependencies([apply]):
            train_op = variable_averages.apply(tf.compat.v1.trainable_variables())
        saver = tf.compat.v1.train.Saver(tf.compat.v1.global_variables())
        sess = tf.compat.v1.Session(config=tf.compat.v1.ConfigProto(allow_soft_placement=True))
        sess.run(tf.compat.v1.global_variables_initializer())
        for _ in range(3):
            sess.run(train_op, {images: [[1., 2., 3., 4.]]})
        saver.save(sess, 'ckpt/model.ckpt', global_step=2)


def export():
    with tf.Graph().as_default():
        images = tf.compat.v1.placeholder(tf.float32, [None, 4], name='images')
        logits = inference(images)
        variable_averages = tf.train.ExponentialMovingAverage(0.9)
        variables_to_restore = variable_averages.variables_to_restore()
        saver = tf.compat.v1.train.Saver(variables_to_restore)
        with tf.compat.v1.Session() as sess:
            ckpt = tf.train.get_checkpoint_state('ckpt')
            if ckpt and ckpt.model_checkpoint_path:
                saver.restore(sess, ckpt.model_checkpoint_path)
                global_step = ckpt.model_checkpoint_path.split('/')[-1].split('-')[-1]
            else:
                print('No checkpoint file found')
                return
            save_session(sess, 'export/towers/' + global_step, {'predict': ({'images': images}, {'logits': logits})})


def main(argv=None):
    train()
    export()


if __name__ == '__main__':
    tf.compat.v1.app.run()
