//go:build tensorflow

package rewrite

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUpdatesRun runs a program whose signatures change its reference variables, and holds each answer of what it saved, by TensorFlow 1's loader and by
// TensorFlow 2's, beside that of its own session.
func TestUpdatesRun(t *testing.T) {
	const src = `import numpy as np
import tensorflow as tf


def normalized(x, training):
    mean, variance = tf.nn.moments(x, [0])
    averages = tf.train.ExponentialMovingAverage(0.5)

    def update():
        with tf.control_dependencies([averages.apply([mean, variance])]):
            return tf.identity(mean), tf.identity(variance)

    mean, variance = tf.cond(training, update, lambda: (averages.average(mean), averages.average(variance)))
    return tf.nn.batch_normalization(x, mean, variance, None, None, 1e-3)


x = tf.placeholder(tf.float32, [None, 3], name="x")
training = tf.placeholder(tf.bool, [], name="training")
count = tf.Variable(0, trainable=False)
row = tf.Variable(tf.zeros([4]), trainable=False)
scale = tf.get_variable("scale", [3], initializer=tf.constant_initializer([1., 2., 3.]))
y = normalized(x * scale, training)
with tf.control_dependencies([tf.scatter_update(row, [tf.mod(count, 4)], [tf.reduce_sum(x)])]):
    seen = tf.assign_add(count, 1)
with tf.control_dependencies([seen]):
    kept = row.read_value()
sess = tf.Session()
sess.run(tf.global_variables_initializer())
sess.run([y, seen], {x: [[1., 2., 3.], [2., 5., 1.]], training: True})
tf.saved_model.simple_save(sess, "export", {"x": x, "training": training}, {"y": y, "seen": seen, "kept": kept})
`
	const beside = `
graph = tf.Graph()
with graph.as_default():
    old_loader = tf.compat.v1.Session(graph=graph)
    signature = tf.compat.v1.saved_model.load(old_loader, ["serve"], "export").signature_def["serving_default"]
with tf.__internal__.eager_context.eager_mode():
    new_loader = tf.saved_model.load("export")
random = np.random.RandomState(1)
for step in range(8):
    values, trains = random.randn(1 + step % 3, 3).astype(np.float32), step % 3 == 1
    want = sess.run({"y": y, "seen": seen, "kept": kept}, {x: values, training: trains})
    assert want["seen"] == step + 2, want
    got = old_loader.run({key: info.name for key, info in signature.outputs.items()},
                         {signature.inputs["x"].name: values, signature.inputs["training"].name: trains})
    with tf.__internal__.eager_context.eager_mode():
        called = new_loader.signatures["serving_default"](x=tf.constant(values), training=tf.constant(trains))
    for key in want:
        assert got[key].tobytes() == want[key].tobytes() == called[key].numpy().tobytes(), (step, key, want[key], got[key], called[key])
print("the same")
`
	runFixed(t, src, beside)
}

// TestCounterRuns: an update may be an output itself, where nothing in the file waits for it.
func TestCounterRuns(t *testing.T) {
	runFixed(t, `import tensorflow as tf

x = tf.placeholder(tf.float32, [], name="x")
counter = tf.Variable(0.0, name="counter")
last = tf.Variable(1.0, name="last")
total = tf.assign_add(counter, x)
sess = tf.Session()
sess.run(tf.global_variables_initializer())
sess.run(last.assign(2.0))
tf.saved_model.simple_save(sess, "export", {"x": x}, {"total": total * last})
`, `
with tf.__internal__.eager_context.eager_mode():
    model = tf.saved_model.load("export")
    for want in 6.0, 12.0, 18.0:
        got = model.signatures["serving_default"](x=tf.constant(3.0))["total"].numpy()
        assert got == want, (got, want)
print("the same")
`)
}

// runFixed fixes a program by safe fixes and runs it, with what looks at its export behind it.
func runFixed(t *testing.T, src, beside string) {
	t.Helper()
	res := converge(t, "in.py", []byte(src), Options{})
	dir := t.TempDir()
	path := filepath.Join(dir, "program.py")
	if err := os.WriteFile(path, append(res.Raw, beside...), 0o644); err != nil {
		t.Fatal(err)
	}
	python, err := filepath.Abs("../.venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), python, path)
	run.Dir = dir
	out, err := run.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "the same") {
		t.Errorf("%v\n%s\n%s", err, res.Raw, out)
	}
}
