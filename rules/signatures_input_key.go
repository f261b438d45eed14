package rules

import (
	"fmt"
	"regexp"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

var inputKey = &Rule{
	Code: "TFM304",
	Name: "signature-input-key",
	Part: true,
	Doc: Doc{
		What: "An input of an exported signature whose key tf.saved_model.save cannot write.",
		Why: "TensorFlow 2 makes the inputs of a signature out of the parameters of a Python function. A key that is no Python name is changed without " +
			"a word, \"image/encoded\" to \"image_encoded\", and clients that send the old key are refused; a keyword, or a key with a blank, " +
			"raises ValueError when the model is saved. Keys of outputs may be anything.",
		Before: `import tensorflow as tf


def export(sess, x, y):
    tf.saved_model.simple_save(sess, "export/image", {"image/encoded": x}, {"scores": y})
`,
		Silent: `import tensorflow as tf


def export(sess, x, y, key):
    tf.compat.v1.saved_model.simple_save(sess, "export/1", {"image": x}, {"scores/raw": y})  # the key of an output may be anything
    tf.compat.v1.saved_model.simple_save(sess, "export/2", {key: x}, {"scores": y})  # not known before the program runs
    return sess.run(y, {"image/encoded:0": 1.0})  # the name of a tensor, and no key
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/saved_model/save",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			e, ok := s.(*Export)
			if !ok {
				continue
			}
			for _, mg := range e.MetaGraphs {
				for _, sig := range mg.Signatures {
					for _, in := range sig.Inputs.Items {
						if in.Key == nil {
							continue
						}
						key, ok := p.String(in.Key)
						if !ok {
							continue
						}
						if what := unsayable(key); what != "" {
							p.Report(Finding{Span: in.Key.Pos(), Site: e, Severity: Hazard,
								Message: fmt.Sprintf("the input key %q is no name of a Python parameter: tf.saved_model.save %s", key, what)})
						}
					}
				}
			}
		}
	},
}

// What tf.saved_model.save takes as the key of an input as it is, and what it takes and changes: the names that an operation may have.
// (tensorflow/core/function/polymorphism/function_type.py, and tried on both releases.)
var (
	sayable    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	changeable = regexp.MustCompile(`^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$`)
)

// InputKey tells whether tf.saved_model.save writes key as the key of a signature's input, as it is.
func InputKey(key string) bool { return unsayable(key) == "" }

// unsayable is what tf.saved_model.save does to an input's key that it cannot write; "" for one that it can.
func unsayable(key string) string {
	switch {
	case analyzer.Keyword(key) || key == "self":
		return "raises"
	case sayable.MatchString(key):
		return ""
	case changeable.MatchString(key):
		return "changes it without a word"
	}
	return "raises"
}
