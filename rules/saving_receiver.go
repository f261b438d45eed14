package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

var servingReceiver = &Rule{
	Code: "TFM108",
	Name: "serving-receiver",
	Part: true,
	Doc: Doc{
		What:   "A serving input receiver of an Estimator: where the Estimator is exported, and everywhere on a target that has no Estimators.",
		Why:    "build_raw_serving_input_receiver_fn, build_parsing_serving_input_receiver_fn and ServingInputReceiver end with TensorFlow 2.15. A tf.function's input_signature says what they said.",
		Target: Version{2, 16},
		Before: `import tensorflow as tf


def receiver_fn():
    x = tf.compat.v1.placeholder(tf.float32, [None])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})
`,
		Silent: `import tensorflow as tf
from receivers import ServingInputReceiver

# Another receiver than TensorFlow's.
receiver = ServingInputReceiver({}, {})


@tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
def serve(x):
    return {"y": x}
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model",
	},
	Find: func(p *Pass) {
		reported := map[*analyzer.Call]bool{}
		for _, s := range p.Sites {
			var receivers []*analyzer.Call
			switch s := s.(type) {
			case *EstimatorExport:
				receivers = s.Receivers
			case *Exporter:
				receivers = s.Receivers
			}
			for _, c := range receivers {
				if reported[c] {
					continue
				}
				reported[c] = true
				p.Report(Finding{Span: c.Span, Site: s, Severity: p.severity(c),
					Message: "the serving input receiver of an Estimator's export; receivers end with TensorFlow 2.15, and a tf.function's input_signature takes their place"})
			}
		}
		if p.Target.HasEstimator() {
			return
		}
		for _, c := range p.Calls("estimator.export.build_raw_serving_input_receiver_fn", "estimator.export.build_parsing_serving_input_receiver_fn",
			"estimator.export.ServingInputReceiver", "estimator.export.TensorServingInputReceiver") {
			if reported[c] {
				continue
			}
			p.Report(Finding{Span: c.Span, Severity: Breaks,
				Message: "serving input receivers end with TensorFlow 2.15; a tf.function's input_signature takes their place",
				Reason:  "what the receiver does to its features is the program's own code"})
		}
	},
}
