package rules

var loadV2 = &Rule{
	Code: "TFM206",
	Name: "load-v2",
	Doc: Doc{
		What: "A SavedModel loaded by tf.saved_model.load_v2, a name that TensorFlow 2 does not have.",
		Why: "load_v2 is what TensorFlow 1.13 to 1.15 called TensorFlow 2's tf.saved_model.load. In TensorFlow 2 tf.saved_model.load_v2 raises " +
			"AttributeError. tf.compat.v1.saved_model.load_v2 is TensorFlow 2's own function, and is not reported.",
		Before: `import tensorflow as tf

loaded = tf.saved_model.load_v2("models/1")
`,
		Silent: `import tensorflow as tf

tf.compat.v1.saved_model.load_v2("models/1")  # works on TensorFlow 2, and is its own function
tf.saved_model.load("models/1")
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/saved_model/load",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("saved_model.load_v2") {
			if p.severity(c) == Breaks {
				p.Report(Finding{Span: c.Span, Severity: Breaks,
					Message: "load_v2 is the name that TensorFlow 1 had for TensorFlow 2's tf.saved_model.load",
					Reason:  "call tf.saved_model.load, which is the same function and takes the same arguments"})
			}
		}
	},
}
