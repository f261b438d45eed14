#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""The export is a function that gets the model, as in many training packages."""
from __future__ import print_function

import argparse
import os

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models


def model_fn(input_dim, labels_dim, hidden_units=(6, 4)):
  model = models.Sequential()
  for units in hidden_units:
    model.add(layers.Dense(units=units, input_dim=input_dim, activation='relu'))
    input_dim = units
  model.add(layers.Dense(labels_dim, activation='sigmoid'))
  random = np.random.RandomState(11)
  model.set_weights([random.normal(size=w.shape) for w in model.get_weights()])
  return model


def to_savedmodel(model, export_path):
  """Convert the Keras model into a SavedModel."""

  @tf.function(input_signature=[tf.TensorSpec(model.inputs[0].shape, model.inputs[0].dtype, name='input')])
  def serve(input):
    return {'income': model(input, training=False)}

  module = tf.Module()
  # Keras 3's variables hold TensorFlow's.
  module.model_variables = [v if isinstance(v, tf.Variable) else v.value for v in model.variables]
  tf.saved_model.save(module, export_path, signatures={tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: serve})


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--job-dir', default='export')
  args = parser.parse_args()
  census = model_fn(3, 1)
  print(census.predict(np.zeros([1, 3]), verbose=0).shape)
  to_savedmodel(census, os.path.join(args.job_dir, 'census'))


if __name__ == '__main__':
  main()
