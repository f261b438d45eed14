package rules

import (
	"strings"
)

var contribPredictor = &Rule{
	Code: "TFM203",
	Name: "contrib-predictor",
	Doc: Doc{
		What: "A predictor of tf.contrib.predictor: from_saved_model, from_estimator, from_contrib_estimator.",
		Why:  "TensorFlow 2 has no tf.contrib. tf.saved_model.load(dir).signatures[key] is what a predictor was: a function from named tensors to named tensors.",
		Before: `import tensorflow as tf

predict = tf.contrib.predictor.from_saved_model("models/1")
print(predict({"x": [1.0]})["y"])
`,
		Silent: `import predictor
import tensorflow as tf

predict = predictor.from_saved_model("export")  # another module of that name
serve = tf.saved_model.load("export").signatures["serving_default"]
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/saved_model/load",
	},
	Find: func(p *Pass) {
		for _, c := range p.File.Calls() {
			api, ok := p.Callee(c)
			if ok && strings.HasPrefix(api.Name, "contrib.predictor.") {
				p.Report(Finding{Span: c.Span, Severity: Breaks,
					Message: "tf." + api.Name + " is gone with tf.contrib; call a signature of tf.saved_model.load(dir)",
					Reason:  "what the predictor is fed and asked for is not followed"})
			}
		}
	},
}
