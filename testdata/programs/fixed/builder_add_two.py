"""Export a graph without variables with the SavedModel builder."""
import shutil

import tensorflow as tf
import tensorflow.compat.v1 as tf1

EXPORT_DIR = "export/builder"


def add_two(input):
    return input + 2


shutil.rmtree(EXPORT_DIR, ignore_errors=True)


class AddTwo(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec(shape=[], dtype=tf.float32, name="input")])
    def serving_default(self, input):
        output = add_two(input)
        return {"output": output}


model = AddTwo()
print("add two output: ", model.serving_default(3.)["output"].numpy())

# One signature, under the key that serving asks for by default.
tf.saved_model.save(model, EXPORT_DIR, signatures={
    tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: model.serving_default,
})
