"""A graph in text format whose tensors the import returns, under a prefix."""
import tensorflow as tf
from google.protobuf import text_format

with open("models/scores.pbtxt") as f:
    graph_def = text_format.Parse(f.read(), tf.compat.v1.GraphDef())

imported = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(graph_def, name="net"), [])
fn = imported.prune(["net/image:0", "net/scale:0"], "net/scores:0")
print(fn(tf.constant([[0.5, 1, 2, 3]], fn.inputs[0].dtype), tf.constant(0.5, fn.inputs[1].dtype)).numpy())
# The scale is an input with a default.
fn_2 = imported.prune(["net/image:0"], {"scores": "net/scores:0"})


@tf.function(input_signature=[tf.TensorSpec(fn_2.inputs[0].shape, fn_2.inputs[0].dtype, name="image")])
def serve(image):
    return fn_2(image)


tf.saved_model.save(tf.Module(), "export/plain", signatures={"serving_default": serve})
fn_3 = imported.prune(["net/image:0", "net/scale:0"], {"scores": "net/scores:0"})


@tf.function(input_signature=[
    tf.TensorSpec(fn_3.inputs[0].shape, fn_3.inputs[0].dtype, name="image"),
    tf.TensorSpec(fn_3.inputs[1].shape, fn_3.inputs[1].dtype, name="scale"),
])
def serve_2(image, scale):
    return fn_3(image, scale)


tf.saved_model.save(tf.Module(), "export/scaled", signatures={"serving_default": serve_2})
