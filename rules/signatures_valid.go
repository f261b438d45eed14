package rules

var validSignature = &Rule{
	Code: "TFM303",
	Name: "is-valid-signature",
	Doc: Doc{
		What: "A SignatureDef checked by is_valid_signature, by a name that TensorFlow 2 does not have.",
		Why: "tf.saved_model.is_valid_signature raises AttributeError in TensorFlow 2, which has no SignatureDefs to check: tf.saved_model.save " +
			"raises for a function that makes no signature. tf.compat.v1's still checks, writes nothing, and is not reported.",
		Before: `import tensorflow as tf


def check(signature):
    if not tf.saved_model.signature_def_utils.is_valid_signature(signature):
        raise ValueError("not servable")
`,
		Silent: `import jwt
import tensorflow as tf


def check(signature, token):
    jwt.is_valid_signature(token)  # another library's
    return tf.compat.v1.saved_model.is_valid_signature(signature)  # works on TensorFlow 2
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/compat/v1/saved_model/is_valid_signature",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("saved_model.is_valid_signature") {
			if p.severity(c) == Breaks {
				p.Report(Finding{Span: c.Span, Severity: Breaks,
					Message: "is_valid_signature checks a SignatureDef, which TensorFlow 2 makes and checks itself",
					Reason:  "call tf.compat.v1.saved_model.is_valid_signature for as long as there are SignatureDefs, and nothing when there are none"})
			}
		}
	},
}
