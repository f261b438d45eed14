//go:build tensorflow

package rules

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tfmigrate/tfmigrate/internal/behave"
)

// pythons are the interpreters to run rows on: that of TensorFlow 2.15.1 and, where TFMIGRATE_PYTHON_2_21 names it, that of 2.21.0. The keys are
// the places of the releases in severityTargets.
func pythons(t *testing.T) map[int]string {
	t.Helper()
	root, err := behave.Root()
	if err != nil {
		t.Fatal(err)
	}
	python, err := behave.Python(root)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]string{1: python}
	if python := os.Getenv("TFMIGRATE_PYTHON_2_21"); python != "" {
		out[2] = python
	}
	return out
}

// TestSeveritiesRun runs every row of the table in a directory with models to load.
func TestSeveritiesRun(t *testing.T) {
	var sources []string
	for _, row := range severities {
		sources = append(sources, row.source)
	}
	for i, python := range pythons(t) {
		for j, raised := range runPython(t, python, "run_rows.py", sources) {
			if breaks := severities[j].want[i] == 'b'; breaks != (raised != "") {
				t.Errorf("TensorFlow %s: it breaks: %v, it raised: %q\n%s", severityTargets[i], breaks, raised, sources[j])
			}
		}
	}
}

// TestInputKeys saves a signature with each key, and loads it.
func TestInputKeys(t *testing.T) {
	keys := []string{"x", "X2", "a_b", "print", "match", "in", "class", "None", "self", "img/encoded", "a.b", "x-y", "1st", "a b", "x:0", "_x", "ünï", "a>b", `a\b`}
	for i, python := range pythons(t) {
		for j, got := range runPython(t, python, "save_keys.py", keys) {
			if want := unsayable(keys[j]); got != want {
				t.Errorf("TensorFlow %s: the key %q: %q, want %q", severityTargets[i], keys[j], got, want)
			}
		}
	}
}

// runPython gives a script of testdata a JSON list on stdin, in an empty directory, and reads one of the same length from its stdout.
func runPython(t *testing.T, python, script string, in []string) []string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", script))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, path)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "TF_CPP_MIN_LOG_LEVEL=3", "CUDA_VISIBLE_DEVICES=-1", "PYTHONWARNINGS=ignore")
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(data), &stderr
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.Bytes())
	}
	var out []string
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, text)
	}
	if len(out) != len(in) {
		t.Fatalf("%s: %d answers to %d questions", script, len(out), len(in))
	}
	return out
}
