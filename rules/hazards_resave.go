package rules

import (
	"github.com/tfmigrate/tfmigrate/analyzer"
)

var resaveLoaded = &Rule{
	Code: "TFM501",
	Name: "resave-loaded",
	Doc: Doc{
		What: "A SavedModel that is loaded by tf.saved_model.load and saved again.",
		Why:  "Loading lifts only resource variables. If TensorFlow 1 wrote the model with reference variables, saving it again succeeds, and the new model fails when it runs: \"Attempting to use uninitialized value\".",
		Before: `import tensorflow as tf

loaded = tf.saved_model.load("models/old")
tf.saved_model.save(loaded, "models/new", signatures=loaded.signatures)
`,
		Silent: `import tensorflow as tf

# What is saved was not loaded.
loaded = tf.saved_model.load("models/old")
module = tf.Module()
tf.saved_model.save(module, "models/new")


def save(model):
    tf.saved_model.save(model, "models/new")  # where the parameter comes from is not in view
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model#loading_a_savedmodel",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("saved_model.save") {
			obj, state := c.Arg("obj", 0)
			if state != analyzer.Present {
				continue
			}
			if _, ok := p.MadeBy(obj.Value, "saved_model.load", "saved_model.load_v2"); ok {
				p.Report(Finding{Span: c.Span, Severity: Hazard,
					Message: "a loaded SavedModel is saved again: with reference variables, which TensorFlow 1 wrote, the copy is broken without a word",
					Reason:  "run tfmigrate inspect on the old model: it tells reference variables from resource variables"})
			}
		}
	},
}
