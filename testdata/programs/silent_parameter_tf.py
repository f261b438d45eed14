"""Here tf is whatever the caller says, and never TensorFlow."""
import types


def export(tf, sess, path):
    tf.saved_model.simple_save(sess, path, inputs={"x": 1}, outputs={"y": 2})
    builder = tf.saved_model.Builder(path)
    builder.save()


calls = []
tools = types.SimpleNamespace(saved_model=types.SimpleNamespace(
    simple_save=lambda sess, path, inputs, outputs: calls.append((sess, path, sorted(inputs), sorted(outputs))),
    Builder=lambda path: types.SimpleNamespace(save=lambda: calls.append(path))))
export(tools, "session", "nowhere")
print(calls)
