package rewrite

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// TestMadeOfItself: in a loop a value may be made of what it was before, itself or through others. Following it must end.
func TestMadeOfItself(t *testing.T) {
	for name, src := range map[string]string{
		"session": `
while go():
    sess = sess.as_default()
    x = tf.placeholder(tf.float32, [], name="x")
    with sess:
        tf.saved_model.simple_save(sess, "export", {"x": x}, {"y": x + 1})`,
		"initialiser": `
with tf.Session() as sess:
    x = tf.placeholder(tf.float32, [], name="x")
    y = x * tf.get_variable("w", [])
    while go():
        init = tf.group(init, [again])
        again = tf.group(init, init)
        sess.run(init)
    tf.train.Saver().restore(sess, "checkpoint")
    tf.saved_model.simple_save(sess, "export", {"x": x}, {"y": y}, legacy_init_op=init)`,
		"default of an input": `
with tf.Session() as sess:
    while go():
        value = value.reshape([1])
        x = tf.placeholder_with_default(value, [1], name="x")
        tf.saved_model.simple_save(sess, "export", {"x": x}, {"y": x * tf.Variable(1.0)})`,
		"output of a model": `
model = tf.keras.models.load_model("model.h5")
for i in range(2):
    y = z + model.output
    z = y * 2
    tf.saved_model.simple_save(tf.keras.backend.get_session(), "export", {"x": model.input}, {"y": y})`,
		"shape": `
def build(size):
    return tf.get_variable("w", initializer=tf.zeros(size))

with tf.Session() as sess:
    while go():
        sizes = [sizes, others]
        others = [sizes]
        x = tf.placeholder(tf.float32, [], name="x")
        y = x * build(sizes)
        tf.train.Saver().restore(sess, "checkpoint")
        tf.saved_model.simple_save(sess, "export", {"x": x}, {"y": y})`,
		"signatures": `
while go():
    a = {"f": b}
    b = dict(a, g=a)
    builder = tf.saved_model.Builder("export")
    builder.add_meta_graph_and_variables(tf.Session(), ["serve"], a)
    builder.save()`,
		"graph": `
while go():
    with tf.Session(graph=graph) as sess:
        graph = sess.graph
        tf.import_graph_def(graph_def)
        sess.run("y:0")`,
	} {
		t.Run(name, func(t *testing.T) {
			in := []byte("import tensorflow as tf\n" + src + "\n")
			checkLaws(t, in, converge(t, "in.py", in, Options{Unsafe: true}))
		})
	}
}

// TestGoldenInLoop puts each source of the golden tests into a loop in which one of its assignments reads what it binds.
func TestGoldenInLoop(t *testing.T) {
	files, err := filepath.Glob("../testdata/rewrite/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	looped := 0
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in, ok := madeOfItself(t, txtar.Parse(data).Files[0].Data, i)
		if !ok {
			continue
		}
		looped++
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			checkLaws(t, in, converge(t, "in.py", in, Options{Unsafe: true}))
		})
	}
	if looped < len(files)/2 {
		t.Errorf("only %d of %d sources could be put into a loop", looped, len(files))
	}
}

// madeOfItself is src in a loop, with a name that one of its assignments reads replaced by the one that it binds; which of them n chooses. ok is false where
// there is none, or where lines can't simply be indented.
func madeOfItself(t *testing.T, src []byte, n int) (out []byte, ok bool) {
	t.Helper()
	f, err := analyzer.Parse(t.Context(), "in.py", src)
	if err != nil {
		t.Fatal(err)
	}
	var edits []Edit
	analyzer.Walk(f.Module, func(node analyzer.Node) bool {
		a, isAssign := node.(*analyzer.Assign)
		if !isAssign || a.Value == nil || len(a.Targets) != 1 {
			return true
		}
		target, isName := a.Targets[0].(*analyzer.Name)
		if read := names(a.Value); isName && len(read) > 0 {
			edits = append(edits, Edit{read[len(read)-1].Pos(), target.ID})
		}
		return true
	})
	if len(edits) == 0 || bytes.Contains(src, []byte(`"""`)) || bytes.Contains(src, []byte("'''")) || bytes.Contains(src, []byte("\t")) || len(f.Errors) > 0 {
		return nil, false
	}
	e := edits[n%len(edits)]
	src = []byte(string(src[:e.Span.Start]) + e.Text + string(src[e.Span.End:]))
	lines := strings.SplitAfter(string(src), "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = "    " + line
		}
	}
	return []byte("while go():\n" + strings.Join(lines, "")), true
}
