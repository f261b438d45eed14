package rules

import "strings"

var estimatorExporter = &Rule{
	Code: "TFM107",
	Name: "estimator-exporter",
	Doc: Doc{
		What: "An exporter of an EvalSpec, BestExporter, LatestExporter or FinalExporter, or an export strategy of tf.contrib.learn.",
		Why: "Exporters write SavedModels while train_and_evaluate runs, by way of the Estimator's own export. They go with the Estimators, after TensorFlow 2.15. " +
			"LatestExporter and FinalExporter are replaced by an exporter that the file gets, which calls tf.saved_model.save. BestExporter stays: it looks for " +
			"the best result so far in event files.",
		Before: `import tensorflow as tf


def eval_spec(input_fn, receiver_fn):
    exporter = tf.estimator.BestExporter("best", receiver_fn)
    return tf.estimator.EvalSpec(input_fn, exporters=[exporter])
`,
		Silent: `import tensorflow as tf
from exporters import LatestExporter


def spec(input_fn):
    # Another exporter than TensorFlow's, and a specification without one.
    return LatestExporter("latest"), tf.estimator.EvalSpec(input_fn)
`,
		Link: "https://www.tensorflow.org/guide/migrate/evaluator",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			if e, ok := s.(*Exporter); ok {
				f := Finding{Span: e.Call.Span, Site: e, Severity: p.severity(e.Call),
					Message: "this exporter writes SavedModels by the Estimator's own export, which ends with TensorFlow 2.15"}
				if api, _ := p.Callee(e.Call); strings.HasPrefix(api.Name, "contrib.") {
					f.Message = "this export strategy writes SavedModels by the export of tf.contrib.learn's Estimators, and TensorFlow 2 has none of them"
				}
				p.Report(f)
			}
		}
	},
}
