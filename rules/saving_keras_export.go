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
		Why: "TensorFlow 2.1 dropped these functions from tf, and 2.11 from tf.compat.v1: each raises AttributeError. model.save and model.export " +
			"write what they wrote.",
		Before: `import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
tf.keras.experimental.export_saved_model(model, "export/dense")
`,
		Silent: `import tensorflow as tf
from exporters import export_saved_model, save_keras_model

model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.export("export")
# Other functions of those names.
export_saved_model(model, "export")
save_keras_model(model, "export")
`,
		Link: "https://www.tensorflow.org/guide/keras/serialization_and_saving",
	},
	Find: func(p *Pass) {
		for _, c := range p.File.CallsTo(kerasExportEnds...) {
			name, last, ok := p.kerasFunction(c)
			if !ok {
				continue
			}
			f := Finding{Span: c.Span, Severity: Breaks,
				Message: "tf." + name + " is gone from TensorFlow 2; tf.saved_model.save, model.save and model.export write a SavedModel",
				Reason:  "which signatures the servers of the model ask for is not in view"}
			if strings.Contains(name, "load") {
				f.Message = "tf." + name + " is gone from TensorFlow 2; tf.saved_model.load reads what it read"
				f.Reason = "the model comes back as a Keras model, of which tf.saved_model.load gives the functions alone"
			}
			if p.Target.Minor <= last {
				f.Severity = Works
			}
			p.Report(f)
		}
	},
}

// kerasExports are the functions by their path below tf. No wheel that the table of symbols is made of has them.
var kerasExports = map[string]bool{
	"keras.experimental.export_saved_model": true, "keras.experimental.load_from_saved_model": true,
	"contrib.saved_model.save_keras_model": true, "contrib.saved_model.load_keras_model": true,
}

// kerasExportEnds are the last names of these.
var kerasExportEnds = []string{"export_saved_model", "load_from_saved_model", "save_keras_model", "load_keras_model"}

// The last releases 2.x with keras.experimental.export_saved_model, by the wheels: below tf, and below tf.compat.v1.
const (
	lastKerasExport       = 0
	lastCompatKerasExport = 10
)

// kerasFunction is the name below tf of such a function, if c surely calls one, and the last 2.x that has it.
func (x *Facts) kerasFunction(c *analyzer.Call) (name string, last int, ok bool) {
	paths, only := x.File.Names(c.Fn)
	if !only || len(paths) == 0 {
		return "", 0, false
	}
	last = lastCompatKerasExport
	for _, path := range paths {
		below, isTF := strings.CutPrefix(path, "tensorflow.")
		below, compat := strings.CutPrefix(below, "compat.v1.")
		if !isTF || !kerasExports[below] || name != "" && name != below {
			return "", 0, false
		}
		name = below
		switch {
		case strings.HasPrefix(name, "contrib."):
			last = -1
		case !compat:
			last = min(last, lastKerasExport)
		}
	}
	return name, last, true
}
