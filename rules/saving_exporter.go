package rules

var estimatorExporter = &Rule{
	Code: "TFM107",
	Name: "estimator-exporter",
	Doc: Doc{
		What: "An exporter of an EvalSpec: BestExporter, LatestExporter or FinalExporter.",
		Why:  "Exporters write SavedModels while train_and_evaluate runs, by way of the Estimator's own export. They go with the Estimators, after TensorFlow 2.15.",
		Before: `import tensorflow as tf


def eval_spec(input_fn, receiver_fn):
    exporter = tf.estimator.LatestExporter("export", receiver_fn)
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
		for _, c := range p.Calls("estimator.BestExporter", "estimator.LatestExporter", "estimator.FinalExporter") {
			p.Report(Finding{Span: c.Span, Severity: p.severity(c),
				Message: "this exporter writes SavedModels by the Estimator's own export, which ends with TensorFlow 2.15",
				Reason:  "the export happens inside train_and_evaluate; export after training with export_saved_model instead, which can be rewritten"})
		}
	},
}
