//go:build tensorflow

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/internal/behave"
)

// TestProveRuns proves the fix of a program that was written for TensorFlow 1 and runs there alone.
func TestProveRuns(t *testing.T) {
	root, err := behave.Root()
	if err != nil {
		t.Fatal(err)
	}
	python, err := behave.Python(root)
	if err != nil {
		t.Fatal(err)
	}
	const helpers = `import tensorflow as tf


def score(x):
    w = tf.get_variable("w", [3, 1], initializer=tf.constant_initializer(0.25))
    return tf.matmul(x, w)
`
	const program = `import tensorflow as tf

from helpers import score

x = tf.placeholder(tf.float32, [None, 3], name="x")
y = score(x)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(y, {x: [[1., 2., 3.]]}).tolist())
    tf.saved_model.simple_save(sess, "export", {"x": x}, {"y": y})
`
	t.Chdir(t.TempDir())
	t.Setenv("TF_CPP_MIN_LOG_LEVEL", "3")
	for name, text := range map[string]string{"helpers.py": helpers, "program.py": program} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	code, out, errs := run(t, "fix", "--unsafe-fixes", "--prove", python+" program.py", ".")
	for _, want := range []string{"\n  before, with tf.compat.v1 in the name of tensorflow: ended well", "\n  it prints the same as before\n",
		"\n  export  serving_default  PROVED     equal for every input", "confirmed on", "\nPROVED: 1 export is the same\n", "\n1 site fixed ("} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code != exitOK || errs != "" {
		t.Errorf("code %d\n%s%s", code, out, errs)
	}
	for _, name := range []string{"helpers.py", "program.py"} {
		if text, err := os.ReadFile(name); err != nil || !strings.Contains(string(text), "tf.compat.v1.") {
			t.Errorf("%s is %s, %v", name, text, err)
		}
	}
	if left, _ := filepath.Glob("export*"); len(left) > 0 {
		t.Errorf("the program ran here: %v", left)
	}
}
