package rewrite

import (
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/rules"
)

// TestKerasConditions changes one thing at a time in a program that the strategy serves safely. On Keras 2 what no longer holds leaves the export to
// Keras's session; on Keras 3, which has none, the fix is unsafe and says why, or there is none.
func TestKerasConditions(t *testing.T) {
	const whole = `import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K

# before
model = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])
model.set_weights([np.ones((3, 2)), np.zeros(2)])
with K.get_session() as sess:
    # inside
    tf.saved_model.simple_save(sess, "export", {"x": model.input}, {"y": model.output})
`
	for _, test := range []struct {
		name     string
		old, new string
		why      string // part of what the fix for Keras 3 assumes, or of the refusal; "" where the strategy stays safe on both
		no       bool   // there is no fix for Keras 3
	}{
		{name: "as it is"},
		{name: "the phase of inference", old: "# before", new: "K.set_learning_phase(0)"},
		{name: "a functional model", old: "tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])",
			new: "tf.keras.models.clone_model(tf.keras.Sequential())", why: "uses keras.models.clone_model"},
		{name: "the phase of training", old: "# before", new: "K.set_learning_phase(1)", why: "another learning phase than 0", no: true},
		{name: "an unknown phase", old: "# before", new: "K.set_learning_phase(int(np.ones(1)))", why: "another learning phase than 0", no: true},
		{name: "trained", old: "# before", new: "def train(model):\n    model.fit(np.ones((4, 3)), np.ones((4, 2)))", why: "trains a model"},
		{name: "random weights", old: "model.set_weights([np.ones((3, 2)), np.zeros(2)])\n", new: "", why: "nothing in view sets them"},
		{name: "weights set under a condition", old: "model.set_weights(", new: "if np.ones(1):\n    model.set_weights(", why: "nothing in view sets them"},
		{name: "weights of another model", old: "model.set_weights(", new: "other = tf.keras.Sequential()\nother.set_weights(", why: "nothing in view sets them"},
		{name: "weights loaded by name", old: "model.set_weights([np.ones((3, 2)), np.zeros(2)])", new: "model.load_weights('w.h5', by_name=True)",
			why: "nothing in view sets them"},
		{name: "weights loaded", old: "model.set_weights([np.ones((3, 2)), np.zeros(2)])", new: "model.load_weights('w.h5')"},
		{name: "weights made of those at the start", old: "model.set_weights([np.ones((3, 2)), np.zeros(2)])",
			new: "model.set_weights([w * 2 for w in model.get_weights()])", why: "the weights that a model starts with"},
		{name: "weights in the shapes of those at the start", old: "model.set_weights([np.ones((3, 2)), np.zeros(2)])",
			new: "model.set_weights([np.ones(w.shape) for w in model.get_weights()])"},
		{name: "a layer with other defaults", old: "tf.keras.layers.Dense(2, input_shape=(3,))", new: "tf.keras.layers.LSTM(2, input_shape=(3, 1))",
			why: "uses keras.layers.LSTM"},
		{name: "a layer of code", old: "tf.keras.layers.Dense(2, input_shape=(3,))", new: "tf.keras.layers.Lambda(lambda x: x * 2, input_shape=(3,))",
			why: "uses keras.layers.Lambda"},
		{name: "an activation that changed", old: "tf.keras.layers.Dense(2, ", new: "tf.keras.layers.Dense(2, activation='hard_sigmoid', ", why: "hard_sigmoid"},
		{name: "a model out of view", old: "model = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])", new: "from zoo import model",
			why: "is not in view"},
		{name: "a model read from a file that others write", old: "tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])",
			new: "tf.keras.models.load_model('m.h5')", why: "loads a model that the file does not write"},
		{name: "the session is used beside", old: "    # inside", new: "    sess.run(tf.global_variables_initializer())", why: "sess` is used", no: true},
		{name: "a placeholder is the input", old: `{"x": model.input}`, new: `{"x": tf.placeholder(tf.float32, [None, 3])}`,
			why: "the input x is not an input of a model in view", no: true},
		{name: "an input name that is no identifier", old: `{"x": model.input}`, new: `{"x/y": model.input}`, why: "no key that tf.saved_model.save can write", no: true},
		{name: "the input is given out", old: `{"y": model.output}`, new: `{"y": model.output, "x": model.input}`,
			why: "computed from an input beside the model", no: true},
		{name: "tensors of two models", old: `{"y": model.output}`, new: `{"y": model.output, "z": other.output}`, why: "several models", no: true},
		{name: "the output is random", old: `{"y": model.output}`, new: `{"y": model.output + tf.random_normal([2])}`, why: "random", no: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(whole, test.old) != 1 && test.old != "" {
				t.Fatalf("%q is not in the program once", test.old)
			}
			src := []byte(strings.Replace(whole, test.old, test.new, 1))
			if test.name == "as it is" {
				src = []byte(whole)
			}
			two := outcome(t, src, rules.Version{Major: 2, Minor: 15})
			three := outcome(t, src, rules.Version{Major: 2, Minor: 21})
			switch {
			case test.why == "":
				for _, o := range []Outcome{two, three} {
					if o.Fix == nil || o.Fix.Strategy != "keras" || o.Fix.Applicability != Safe {
						t.Errorf("no safe fix: %s", told(o))
					}
				}
				return
			case two.Fix != nil && two.Fix.Strategy == "keras":
				t.Errorf("on Keras 2: %s", told(two))
			case test.no && three.Fix != nil, !test.no && (three.Fix == nil || three.Fix.Applicability != Unsafe):
				t.Errorf("on Keras 3: %s", told(three))
			}
			if said := told(three); !strings.Contains(said, test.why) {
				t.Errorf("said\n%s\nwithout %q", said, test.why)
			}
		})
	}
}

// outcome is what becomes of the one export of a source.
func outcome(t *testing.T, src []byte, target rules.Version) Outcome {
	t.Helper()
	var out []Outcome
	for _, o := range convergeFor(t, "in.py", src, target, Options{Unsafe: true}).Patch.Outcomes {
		if _, ok := o.Site.(*rules.Export); ok {
			out = append(out, o)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d exports", len(out))
	}
	return out[0]
}

func told(o Outcome) string {
	if o.Fix != nil {
		return o.Fix.Strategy + ", " + o.Fix.Applicability.String() + ": " + o.Fix.Message
	}
	return "no: " + o.Refusal.Reason
}
