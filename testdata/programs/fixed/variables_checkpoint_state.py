import tensorflow.compat.v1 as tf


def export_latest(train_dir, export_dir):
    """Exports the newest checkpoint of a directory."""

    class Model(tf.Module):
        def __init__(self, checkpoint):
            super().__init__()
            reader = tf.train.load_checkpoint(checkpoint)
            # What was trained.
            self.w = tf.Variable(reader.get_tensor("weights"), name="weights")
            self.b = tf.Variable(reader.get_tensor("bias"), name="bias")

        @tf.function(input_signature=[tf.TensorSpec(shape=[None, 3], dtype=tf.float32, name="x")])
        def serving_default(self, x):
            y = tf.matmul(x, self.w) + self.b
            label = tf.argmax(y, 1, name="label")
            return {"label": label, "y": y}

    state = tf.train.get_checkpoint_state(train_dir)
    if not state or not state.model_checkpoint_path:
        raise IOError("nothing was trained in " + train_dir)
    model = Model(state.model_checkpoint_path)
    labels = model.serving_default([[1.0, 2.0, 3.0]])["label"].numpy()
    print("label", labels)
    tf.saved_model.save(model, export_dir, signatures={"serving_default": model.serving_default})


export_latest("linear", "export/state")
