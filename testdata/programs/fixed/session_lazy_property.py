import numpy as np
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


def lazy_property(function):
    attribute = '_' + function.__name__

    @property
    def wrapper(self):
        if not hasattr(self, attribute):
            with tf.compat.v1.variable_scope(function.__name__):
                setattr(self, attribute, function(self))
        return getattr(self, attribute)
    return wrapper


class Model:
    def __init__(self, data, target):
        self.data = data
        self.target = target
        self.prediction
        self.optimize
        self.error

    @lazy_property
    def prediction(self):
        w = tf.compat.v1.Variable(tf.random.truncated_normal([4, 3], stddev=0.1, seed=1))
        b = tf.compat.v1.Variable(tf.compat.v1.constant(0.1, shape=[3]))
        return tf.nn.softmax(tf.matmul(self.data, w) + b)

    @lazy_property
    def optimize(self):
        cross_entropy = -tf.reduce_sum(self.target * tf.math.log(self.prediction))
        return tf.compat.v1.train.RMSPropOptimizer(0.03).minimize(cross_entropy)

    @lazy_property
    def error(self):
        mistakes = tf.not_equal(tf.argmax(self.target, 1), tf.argmax(self.prediction, 1))
        return tf.reduce_mean(tf.cast(mistakes, tf.float32))


def main():
    rng = np.random.RandomState(0)
    data = tf.compat.v1.placeholder(tf.float32, [None, 4])
    target = tf.compat.v1.placeholder(tf.float32, [None, 3])
    model = Model(data, target)
    sess = tf.compat.v1.Session()
    sess.run(tf.compat.v1.global_variables_initializer())
    for _ in range(5):
        sess.run(model.optimize, {data: rng.rand(6, 4), target: np.eye(3)[rng.randint(0, 3, 6)]})
    save_session(sess, 'export/lazy', {
        'serving_default': ({'data': model.data}, {'prediction': model.prediction}),
    })


if __name__ == '__main__':
    main()
