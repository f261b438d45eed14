package rules

var sessionLoad = &Rule{
	Code: "TFM201",
	Name: "session-load",
	Doc: Doc{
		What: "A SavedModel loaded into a session by tf.saved_model.load(sess, tags, export_dir) or loader.load.",
		Why: "tf.saved_model.load has another meaning in TensorFlow 2: it takes the directory first and returns an object that holds " +
			"the model's functions. There is no session to run tensors in by name.",
		Before: `import tensorflow as tf


def predict(path, value):
    with tf.Graph().as_default():
        with tf.Session() as sess:
            meta_graph = tf.saved_model.load(sess, ["serve"], path)
            signature = meta_graph.signature_def["serving_default"]
            input_name = signature.inputs["x"].name
            output_name = signature.outputs["y"].name
            return sess.run(output_name, feed_dict={input_name: value})
`,
		After: `import tensorflow as tf


def predict(path, value):
    loaded = tf.saved_model.load(path, tags=["serve"])
    signature = loaded.signatures["serving_default"]
    return signature(x=tf.constant(value, signature.structured_input_signature[1]["x"].dtype))["y"].numpy()
`,
		Silent: `import loader
import tensorflow as tf

# TensorFlow 2's function of the same name: no session stands in front of the directory.
model = tf.saved_model.load("export")
tagged = tf.saved_model.load("export", tags=["serve"])

# Another module that is called loader.
loader.load(None, ["serve"], "export")
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/compat/v1/saved_model/load",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			if l, ok := s.(*Load); ok {
				f := Finding{Span: l.Call.Span, Site: l, Severity: p.severity(l.Call),
					Message: "a SavedModel is loaded into a session here; in TensorFlow 2 tf.saved_model.load returns an object with the model's signatures"}
				p.Report(f)
			}
		}
	},
}
