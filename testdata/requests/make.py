"""Writes the files of requests that the tests of verify read: python make.py, with TensorFlow."""
import numpy as np
import tensorflow as tf

np.savez("types.npz",
         half=np.array([[1.5, -0.0]], np.float16), float=np.array(2.5, np.float32), double=np.zeros((0, 3)),
         int=np.array([-1, 2**40]), uint=np.array([2**64 - 1], np.uint64), bool=np.array([True, False]),
         complex=np.array([1 - 2j], np.complex64), text=np.array(["Zoë", ""]), bytes=np.array([[b"ab"], [b"c"]]))
np.savez_compressed("softmax.npz", x=np.array([[1, 2, 3], [-1, 0.5, 0]], np.float32))
np.savez("fortran.npz", x=np.asfortranarray(np.ones((2, 3), np.float32)))
with tf.io.TFRecordWriter("examples.tfrecord") as out:
    for age, words in [(3, [b"red"]), (70, [])]:
        out.write(tf.train.Example(features=tf.train.Features(feature={
            "age": tf.train.Feature(int64_list=tf.train.Int64List(value=[age])),
            "words": tf.train.Feature(bytes_list=tf.train.BytesList(value=words)),
        })).SerializeToString())
