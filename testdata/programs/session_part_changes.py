"""Export signatures of what is called something else by the time that they are saved."""
import tensorflow as tf

x = tf.placeholder(tf.float32, [None], name="x")
w = tf.get_variable("w", initializer=3.0)
sess = tf.Session()
sess.run(w.initializer)

# The item of a dict.
ends = {"y": x * w}
outputs = {"y": ends["y"]}
ends["y"] = x + w
tf.saved_model.simple_save(sess, "export/item", {"x": x}, outputs)

# A variable that a loop changes behind the export.
y = x - w
outputs = {"y": y}
for version in ["1", "2"]:
    tf.saved_model.simple_save(sess, "export/loop/" + version, {"x": x}, outputs)
    y = x / w


class Holder(object):
    def rebuild(self):
        self.y = x + w

    def export(self, path):
        self.y = x * w - 1.0
        outputs = {"y": self.y}
        self.rebuild()
        tf.saved_model.simple_save(sess, path, {"x": x}, outputs)


Holder().export("export/attribute")
