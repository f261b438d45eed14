package rewrite

import (
	"strings"
	"testing"
)

// TestLoadedModel looks the tensors that a session runs up in the SavedModel that it loads.
func TestLoadedModel(t *testing.T) {
	const program = `import tensorflow as tf

with tf.Session(graph=tf.Graph()) as sess:
    tf.saved_model.loader.load(sess, ["serve"], "models/1")
    print(RUN)
`
	v1 := Model{
		Prunable: true, Nodes: map[string]bool{"x": true, "y": true, "hidden": true, "k": true},
		Signatures: map[string]ModelSignature{
			"serving_default": {map[string]string{"in": "x:0"}, map[string]string{"out": "y:0"}},
			"both":            {map[string]string{"a": "x:0", "b": "k:0"}, map[string]string{"c": "y:0", "d": "hidden:0"}},
		},
	}
	v2 := Model{Nodes: map[string]bool{}, Signatures: map[string]ModelSignature{
		"serving_default": {map[string]string{"x": "serving_default_x:0"}, map[string]string{"y": "StatefulPartitionedCall:0"}},
	}}
	for _, test := range []struct {
		name  string
		model Model
		run   string
		want  []string // lines of the result, or parts of the reason
		how   Applicability
	}{
		{"a signature", v1, `sess.run("y:0", {"x:0": [1.0]})`, []string{
			`fn = loaded.signatures["serving_default"]`,
			`print(fn(**{"in": tf.constant([1.0], fn.structured_input_signature[1]["in"].dtype)})["out"].numpy())`}, Safe},
		{"another signature, several outputs", v1, `sess.run(["hidden:0", "y:0"], {"x:0": [1.0], "k:0": 2})`, []string{
			`fn = loaded.signatures["both"]`,
			`outputs = fn(a=tf.constant([1.0], fn.structured_input_signature[1]["a"].dtype), b=tf.constant(2, fn.structured_input_signature[1]["b"].dtype))`,
			`print([outputs["d"].numpy(), outputs["c"].numpy()])`}, Safe},
		{"a tensor that no signature has", v1, `sess.run("hidden:0", {"x:0": [1.0]})`, []string{`fn = loaded.prune("x:0", "hidden:0")`}, Safe},
		{"not all inputs of a signature", v1, `sess.run("hidden:0", {"k:0": [1.0]})`, []string{`fn = loaded.prune("k:0", "hidden:0")`}, Safe},
		{"a tensor that is not there", v1, `sess.run("z:0", {"x:0": [1.0]})`, []string{`fn = loaded.prune("x:0", "z:0")`}, Unsafe},
		{"a name that is not constant", v1, `sess.run(sess.graph.get_tensor_by_name(tf.__version__), {"x:0": [1.0]})`,
			[]string{`fn = loaded.prune("x:0", tf.__version__)`}, Unsafe},
		{"a signature of TensorFlow 2", v2, `sess.run("StatefulPartitionedCall:0", {"serving_default_x:0": [1.0]})`,
			[]string{`print(fn(x=tf.constant([1.0], fn.structured_input_signature[1]["x"].dtype))["y"].numpy())`}, Safe},
		{"an inner tensor of TensorFlow 2", v2, `sess.run("dense/BiasAdd:0", {"serving_default_x:0": [1.0]})`, []string{"TensorFlow 2 wrote the SavedModel"}, Display},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := []byte(strings.Replace(program, "RUN", test.run, 1))
			res := converge(t, "in.py", src, Options{Unsafe: true, Model: func(dir string, tags []string) (Model, bool) {
				return test.model, dir == "models/1" && len(tags) == 1 && tags[0] == "serve"
			}})
			o := res.Patch.Outcomes[0]
			if test.how == Display {
				if o.Fix != nil || !strings.Contains(o.Refusal.Reason, test.want[0]) {
					t.Errorf("became %s", told(o))
				}
				return
			}
			if o.Fix == nil || o.Fix.Applicability != test.how {
				t.Errorf("became %s", told(o))
			}
			for _, line := range test.want {
				if !strings.Contains(string(res.Raw), "\n"+line+"\n") {
					t.Errorf("no line %s in\n%s", line, res.Raw)
				}
			}
		})
	}
}
