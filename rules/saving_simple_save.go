package rules

var simpleSave = &Rule{
	Code: "TFM102",
	Name: "simple-save",
	Doc: Doc{
		What: "A SavedModel written by tf.saved_model.simple_save.",
		Why: "TensorFlow 2 has no simple_save: tf.saved_model.simple_save raises AttributeError. It lives on as " +
			"tf.compat.v1.saved_model.simple_save, which needs a session and a graph.",
		Before: `import tensorflow as tf

with tf.Session() as sess:
    x = tf.placeholder(tf.float32, shape=[None, 2], name="x")
    y = tf.square(x)
    tf.saved_model.simple_save(sess, "export/square", inputs={"x": x}, outputs={"y": y})
`,
		After: `import tensorflow as tf


class Square(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec(shape=[None, 2], dtype=tf.float32, name="x")])
    def serving_default(self, x):
        y = tf.square(x)
        return {"y": y}


model = Square()
tf.saved_model.save(model, "export/square", signatures={"serving_default": model.serving_default})
`,
		Silent: `import tensorflow as tf
from exporters import simple_save


def export(sess, module, x, y):
    simple_save(sess, "export", {"x": x}, {"y": y})  # another function of that name
    tf.saved_model.save(module, "export/module")  # tf.saved_model.simple_save is only spoken of
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/compat/v1/saved_model/simple_save",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			if e, ok := s.(*Export); ok && e.Builder == nil {
				p.Report(Finding{Span: e.Save.Span, Site: e, Severity: p.severity(e.Save),
					Message: "tf.saved_model.simple_save is TensorFlow 1's; TensorFlow 2 writes a SavedModel with tf.saved_model.save"})
			}
		}
	},
}
