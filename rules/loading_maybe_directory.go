package rules

var maybeDirectory = &Rule{
	Code: "TFM202",
	Name: "maybe-saved-model",
	Doc: Doc{
		What: "A directory asked by maybe_saved_model_directory whether it holds a SavedModel.",
		Why:  "The function is gone from TensorFlow 2's own API; tf.saved_model.contains_saved_model asks the same.",
		Before: `import tensorflow as tf

if tf.saved_model.loader.maybe_saved_model_directory("models/1"):
    print("there is one")
`,
		After: `import tensorflow as tf

if tf.saved_model.contains_saved_model("models/1"):
    print("there is one")
`,
		Silent: `import tensorflow as tf
from paths import maybe_saved_model_directory

print(tf.saved_model.contains_saved_model("export"))  # its name in TensorFlow 2
print(maybe_saved_model_directory("export"))  # another function of that name
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/saved_model/contains_saved_model",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			if d, ok := s.(*DirectoryCheck); ok {
				p.Report(Finding{Span: d.Call.Span, Site: d, Severity: p.severity(d.Call),
					Message: "maybe_saved_model_directory is TensorFlow 1's; in TensorFlow 2 it is tf.saved_model.contains_saved_model"})
			}
		}
	},
}

// liftDirectoryChecks lifts the calls of contains_saved_model by the names that TensorFlow 2 lacks.
func liftDirectoryChecks(x *Facts) []Site {
	var out []Site
	for _, c := range x.Calls("saved_model.contains_saved_model") {
		if api, _ := x.Callee(c); api.Used != "saved_model.contains_saved_model" || api.Symbol.Private.Path != "" {
			out = append(out, &DirectoryCheck{Call: c})
		}
	}
	return out
}
