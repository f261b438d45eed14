package rules

var tensorInfo = &Rule{
	Code: "TFM302",
	Name: "tensor-info",
	Part: true,
	Doc: Doc{
		What: "A TensorInfo made by build_tensor_info.",
		Why:  "A TensorInfo describes a tensor of a graph for a SignatureDef. TensorFlow 2 has neither: the functions themselves say it.",
		Before: `import tensorflow as tf


def info_of(x):
    return tf.saved_model.utils.build_tensor_info(x)
`,
		Silent: `import tensorflow as tf
from exporters import build_tensor_info

info = build_tensor_info(tf.constant(1.0))  # another function of that name
spec = tf.TensorSpec([None], tf.float32, name="x")
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/compat/v1/saved_model/build_tensor_info",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("saved_model.build_tensor_info") {
			p.Report(Finding{Span: c.Span, Site: p.SiteOf(c), Severity: p.severity(c),
				Message: "build_tensor_info describes a tensor for a SignatureDef; TensorFlow 2 needs no such description",
				Reason:  "the signature that this TensorInfo is for is not in view; the TensorInfo goes when the export is rewritten"})
		}
	},
}
