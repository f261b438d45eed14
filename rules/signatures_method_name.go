package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

var methodName = &Rule{
	Code: "TFM305",
	Name: "signature-method-name",
	Part: true,
	Doc: Doc{
		What: "An exported signature whose method name is not tensorflow/serving/predict.",
		Why: "tf.saved_model.save writes the method name tensorflow/serving/predict for every signature. TensorFlow Serving answers a Classify or Regress " +
			"request only by a signature with that method name: after a plain migration such clients are refused, and Predict clients are " +
			"not. tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater puts the names back into what was saved.",
		Before: `import tensorflow as tf


def export(sess, examples, classes, scores):
    builder = tf.saved_model.Builder("export/flowers")
    signature = tf.saved_model.classification_signature_def(examples, classes, scores)
    builder.add_meta_graph_and_variables(sess, ["serve", "gpu"], signature_def_map={"serving_default": signature})
    builder.save()
`,
		Silent: `import tensorflow as tf


def export(sess, x, y):
    builder = tf.compat.v1.saved_model.Builder("export/flowers")
    signature = tf.compat.v1.saved_model.predict_signature_def({"x": x}, {"y": y})  # the name that tf.saved_model.save writes
    builder.add_meta_graph_and_variables(sess, ["serve"], signature_def_map={"serving_default": signature})
    builder.save()


def build(examples, classes, scores):
    return tf.compat.v1.saved_model.classification_signature_def(examples, classes, scores)  # nothing in view exports it
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/compat/v1/saved_model/signature_def_utils/MethodNameUpdater",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			e, ok := s.(*Export)
			if !ok {
				continue
			}
			told := map[*analyzer.Call]bool{}
			for _, mg := range e.MetaGraphs {
				for _, sig := range mg.Signatures {
					if sig.Call == nil || sig.Method == "" || sig.Method == PredictMethod || told[sig.Call] {
						continue
					}
					told[sig.Call] = true
					p.Report(Finding{Span: sig.Call.Span, Site: e, Severity: Hazard,
						Message: "tf.saved_model.save writes tensorflow/serving/predict in place of the method name " + sig.Method + askedBy(sig.Method)})
				}
			}
		}
	},
}

// askedBy tells who asks for a method name, where that is known.
func askedBy(method string) string {
	switch method {
	case ClassifyMethod:
		return ", which TensorFlow Serving's Classify API asks for"
	case RegressMethod:
		return ", which TensorFlow Serving's Regress API asks for"
	}
	return ""
}
