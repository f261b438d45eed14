package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// TestOnDisk holds that each law is one that a result can break, and that what keeps them all breaks none.
func TestOnDisk(t *testing.T) {
	py, _, err := startPythons([]string{"python3"})
	if err != nil {
		t.Fatal(err)
	}
	defer py.close()
	const notebook = `{"cells": [{"cell_type": "code", "outputs": [1], "source": ["%matplotlib inline\n", "x = 1"]}], "nbformat": 4}`
	file := func(text string) map[string]fileOnDisk { return map[string]fileOnDisk{"a.py": {[]byte(text), 0o644}} }
	nb := func(text string) map[string]fileOnDisk {
		return map[string]fileOnDisk{"a.ipynb": {[]byte(text), 0o644}}
	}
	const said, saidNotebook = "a.py:1:2: TFM101 fixed (function): so\n", "a.ipynb:cell 0:1:2: TFM101 fixed (function): so\n"
	tests := []struct {
		name          string
		before, after map[string]fileOnDisk
		report, want  string // want is a piece of what is said; "" for nothing
	}{
		{"nothing changes", file("x = 1\n"), file("x = 1\n"), "", ""},
		{"a change", file("x = 1\n"), file("x = 2\n"), said, ""},
		{"a support", file("x = 1\n"), file("x = 2\n"), "a.py: changed: 1 name moved\n", ""},
		{"not said", file("x = 1\n"), file("x = 2\n"), "a.py:1:2: TFM101 left: so\n", "it is changed, and that is not said"},
		{"only said", file("x = 1\n"), file("x = 1\n"), said, "it is said to be changed, and is not"},
		{"gone", file("x = 1\n"), nil, "", "it is gone"},
		{"new", nil, file("x = 1\n"), "", "it is new"},
		{"mode", file("x = 1\n"), map[string]fileOnDisk{"a.py": {[]byte("x = 1\n"), fs.FileMode(0o600)}}, "", "its mode was"},
		{"not Python", file("x = 1\n"), file("x = \n"), said, "the Python that could read it can't any more"},
		{"never was Python", file("x = \n"), file("x = 1\n"), said, "no Python could read it"},
		{"line ends", file("x = 1\r\ny = 1\r\n"), file("x = 2\r\ny = 1\n"), said, "its line ends were"},
		{"line ends kept", file("x = 1\r\ny = 1\r\n"), file("x = 2\r\ny = 1\r\n"), said, ""},
		{"byte order mark", file("\ufeffx = 1\n"), file("x = 2\n"), said, "its byte order mark has changed"},
		{"final newline", file("x = 1"), file("x = 2\n"), said, "it ends in a newline now"},
		{"code of a notebook", nb(notebook), nb(strings.Replace(notebook, "x = 1", "x = 2", 1)), saidNotebook, ""},
		{"outputs of a notebook", nb(notebook), nb(strings.Replace(notebook, "[1]", "[2]", 1)), saidNotebook, "outside of its code"},
		{"magics", nb(notebook), nb(strings.Replace(notebook, "%matplotlib", "%pylab", 1)), saidNotebook, "its magics were"},
	}
	for _, tt := range tests {
		l := &lawsOnDisk{py: py}
		l.compare(tt.before, tt.after, tt.report)
		if got := strings.Join(l.broken, "\n"); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestOutsideEdits holds that a result that is not what the edits make of the file is seen, and that a comment is missed.
func TestOutsideEdits(t *testing.T) {
	d, err := rewrite.ReadDocument("a.py", []byte(exports))
	if err != nil {
		t.Fatal(err)
	}
	res, err := rewrite.Converge(t.Context(), d, rules.DefaultTarget, rewrite.Options{Project: &analyzer.Project{Knows: rules.Knows}})
	if err != nil {
		t.Fatal(err)
	}
	kinds := func() []string {
		r := &checked{Path: "a.py"}
		r.holdLaws(d, res, "all")
		var out []string
		for _, b := range r.Bugs {
			out = append(out, b.Kind)
		}
		return out
	}
	if got := kinds(); len(got) > 0 {
		t.Errorf("a sound result breaks %q", got)
	}
	good := string(res.Raw)
	res.Raw = []byte(good + "\n")
	if got := kinds(); !slices.Equal(got, []string{outside}) {
		t.Errorf("a newline too many breaks %q", got)
	}
	res.Raw = []byte(strings.Replace(good, "# tf.saved_model", "tf.saved_model", 1))
	if got := kinds(); !slices.Equal(got, []string{outside, lost}) {
		t.Errorf("a comment that is none any more breaks %q", got)
	}
}

func TestCoverage(t *testing.T) {
	dir, page := tinyCorpus(t), filepath.Join(t.TempDir(), "coverage.md")
	measure(t, dir, options{workers: 1, coverage: page})
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1 repositories, 6 files. 3 labelled lines stand at 2 sites; 1 line is not found.\n",
		"- Places that write a model: 2. **1 rewritten** (1 by safe fixes, 0 with `--unsafe-fixes`), 1 left.\n",
		"| [TFM101](rules/TFM101-saved-model-builder.md) saved-model-builder | 1 | 0 | 0 | 1 |\n",
		"| [TFM102](rules/TFM102-simple-save.md) simple-save | 1 | 1 | 0 | 0 |\n",
		"| function | 1 | 0 |\n",
		"| results that differ from the file outside of the edits | 0 |\n",
		"1 of the 6 files change.\n",
		"| a/b | `c0ffee` |\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if t.Failed() {
		t.Logf("the page:\n%s", text)
	}
}

func TestPlainly(t *testing.T) {
	for message, want := range map[string]string{
		"line 12 uses tf.contrib.layers.flatten, and TensorFlow 2 has no tf.contrib": "a line uses tf.contrib, and TensorFlow 2 has no tf.contrib",
		"`x` is not \"y\"": "... is not ...",
	} {
		if got := plainly(message); got != want {
			t.Errorf("%q became %q, want %q", message, got, want)
		}
	}
	want := []string{"right if a module, which is not in view, runs", "right if a line of a file is not reached"}
	if got := assumed("saved (as text): right if a.b, which is not in view, runs: right if line 3 of a/b.py is not reached"); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
