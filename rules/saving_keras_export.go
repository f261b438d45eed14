package rules

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

var kerasExport = &Rule{
	Code: "TFM106",
	Name: "keras-export",
	Doc: Doc{
		What: "A Keras model written or read by keras.experimental.export_saved_model, load_from_saved_model or their tf.contrib forerunners.",
		Why:  "These functions are gone from TensorFlow 2: each raises AttributeError. model.save and model.export write what they wrote.",
		Before: `import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
tf.keras.experimental.export_saved_model(model, "export/dense")
`,
		Link: "https://www.tensorflow.org/guide/keras/serialization_and_saving",
	},
	Find: func(p *Pass) {
		for _, c := range p.File.Calls() {
			name, ok := p.kerasFunction(c)
			if !ok {
				continue
			}
			p.Report(Finding{Span: c.Span, Severity: Breaks,
				Message: "tf." + name + " is gone from TensorFlow 2; tf.saved_model.save, model.save and model.export write a SavedModel",
				Reason:  "which signatures the servers of the model ask for is not in view"})
		}
	},
}

// kerasExports are the functions by their path; no wheel of TensorFlow 2 has them.
var kerasExports = map[string]bool{
	"keras.experimental.export_saved_model": true, "keras.experimental.load_from_saved_model": true,
	"contrib.saved_model.save_keras_model": true, "contrib.saved_model.load_keras_model": true,
}

// kerasFunction is the name below tf of such a function, if c surely calls one.
func (x *Facts) kerasFunction(c *analyzer.Call) (name string, ok bool) {
	paths, only := x.File.Names(c.Fn)
	if !only || len(paths) == 0 {
		return "", false
	}
	for _, path := range paths {
		name = strings.TrimPrefix(strings.TrimPrefix(path, "tensorflow."), "compat.v1.")
		if !strings.HasPrefix(path, "tensorflow.") || !kerasExports[name] {
			return "", false
		}
	}
	return name, true
}
