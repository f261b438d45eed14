package rules

var exportOutput = &Rule{
	Code: "TFM306",
	Name: "export-output",
	Part: true,
	Doc: Doc{
		What: "A signature of an Estimator, made by PredictOutput, ClassificationOutput or RegressionOutput, on a target that has no Estimators.",
		Why: "The export_outputs of an EstimatorSpec become the signatures of what the Estimator exports. They end with TensorFlow 2.15, where they still " +
			"work and keep their method names. The dict that a tf.function returns takes the place of PredictOutput; for the other two the " +
			"method name has to be put back as well, by tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater.",
		Target: Version{2, 16},
		Before: `import tensorflow as tf


def outputs_of(scores):
    return {"serving_default": tf.estimator.export.PredictOutput({"scores": scores})}
`,
		Silent: `from outputs import PredictOutput
import tensorflow as tf


@tf.function
def serve(x):
    return {"scores": 2 * x}  # how TensorFlow 2 names outputs


PredictOutput({"scores": serve})  # another library's
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("estimator.export.PredictOutput", "estimator.export.ClassificationOutput",
			"estimator.export.RegressionOutput", "estimator.export.EvalOutput") {
			if p.severity(c) == Breaks {
				p.Report(Finding{Span: c.Span, Severity: Breaks,
					Message: "the signatures of Estimators end with TensorFlow 2.15; a tf.function's dict of outputs takes their place",
					Reason:  "the model has to be trained without an Estimator first"})
			}
		}
	},
}
