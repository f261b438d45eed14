import os
import sys

import tensorflow as tf

tf.compat.v1.app.flags.DEFINE_string("train_dir", "linear", "where the checkpoints are")
tf.compat.v1.app.flags.DEFINE_string("export_path", "export/linear", "where the model goes")
FLAGS = tf.compat.v1.app.flags.FLAGS


def main(_):
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)

    class Model(tf.Module):
        def __init__(self, checkpoint):
            super().__init__()
            reader = tf.train.load_checkpoint(checkpoint)
            self.weights = tf.Variable(reader.get_tensor("weights"), name="weights")
            self.bias = tf.Variable(reader.get_tensor("bias"), name="bias")

        @tf.function(input_signature=[tf.TensorSpec(shape=[None, 3], dtype=tf.float32, name="x")])
        def serving_default(self, x):
            logits = tf.nn.bias_add(tf.matmul(x, self.weights), self.bias)
            probabilities = tf.nn.softmax(logits)
            return {"probabilities": probabilities, "logits": logits}

    model = Model(tf.train.latest_checkpoint(FLAGS.train_dir))
    print("restored", os.path.basename(tf.train.latest_checkpoint(FLAGS.train_dir)))
    tf.saved_model.save(model, FLAGS.export_path, signatures={"serving_default": model.serving_default})


if __name__ == "__main__":
    tf.compat.v1.app.run(argv=sys.argv[:1])
