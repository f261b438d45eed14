"""A model that is trained in the graph of Keras's session; its weights depend on the seed of that graph."""
import os

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K


def build():
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(8, input_dim=3, activation='relu'))
    model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.Dense(1))
    model.compile(loss='mse', optimizer=keras.optimizers.SGD(0.05))
    return model


def save(model, path):
    info = tf.saved_model.utils.build_tensor_info
    signature = tf.saved_model.signature_def_utils.build_signature_def(
        inputs={'x': info(model.inputs[0])},
        outputs={'y': info(model.outputs[0])},
        method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
    builder = tf.saved_model.builder.SavedModelBuilder(path)
    builder.add_meta_graph_and_variables(
        sess=K.get_session(),
        tags=[tf.saved_model.tag_constants.SERVING],
        signature_def_map={
            tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature,
        },
        legacy_init_op=tf.group(tf.tables_initializer(), name='legacy_init_op'))
    builder.save()


if __name__ == '__main__':
    tf.set_random_seed(7)
    x = np.linspace(-1, 1, 48).reshape(16, 3).astype(np.float32)
    y = x.sum(axis=1, keepdims=True)
    model = build()
    model.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0)
    save(model, os.path.join('export', 'trained'))
    print('saved')
