package rules

var estimatorExport = &Rule{
	Code: "TFM103",
	Name: "estimator-export",
	Doc: Doc{
		What: "A SavedModel written by an Estimator's export_saved_model or export_savedmodel.",
		Why: "export_savedmodel is gone from TensorFlow 2, and Estimators altogether are from 2.16 on. What is exported is the " +
			"model_fn over the newest checkpoint, which tf.saved_model.save can write just as well.",
		Before: `import tensorflow as tf


def model_fn(features, labels, mode):
    output = features["x"] + 2.
    return tf.estimator.EstimatorSpec(
        mode, predictions=output, loss=tf.constant(0.), train_op=tf.train.get_global_step().assign_add(1),
        export_outputs={"serving_default": tf.estimator.export.PredictOutput({"y": output})})


estimator = tf.estimator.Estimator(model_fn, "checkpoints")
estimator.train(lambda: tf.data.Dataset.from_tensors({"x": 3.}), steps=1)
receiver_fn = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.placeholder(tf.float32, [None])})
estimator.export_savedmodel("export", receiver_fn)
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/estimator/Estimator#export_saved_model",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			e, ok := s.(*EstimatorExport)
			if !ok {
				continue
			}
			f := Finding{Span: e.Call.Span, Site: e, Severity: Works,
				Message: "an Estimator writes a SavedModel here; Estimators end with TensorFlow 2.15"}
			if e.Method == "export_savedmodel" || !p.Target.HasEstimator() {
				f.Severity = Breaks
			}
			p.Report(f)
		}
	},
}
