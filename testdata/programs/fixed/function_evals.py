"""Numbers are tried out in an interactive session before the graph is exported."""
import numpy as np
import tensorflow as tf


class Arithmetic(tf.Module):
    @tf.function(input_signature=[
        tf.TensorSpec(shape=[None], dtype=tf.int32, name="a"),
        tf.TensorSpec(shape=[None], dtype=tf.int32, name="b"),
    ])
    def serving_default(self, a, b):
        total = tf.add(a, b, name="sum")
        difference = a - b
        return {"sum": total, "difference": difference}


model = Arithmetic()

print(model.serving_default([1, 2], [3, 4])["sum"].numpy())
outputs = model.serving_default([5], [2])
print(model.serving_default(np.arange(3), np.ones(3))["sum"].numpy(), [outputs["sum"].numpy(), outputs["difference"].numpy()])
assert (model.serving_default([5], [2])["difference"].numpy() == [3]).all()
outputs_2 = model.serving_default([9], [8])
results = {"sum": outputs_2["sum"].numpy(), "difference": outputs_2["difference"].numpy()}
print(results["sum"], results["difference"])
outputs_3 = model.serving_default([9], [8])
s, d = outputs_3["sum"].numpy(), outputs_3["difference"].numpy()
print(s, d)
tf.saved_model.save(model, "export/arithmetic", signatures={
    "serving_default": model.serving_default,
})
