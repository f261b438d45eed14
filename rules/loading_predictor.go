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
		After: `import tensorflow as tf


def load_predictor(export_dir, signature_def_key="serving_default"):
    """Load a signature of a SavedModel as a function from a dict of values to a dict of arrays."""
    signature = tf.saved_model.load(export_dir, tags=["serve"]).signatures[signature_def_key]
    specs = signature.structured_input_signature[1]

    def predict(inputs):
        feeds = {name: tf.constant(value, specs[name].dtype) for name, value in inputs.items()}
        return {name: tensor.numpy() for name, tensor in signature(**feeds).items()}

    return predict


predict = load_predictor("models/1")
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
		for _, s := range p.Sites {
			if s, ok := s.(*Predictor); ok {
				p.Report(Finding{Span: s.Call.Span, Site: s, Severity: Breaks,
					Message: "tf.contrib.predictor." + s.Name + " is gone with tf.contrib; call a signature of tf.saved_model.load(dir)"})
			}
		}
	},
}

// liftPredictors lifts the functions of tf.contrib.predictor.
func liftPredictors(x *Facts) []Site {
	var out []Site
	if !x.File.Mentions("contrib") || !x.File.Mentions("predictor") {
		return nil
	}
	for _, c := range x.File.Calls() {
		if api, ok := x.Callee(c); ok {
			if name, ok := strings.CutPrefix(api.Name, "contrib.predictor."); ok {
				out = append(out, &Predictor{Call: c, Name: name})
			}
		}
	}
	return out
}
