package rules

import (
	"github.com/tfmigrate/tfmigrate/analyzer"
)

var kerasTFFormat = &Rule{
	Code: "TFM105",
	Name: "keras-save-format",
	Doc: Doc{
		What: "A Keras model saved with save_format=\"tf\".",
		Why:  "Keras 3, which comes with TensorFlow 2.16, knows no save_format: model.save raises for a directory. model.export(dir) writes a SavedModel there, model.save(\"model.keras\") a file that Keras loads.",
		Before: `import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
model.save("export/dense", save_format="tf")
`,
		Link: "https://keras.io/guides/migrating_to_keras_3/",
	},
	Find: func(p *Pass) {
		for _, c := range p.File.Calls() {
			a, isMethod := c.Fn.(*analyzer.Attribute)
			if !p.Is(c, "keras.models.save_model") && !(isMethod && a.Attr == "save") {
				continue
			}
			format, state := c.Arg("save_format", -1)
			if state != analyzer.Present {
				continue
			}
			if s, ok := p.String(format.Value); !ok || s != "tf" {
				continue
			}
			f := Finding{Span: c.Span, Severity: Works, Reason: "it still works with TensorFlow " + p.Target.String(),
				Message: `a Keras model is saved as a SavedModel by save_format="tf", which ends with TensorFlow 2.15`}
			if !p.Target.HasEstimator() { // Keras 3 came when Estimators went
				f.Severity, f.Reason = Breaks, "whether model.export or a .keras file is meant depends on what loads it"
			}
			p.Report(f)
		}
	},
}
