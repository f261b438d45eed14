package rules

var signatureDef = &Rule{
	Code: "TFM301",
	Name: "signature-def",
	Part: true,
	Doc: Doc{
		What: "A SignatureDef made by predict_signature_def, build_signature_def, classification_signature_def or regression_signature_def.",
		Why: "TensorFlow 2 makes signatures from functions: each tf.function with an input_signature is one, and all of them have the method " +
			"name tensorflow/serving/predict. Classify and regress method names have to be put back for servers that ask for them.",
		Before: `import tensorflow as tf


def signature_of(x, y):
    return tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})
`,
		Silent: `import tensorflow as tf
from exporters import predict_signature_def

# Another function of that name, and what takes its place in TensorFlow 2.
signature = predict_signature_def({}, {})


@tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
def serve(x):
    return {"y": x}
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model#signatures",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls(signatureCalls...) {
			p.Report(Finding{Span: c.Span, Site: p.SiteOf(c), Severity: p.severity(c),
				Message: "a SignatureDef is TensorFlow 1's way to name inputs and outputs; in TensorFlow 2 a tf.function's input_signature and its dict of outputs do",
				Reason:  "the export that this signature is for is not in view; the signature goes when the export is rewritten"})
		}
	},
}
