//go:build tensorflow

package symbols

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/tfmigrate/tfmigrate/internal/behave"
)

// TestWheel asks the installed TensorFlow for everything that the tables say of 2.15.1. What they say of 2.21.0 is checked too
// where TFMIGRATE_PYTHON_2_21 names a Python that has it.
func TestWheel(t *testing.T) {
	root, err := behave.Root()
	if err != nil {
		t.Fatal(err)
	}
	python, err := behave.Python(root)
	if err != nil {
		t.Fatal(err)
	}
	of215 := func(s Symbol) Status { return s.In215 }
	of221 := func(s Symbol) Status { return s.In221 }
	compare(t, python, "2.15.1", of215)
	comparePaths(t, python, func(p Private) bool { return p.In215 })
	if python := os.Getenv("TFMIGRATE_PYTHON_2_21"); python != "" {
		compare(t, python, "2.21.0", of221)
		comparePaths(t, python, func(p Private) bool { return p.In221 })
	}
}

func compare(t *testing.T, python, version string, status func(Symbol) Status) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python, "gen.py", "--dump")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("gen.py --dump: %v\n%s", err, stderr.Bytes())
	}
	var wheel struct {
		Version string
		API     map[string]struct {
			Kind, Status, Canonical string
			Names2                  []string
		}
		Private map[string]string
	}
	if err := json.Unmarshal(out, &wheel); err != nil {
		t.Fatal(err)
	}
	if wheel.Version != version {
		t.Fatalf("%s has TensorFlow %s, want %s", python, wheel.Version, version)
	}
	statuses := map[string]Status{"same": Same, "differs": Differs, "missing": Missing}
	listed := 0
	for s := range All() {
		w, ok := wheel.API[s.Name]
		want := Gone
		if ok {
			want = statuses[w.Status]
			listed++
		}
		if status(s) != want {
			t.Errorf("%s: %c in the table, %c in TensorFlow %s", s.Name, status(s), want, version)
		}
		if version != "2.15.1" {
			continue
		}
		if w.Canonical != s.Canonical {
			t.Errorf("%s: canonical name %s in the table, %s in TensorFlow", s.Name, s.Canonical, w.Canonical)
		}
		if (s.V2Name == "") != (s.In215 != Same && len(w.Names2) == 0) ||
			(s.V2Name != "" && s.V2Name != s.Name && !slices.Contains(w.Names2, s.V2Name)) {
			t.Errorf("%s: %q in the table, %q in TensorFlow 2", s.Name, s.V2Name, w.Names2)
		}
	}
	if version != "2.15.1" {
		return
	}
	if listed != len(wheel.API) {
		t.Errorf("%d names in the table, %d in TensorFlow", listed, len(wheel.API))
	}
	for path, name := range wheel.Private {
		if s, _ := FromPython(path); s.Canonical != name {
			t.Errorf("%s: %q in the table, %q in TensorFlow", path, s.Canonical, name)
		}
	}
}

// comparePaths tries to import every private path of the table.
func comparePaths(t *testing.T, python string, listed func(Private) bool) {
	t.Helper()
	paths, err := json.Marshal(slices.Collect(Paths()))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, "gen.py", "--has")
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(paths), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("gen.py --has: %v\n%s", err, stderr.Bytes())
	}
	var there []string
	if err := json.Unmarshal(out, &there); err != nil {
		t.Fatal(err)
	}
	for path := range Paths() {
		s, _ := FromPython(path)
		if found := slices.Contains(there, path); found != listed(s.Private) {
			t.Errorf("%s: %v in the table, %v in %s", path, listed(s.Private), found, python)
		}
	}
}
