import tensorflow as tf

tf.compat.v1.disable_v2_behavior()


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

    def import_graph():
        replaced = {}
        for name, copy in zip(stored, module.graph_variables):
            is_resource = variables[name].op.type == "VarHandleOp"
            replaced[name] = tf.convert_to_tensor(copy.handle) if is_resource else copy.read_value()
        imported.update(zip(ends, tf.compat.v1.import_graph_def(graph_def, replaced, list(ends), name="")))

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


BEAM, LEN, V = 3, 4, 5
start = tf.compat.v1.placeholder(tf.int32, [None], name='start')
trans = tf.compat.v1.get_variable('trans', [V, V], initializer=tf.compat.v1.random_normal_initializer(seed=21))
logp = tf.nn.log_softmax(trans)


def step(i, tokens, scores):
    last = tf.math.mod(tokens[:, :, -1], V)
    cand = tf.expand_dims(scores, 2) + tf.compat.v1.gather(logp, last)
    flat = tf.reshape(cand, [tf.compat.v1.shape(cand)[0], -1])
    top, idx = tf.nn.top_k(flat, BEAM)
    beam, tok = idx // V, idx % V
    tokens = tf.compat.v1.batch_gather(tokens, beam)
    return i + 1, tf.concat([tokens, tf.expand_dims(tok, 2)], axis=2), top


tokens0 = tf.tile(tf.reshape(start, [-1, 1, 1]), [1, BEAM, 1])
scores0 = tf.tile(tf.constant([[0.] + [-1e9] * (BEAM - 1)]), [tf.compat.v1.shape(start)[0], 1])
_, tokens, scores = tf.compat.v1.while_loop(
    lambda i, *_: tf.less(i, LEN), step, [tf.constant(0), tokens0, scores0],
    shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, BEAM, None]), tf.TensorShape([None, BEAM])],
    back_prop=False)
with tf.compat.v1.Session() as sess:
    sess.run(tf.compat.v1.global_variables_initializer())
    save_session(sess, 'export/beam', {
        'serving_default': ({'start': start}, {'tokens': tokens, 'scores': scores}),
    })
