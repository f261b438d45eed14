import os.path as osp
import shutil
import tensorflow as tf

tf.compat.v1.disable_v2_behavior()


def save_session(sess, export_dir, signatures):
    """Write what signatures need of a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel.

    signatures: {key: ({input name: tensor}, {output name: tensor})}
    """
    for name in {name for inputs, _ in signatures.values() for name in inputs}:
        if not name.isidentifier() or name[0] == "_" or max(name) > "z" or name == "self":
            raise ValueError("%r is no name that tf.saved_model.save can give to an input" % name)
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


def export_session(session, export_dir, inputs, outputs, **init_op):
    """Write a session's graph, with the values of its variables, as a TensorFlow 2 SavedModel of one signature.

    inputs, outputs: {name: tensor}
    """
    if any(op is not None for op in init_op.values()):
        raise ValueError("no op of its own runs when a model of tf.saved_model.save is loaded")
    save_session(session, export_dir, {"serving_default": (inputs, outputs)})


class Logger:
    def __init__(self, output_dir):
        self.output_dir = output_dir

    def setup_tf_saver(self, sess, inputs, outputs):
        self.tf_saver_elements = dict(session=sess, inputs=inputs, outputs=outputs)

    def _tf_simple_save(self, itr=None):
        fpath = 'simple_save' + ('%d' % itr if itr is not None else '')
        fpath = osp.join(self.output_dir, fpath)
        if osp.exists(fpath):
            shutil.rmtree(fpath)
        export_session(export_dir=fpath, **self.tf_saver_elements)


def main():
    x_ph = tf.compat.v1.placeholder(dtype=tf.float32, shape=(None, 3))
    with tf.compat.v1.variable_scope('pi'):
        w = tf.compat.v1.get_variable('w', (3, 2), initializer=tf.compat.v1.initializers.variance_scaling(seed=4))
        pi = tf.tanh(tf.matmul(x_ph, w))
    sess = tf.compat.v1.Session()
    sess.run(tf.compat.v1.global_variables_initializer())
    logger = Logger('export/rl')
    logger.setup_tf_saver(sess, inputs={'x': x_ph}, outputs={'pi': pi})
    for itr in range(2):
        sess.run(w.assign(w * 0.5))
        logger._tf_simple_save(itr)


main()
