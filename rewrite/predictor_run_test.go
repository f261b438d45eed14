//go:build tensorflow

package rewrite

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// TestPredictorRuns runs what becomes of a predictor, which no TensorFlow that is left can run, beside a session that runs the same signature.
func TestPredictorRuns(t *testing.T) {
	src := `import gc

import numpy as np
import tensorflow as tf

DIR = "` + modeltest.Dir(t, "softmax_v1") + `"


def load():
    return tf.contrib.predictor.from_saved_model(DIR)


predict = load()
gc.collect()
x = np.linspace(-1, 1, 6).reshape(2, 3)
got = predict({"x": x})
`
	res := converge(t, "in.py", []byte(src), Options{Unsafe: true})
	const beside = `
with tf.Graph().as_default(), tf.compat.v1.Session() as sess:
    signature = tf.compat.v1.saved_model.load(sess, ["serve"], DIR).signature_def["serving_default"]
    name = signature.inputs["x"].name
    want = {key: sess.run(info.name, {name: x}) for key, info in signature.outputs.items()}
assert got.keys() == want.keys() and want, (got, want)
for key in want:
    assert type(got[key]) == type(want[key]) and got[key].tobytes() == want[key].tobytes(), key
print("the same")
`
	path := filepath.Join(t.TempDir(), "program.py")
	if err := os.WriteFile(path, append(res.Raw, beside...), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "../.venv/bin/python", path).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "the same") {
		t.Errorf("%v\n%s\n%s", err, res.Raw, out)
	}
}
