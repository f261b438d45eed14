package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test's own binary be the child process.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == childArg {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	exports = `import tensorflow as tf


def main(model):
    with tf.Session() as sess:
        x = tf.placeholder(tf.float32, [], name="x")
        y = x + 2
        # tf.saved_model.simple_save(sess, "old", {"x": x}, {"y": y})
        tf.saved_model.simple_save(sess, "new", {"x": x}, {"y": y})
    model.save("tf")
`
	notebook = `{"cells": [
  {"cell_type": "markdown", "source": ["a\n", "b"]},
  {"cell_type": "code", "source": ["import tensorflow as tf\n", "sess = tf.Session()"]},
  {"cell_type": "code", "source": ["# one\n", "builder = tf.saved_model.Builder('dir')\n", "builder.add_meta_graph_and_variables(sess, ['serve'])\n", "builder.save()"]}
], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}
`
	labels = `{"repo": "a/b", "commit": "c0ffee", "path": "export.py", "line": 9, "kind": "simple_save", "true_positive": true}
{"repo": "a/b", "commit": "c0ffee", "path": "export.py", "line": 8, "kind": "simple_save", "true_positive": false, "why": "a comment"}
{"repo": "a/b", "commit": "c0ffee", "path": "export.py", "line": 9, "kind": "builder", "true_positive": false, "why": "shares a line"}
{"repo": "a/b", "commit": "c0ffee", "path": "nb/save.ipynb", "line": 2, "kind": "builder", "true_positive": true}
{"repo": "a/b", "commit": "c0ffee", "path": "nb/save.ipynb", "line": 4, "kind": "builder_save", "true_positive": true}
{"repo": "a/b", "commit": "c0ffee", "path": "nb/save.ipynb", "line": 7, "kind": "builder_save", "true_positive": true}
{"repo": "a/b", "commit": "c0ffee", "path": "own.py", "line": 4, "kind": "estimator_export", "true_positive": true, "why": "not TensorFlow's", "import_style": "none"}
{"repo": "a/b", "commit": "0ther", "path": "own.py", "line": 4, "kind": "loader_load", "true_positive": true}
{"repo": "a/b", "commit": "c0ffee", "path": "gone.py", "line": 1, "kind": "loader_load", "true_positive": true}
`
	own = "class Own:\n    def export_saved_model(self): pass\n\nOwn().export_saved_model()\n"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func tinyCorpus(t *testing.T) string {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"repos.json":          `[{"repo": "a/b", "commit": "c0ffee"}, {"repo": "no/where", "commit": "1"}]`,
		"labels.jsonl":        labels,
		"a+b/export.py":       exports,
		"a+b/nb/save.ipynb":   notebook,
		"a+b/own.py":          own,
		"a+b/broken.py":       "def (:\n",
		"a+b/latin.py":        "# caf\xe9\n",
		"a+b/notes.txt":       "tf.saved_model.Builder()\n",
		"a+b/.hidden/also.py": "import tensorflow as tf\n",
	})
	return dir
}

func measure(t *testing.T, dir string, opt options) string {
	t.Helper()
	if opt.python == "" {
		opt.python = "python3"
	}
	var out bytes.Buffer
	if err := run(context.Background(), &out, io.Discard, dir, opt); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMeasure(t *testing.T) {
	dir := tinyCorpus(t)
	out := measure(t, dir, options{workers: 1})
	for _, want := range []string{
		"1 repositories, 6 files: 4 checked, 1 in part, 1 not at all; 4 findings\n",
		"not checked out: no/where at 1\n",
		"a+b/broken.py: line 1 is not Python that could be read\n",
		"a+b/latin.py: byte 5 is not UTF-8",
		"simple_save       1    1    1   1.000",
		"builder       1    1    1   1.000",
		"builder_save       1    1    1   1.000",
		"estimator_export       1    0    0   0.000",
		"all       4    3    3   0.750",
		"Missed: 1\n  a+b/own.py:4: estimator_export: Own().export_saved_model()\n      not TensorFlow's; none\n",
		"a+b/nb/save.ipynb:7: builder_save: the file has no such line\n",
		"a+b/own.py:4: loader_load: the label is of another commit than the checkout\n",
		"a+b/gone.py:1: loader_load: no such file or directory\n",
		"Look-alikes: 2, of which 1 share a line with a true label and don't count; 0 lured\n",
		"Fixes: 2 sites in 2 files; 1 files change\n     1  function, safe\n",
		"   0  files that end the whole process, or hang\n",
		"   0  fixes that fail with an error\n",
		"   0  results that change when fixed again\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the report has no %q", want)
		}
	}
	if strings.Contains(out, "Lures") || t.Failed() {
		t.Logf("the report:\n%s", out)
	}
	if again := measure(t, dir, options{workers: 4}); again != out {
		t.Errorf("four workers report something else:\n%s", again)
	}
}

// A finding on a look-alike's line is a lure; one that only has the line among its arguments is none.
func TestLures(t *testing.T) {
	dir := tinyCorpus(t)
	write(t, dir, map[string]string{
		"labels.jsonl": `{"repo": "a/b", "commit": "c0ffee", "path": "call.py", "line": 3, "kind": "simple_save", "true_positive": false}
{"repo": "a/b", "commit": "c0ffee", "path": "call.py", "line": 4, "kind": "simple_save", "true_positive": false}
`,
		"a+b/call.py": "import tensorflow as tf\ndef f(sess, simple_save):\n    tf.saved_model.simple_save(sess, 'dir', {},\n        simple_save)\n",
	})
	out := measure(t, dir, options{workers: 2})
	if want := "Lures: 1\n  a+b/call.py:3:"; !strings.Contains(out, want) {
		t.Errorf("the report has no %q:\n%s", want, out)
	}
}

func TestCompare(t *testing.T) {
	dir, kept := tinyCorpus(t), filepath.Join(t.TempDir(), "kept.jsonl")
	patch := kept + ".patch"
	measure(t, dir, options{workers: 1, save: kept, diff: patch})
	if same := measure(t, dir, options{workers: 1, compare: kept}); !strings.Contains(same, "Against the earlier run: 0 new, 0 gone, 0 changed\n") {
		t.Errorf("the same corpus compared with itself:\n%s", same)
	}
	if diff, err := os.ReadFile(patch); err != nil || !bytes.Contains(diff, []byte("-        tf.saved_model.simple_save(")) {
		t.Errorf("the patch: %v\n%s", err, diff)
	}
	write(t, dir, map[string]string{
		"a+b/export.py":     strings.Replace(exports, "import tensorflow as tf\n", "import tensorflow as tf\nexec 'x'\n", 1),
		"a+b/nb/save.ipynb": strings.Replace(notebook, "builder.save()", "pass", 1),
	})
	out := measure(t, dir, options{workers: 1, compare: kept})
	for _, want := range []string{
		"gone     a+b/export.py: what fixing makes of it",
		"gone     a+b/export.py:9:9 TFM102: safe, function\n",
		"new      a+b/export.py:10:9 TFM102: no, ",
		"gone     a+b/nb/save.ipynb: cell 2, 4:1 TFM101",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the comparison has no %q:\n%s", want, out)
		}
	}
}

// What ends a process says so in one line that is the same in every run.
func TestFatal(t *testing.T) {
	trace := "runtime: goroutine stack exceeds 64-byte limit\nfatal error: stack overflow\n\ngoroutine 1 [running]:\n" +
		"github.com/tfmigrate/tfmigrate/rules.Lift(0x1, {0x2})\n\t/x/rules/facts.go:30 +0x19d fp=0x1\n" +
		"github.com/tfmigrate/tfmigrate/analyzer.Walk(0x1)\n\t/x/analyzer/ast.go:502 +0x53\n" +
		"github.com/tfmigrate/tfmigrate/analyzer.(*File).Only(...)\n\t/x/analyzer/value.go:59 +0x88\n" +
		"github.com/tfmigrate/tfmigrate/rules.Lift(0x1, {0x2})\n\t/x/rules/facts.go:30 +0x19d fp=0x1\nmain.checkFile()\n\t/x/check.go:1\n"
	if got, want := fatal(trace), "stack overflow in analyzer.(*File).Only, rules.Lift"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A child that ends over a file is replaced, and the file is reported.
func TestChildEnds(t *testing.T) {
	dir := tinyCorpus(t)
	c := &child{dir: dir, python: []string{filepath.Join(dir, "no-python")}}
	r, err := c.check(context.Background(), "a+b/own.py")
	if err != nil || len(r.Bugs) != 1 || r.Bugs[0].Kind != died {
		t.Fatalf("got %+v, %v", r, err)
	}
	c.python = []string{"python3"}
	if r, err = c.check(context.Background(), "a+b/own.py"); err != nil || r.Problem != "" || !r.Read {
		t.Errorf("the next file: %+v, %v", r, err)
	}
	c.stop()
}

func TestInterpreter(t *testing.T) {
	py, version, err := startInterpreter("python3")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(version, "3.") {
		t.Errorf("version %q", version)
	}
	for source, ok := range map[string]bool{"x = 1\n": true, "": true, "print 1\n": false, "x = '\xe9'": false, "def f():\n  x\n": true} {
		if why := py.compile([]byte(source)); (why == "") != ok {
			t.Errorf("compile %q: %q", source, why)
		}
	}
	if err := py.close(); err != nil {
		t.Error(err)
	}
}
