#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""The export is a function that gets the model, as in many training packages."""
from __future__ import print_function

import argparse
import os

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras import layers, models
from tensorflow.python.saved_model import builder as saved_model_builder
from tensorflow.python.saved_model import signature_constants, tag_constants
from tensorflow.python.saved_model.signature_def_utils_impl import predict_signature_def


def model_fn(input_dim, labels_dim, hidden_units=(6, 4)):
  K.set_learning_phase(False)
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

  builder = saved_model_builder.SavedModelBuilder(export_path)

  signature = predict_signature_def(
      inputs={'input': model.inputs[0]}, outputs={'income': model.outputs[0]})

  with K.get_session() as sess:
    builder.add_meta_graph_and_variables(
        sess=sess,
        tags=[tag_constants.SERVING],
        signature_def_map={
            signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature
        })
    builder.save()


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--job-dir', default='export')
  args = parser.parse_args()
  census = model_fn(3, 1)
  print(census.predict(np.zeros([1, 3]), verbose=0).shape)
  to_savedmodel(census, os.path.join(args.job_dir, 'census'))


if __name__ == '__main__':
  main()
