package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

var kerasLoad = &Rule{
	Code: "TFM205",
	Name: "keras-load-saved-model",
	Doc: Doc{
		What: "A SavedModel loaded by Keras, on a target with Keras 3.",
		Why: "Keras 3, which comes with TensorFlow 2.16, loads .keras and .h5 files alone: keras.models.load_model raises ValueError for a directory. " +
			"keras.layers.TFSMLayer(dir, call_endpoint=\"serving_default\") and tf.saved_model.load(dir) take one. A path whose end is not " +
			"in view is not judged.",
		Target: Version{2, 16},
		Before: `import tensorflow as tf

model = tf.keras.models.load_model("models/1")
print(model.predict([[1.0]]))
`,
		Silent: `import sys

import tensorflow as tf

tf.keras.models.load_model("model.keras")  # a file of Keras's own
tf.keras.models.load_model("model.h5")
tf.keras.models.load_model(sys.argv[1])  # how the path ends is not in view
tf.keras.layers.TFSMLayer("models/1", call_endpoint="serving_default")  # takes a SavedModel
`,
		Link: "https://keras.io/guides/migrating_to_keras_3/",
	},
	Find: func(p *Pass) {
		if !p.Target.HasKeras3() || p.legacyKeras() {
			return
		}
		for _, c := range p.File.Calls() {
			if !p.isKeras(c, "models.load_model", "saving.load_model") {
				continue
			}
			if path, state := c.Arg("filepath", 0); state == analyzer.Present && p.noKeras3File(path.Value) {
				p.Report(Finding{Span: c.Span, Severity: Breaks,
					Message: "Keras 3 loads no SavedModel: load_model raises for a path that ends neither in .keras nor in .h5",
					Reason:  "whether the model is trained further, or only called as tf.saved_model.load and TFSMLayer let it, is not in view"})
			}
		}
	},
}
