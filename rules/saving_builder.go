package rules

var savedModelBuilder = &Rule{
	Code: "TFM101",
	Name: "saved-model-builder",
	Doc: Doc{
		What: "A SavedModel written by tf.saved_model.Builder (SavedModelBuilder).",
		Why: "TensorFlow 2 has no Builder: tf.saved_model.Builder raises AttributeError. It lives on as tf.compat.v1.saved_model.Builder, " +
			"which needs a session and a graph. tf.saved_model.save takes the functions of a module instead.",
		Before: `import tensorflow as tf


def add_two(value):
    return value + 2


with tf.Graph().as_default():
    with tf.Session() as sess:
        x = tf.placeholder(tf.float32, shape=[], name="x")
        y = add_two(x)
        print(sess.run(y, {x: 3.}))

        builder = tf.saved_model.Builder("export/add_two")
        signature = tf.saved_model.predict_signature_def({"x": x}, {"y": y})
        builder.add_meta_graph_and_variables(
            sess, [tf.saved_model.tag_constants.SERVING],
            signature_def_map={"serving_default": signature})
        builder.save()
`,
		After: `import tensorflow as tf


def add_two(value):
    return value + 2


class AddTwo(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec(shape=[], dtype=tf.float32, name="x")])
    def serving_default(self, x):
        y = add_two(x)
        return {"y": y}


model = AddTwo()
print(model.serving_default(3.)["y"].numpy())

tf.saved_model.save(model, "export/add_two", signatures={"serving_default": model.serving_default})
`,
		Silent: `import tensorflow as tf
from exporters import Builder

# Another Builder than TensorFlow's.
builder = Builder("export")
builder.save()

# TensorFlow 2's own way.
tf.saved_model.save(tf.Module(), "export/module")


def finish(builder):
    builder.save()  # nothing here says what the parameter is
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/compat/v1/saved_model/Builder",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			severity := Works
			switch s := s.(type) {
			case *BuilderUse: // what makes it may break, and is a finding where it stands
			case *Export:
				if s.Builder == nil {
					continue
				}
				severity = p.severity(s.Builder)
			default:
				continue
			}
			for _, pl := range s.Places() {
				f := Finding{Span: pl.Call.Span, Site: s, Severity: severity}
				switch pl.Role {
				case RoleBuilder:
					f.Message = "tf.saved_model.Builder is TensorFlow 1's; TensorFlow 2 writes a SavedModel with tf.saved_model.save"
				case RoleAdd:
					f.Message = "the Builder takes a session's graph and variables; tf.saved_model.save takes the functions of a module"
				case RoleSave:
					f.Message = "the Builder writes the SavedModel here; in TensorFlow 2 tf.saved_model.save does"
				default:
					continue
				}
				p.Report(f)
			}
		}
	},
}
