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


tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)


class Regressor(object):

  def __init__(self, units):
    self.graph = tf.Graph()
    with self.graph.as_default():
      self.examples = tf.compat.v1.placeholder(tf.string, [None], name='examples')
      parsed = tf.compat.v1.parse_example(self.examples, {'x': tf.io.FixedLenFeature([units], tf.float32)})
      self.weights = tf.compat.v1.get_variable('weights', [units, 1], initializer=tf.compat.v1.ones_initializer())
      self.prediction = tf.matmul(parsed['x'], self.weights)
      init = tf.compat.v1.global_variables_initializer()
    self.sess = tf.compat.v1.Session(graph=self.graph)
    self.sess.run(init)

  def train(self):
    with self.graph.as_default():
      self.sess.run(self.weights.assign(self.weights * 3.))

  def _signatures(self):
    raw = ({'examples': self.examples}, {'prediction': self.prediction})
    return {'predict': raw, 'serving_default': raw}

  def save(self, path):
    with self.graph.as_default():
      save_session(self.sess, path, self._signatures())


regressor = Regressor(3)
regressor.train()
regressor.save('export/regressor')
