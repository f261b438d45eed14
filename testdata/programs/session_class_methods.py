import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


class Regressor(object):

  def __init__(self, units):
    self.graph = tf.Graph()
    with self.graph.as_default():
      self.examples = tf.placeholder(tf.string, [None], name='examples')
      parsed = tf.parse_example(self.examples, {'x': tf.FixedLenFeature([units], tf.float32)})
      self.weights = tf.get_variable('weights', [units, 1], initializer=tf.ones_initializer())
      self.prediction = tf.matmul(parsed['x'], self.weights)
      init = tf.global_variables_initializer()
    self.sess = tf.Session(graph=self.graph)
    self.sess.run(init)

  def train(self):
    with self.graph.as_default():
      self.sess.run(self.weights.assign(self.weights * 3.))

  def _signatures(self):
    raw = tf.saved_model.signature_def_utils.predict_signature_def(
        inputs={'examples': self.examples}, outputs={'prediction': self.prediction})
    return {'predict': raw, 'serving_default': raw}

  def save(self, path):
    with self.graph.as_default():
      builder = tf.saved_model.builder.SavedModelBuilder(path)
      builder.add_meta_graph_and_variables(
          self.sess, [tf.saved_model.tag_constants.SERVING], signature_def_map=self._signatures())
      builder.save()


regressor = Regressor(3)
regressor.train()
regressor.save('export/regressor')
