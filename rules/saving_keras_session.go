package rules

import (
	"github.com/tfmigrate/tfmigrate/analyzer"
)

var kerasSession = &Rule{
	Code: "TFM104",
	Name: "keras-session",
	Doc: Doc{
		What: "A session taken from Keras by backend.get_session for an export.",
		Why: "Keras keeps no session in TensorFlow 2: tf.keras.backend.get_session raises AttributeError, and tf.compat.v1's does so from 2.16 on. " +
			"A Keras model is exported by tf.saved_model.save or, from Keras 3 on, by model.export.",
		Before: `import tensorflow as tf
from tensorflow.keras import backend as K

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
model.load_weights("dense.h5")
with K.get_session() as sess:
    tf.saved_model.simple_save(sess, "export/dense", {"x": model.input}, {"y": model.output})
`,
		After: `import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
model.load_weights("dense.h5")


@tf.function(input_signature=[tf.TensorSpec(model.inputs[0].shape, model.inputs[0].dtype, name="x")])
def serve(x):
    return {"y": model(x, training=False)}


module = tf.Module()
# Keras 3's variables hold TensorFlow's.
module.model_variables = [v if isinstance(v, tf.Variable) else v.value for v in model.variables]
tf.saved_model.save(module, "export/dense", signatures={"serving_default": serve})
`,
		Silent: `import tensorflow as tf

# The session of Keras is read, and no model is exported from it.
sess = tf.compat.v1.keras.backend.get_session()
print(sess.run(tf.compat.v1.global_variables()))
`,
		Link: "https://www.tensorflow.org/guide/keras/serialization_and_saving",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			e, ok := s.(*Export)
			if !ok {
				continue
			}
			for _, mg := range e.MetaGraphs {
				if mg.Session == nil {
					continue
				}
				for _, o := range p.File.Value(mg.Session).Origins {
					c, ok := o.Expr.(*analyzer.Call)
					if ok && o.Kind == analyzer.FromExpr && p.IsKerasSession(c) {
						p.Report(Finding{Span: c.Span, Site: e, Severity: p.severity(c),
							Message: "Keras has no session in TensorFlow 2; save the model itself with tf.saved_model.save or model.export"})
					}
				}
			}
		}
	},
}

// IsKerasSession tells whether c asks Keras, TensorFlow's or the package of its own, for its session.
func (x *Facts) IsKerasSession(c *analyzer.Call) bool {
	if x.Is(c, "keras.backend.get_session") {
		return true
	}
	paths, only := x.File.Names(c.Fn)
	return only && len(paths) == 1 && (paths[0] == "keras.backend.get_session" || paths[0] == "keras.backend.tensorflow_backend.get_session")
}
