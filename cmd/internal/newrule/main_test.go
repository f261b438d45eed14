package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "../../.."

// workTree is a copy of what a new rule touches, and of what its tests are compiled from.
func workTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"go.mod", "go.sum", "analyzer", "rules", "rewrite", "testdata/rules"} {
		from, to := filepath.Join(module, part), filepath.Join(dir, part)
		if info, err := os.Stat(from); err != nil {
			t.Fatal(err)
		} else if info.IsDir() {
			if err := os.CopyFS(to, os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// goTest runs tests of a package of a work tree.
func goTest(t *testing.T, dir, pkg, name string) (out string, passed bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "test", pkg, "-v", "-run", name)
	cmd.Dir = dir
	said, err := cmd.CombinedOutput()
	if strings.Contains(string(said), "no tests to run") || strings.Contains(string(said), "build failed") {
		t.Fatalf("%s: nothing was tested:\n%s", name, said)
	}
	return string(said), err == nil
}

// TestNewRule makes a rule in a copy of the work tree: it is registered by code, and each of its tests fails until it is filled in.
func TestNewRule(t *testing.T) {
	dir := workTree(t)
	const want = "rules/hazards_zeroth_thing.go testdata/rules/TFM500.txtar rules/registry.go"
	made, err := run(dir, newRule{Code: "TFM500", Name: "zeroth-thing", Pack: "hazards"})
	if err != nil || filepath.ToSlash(strings.Join(made, " ")) != want {
		t.Fatalf("%v, %v", made, err)
	}
	registry, err := os.ReadFile(filepath.Join(dir, "rules", "registry.go"))
	if err != nil || !strings.Contains(string(registry), "\tzerothThing,\n\tresaveLoaded,\n") {
		t.Errorf("%v\n%s", err, registry)
	}
	for _, test := range []struct{ pkg, name, says string }{
		{"./rewrite", "TestRuleDocs/^zeroth-thing$", "nothing is found in Before"},
		{"./rules", "TestCatalogue/^TFM500$/^hit_plain.py$", `found [], want ["3 breaks"]`},
		{"./rules", "TestCatalogue/^TFM500$/^silent_look_alike.py$", "a line is marked"},
	} {
		if out, passed := goTest(t, dir, test.pkg, test.name); passed || !strings.Contains(out, test.says) {
			t.Errorf("%s passed: %v\n%s", test.name, passed, out)
		}
	}
	// Nothing else breaks: the others' tests still run with it in the registry.
	if out, passed := goTest(t, dir, "./rewrite", "TestRuleDocs/^resave-loaded$"); !passed {
		t.Error(out)
	}
}

// TestRefused holds what is no rule's code, name or pack, and that nothing is written then.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "rules"), os.DirFS(filepath.Join(module, "rules"))); err != nil {
		t.Fatal(err)
	}
	before, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		rule newRule
		says string
	}{
		{newRule{Code: "TFM1", Name: "x", Pack: "saving"}, "TFM and three digits"},
		{newRule{Code: "../../x", Name: "x", Pack: "saving"}, "TFM and three digits"},
		{newRule{Code: "TFM599", Name: "Upper", Pack: "hazards"}, "small words"},
		{newRule{Code: "TFM599", Name: "../x", Pack: "hazards"}, "small words"},
		{newRule{Code: "TFM599", Name: "x", Pack: "../x"}, "a small word"},
		{newRule{Code: "TFM101", Name: "x", Pack: "saving"}, "taken by savedModelBuilder"},
		{newRule{Code: "TFM199", Name: "simple-save", Pack: "saving"}, "taken by TFM102"},
		{newRule{Code: "TFM199", Name: "finding", Pack: "hazards"}, "of the pack saving"},
		{newRule{Code: "TFM799", Name: "x", Pack: "saving"}, "has the codes TFM1xx"},
		{newRule{Code: "TFM199", Name: "sort-findings", Pack: "saving"}, "uses for something else"},
		{newRule{Code: "TFM199", Name: "func", Pack: "saving"}, "uses for something else"},
		{newRule{Code: "TFM199", Name: "analyzer", Pack: "saving"}, "uses for something else"},
	} {
		if made, err := run(dir, test.rule); err == nil || !strings.Contains(err.Error(), test.says) || made != nil {
			t.Errorf("%+v: %v, %v", test.rule, made, err)
		}
	}
	after, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(after) != len(before) {
		t.Errorf("%d files became %d: %v", len(before), len(after), err)
	}
}
