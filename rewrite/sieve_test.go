package rewrite

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// TestSieveIsSound holds that a Sieve passes over no file in which a rule finds something: in projects that were made for it, in those of the
// analyzer's tests, in the tests of all rules, and in the programs.
func TestSieveIsSound(t *testing.T) {
	archives, err := filepath.Glob("../testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../testdata/*/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	found, passed := 0, 0
	for _, path := range append(archives, more...) {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimPrefix(path, "../testdata/"), func(t *testing.T) {
			f, p := checkSieve(t, a)
			if strings.Contains(path, "/sieve/") && f == 0 {
				t.Error("nothing is found at all")
			}
			found, passed = found+f, passed+p
		})
	}
	if found < 300 || passed < 20 {
		t.Errorf("findings in %d files, %d passed over", found, passed)
	}
}

// checkSieve counts the files of a project with findings, and those that are passed over.
func checkSieve(t *testing.T, a *txtar.Archive) (found, passed int) {
	t.Helper()
	dir := t.TempDir()
	var files []string
	for _, f := range a.Files {
		path := filepath.Join(dir, f.Name)
		if !strings.HasSuffix(path, ".py") && !strings.HasSuffix(path, ".ipynb") {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	project := NewProject(files, []string{dir})
	bare := &analyzer.Project{Knows: rules.Knows, Files: files, Tops: []string{dir}} // which tells nothing of a module but what parsing it does
	for _, target := range []rules.Version{rules.DefaultTarget, {Major: 2, Minor: 16}} {
		sieve := rules.Sieve(project, target)
		for _, path := range files {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			sieve.Look(path, src)
		}
		parseIn := func(project *analyzer.Project, path string) (*Document, *Result) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			d, err := ReadDocument(path, src)
			if err != nil {
				return nil, nil
			}
			res, err := Converge(t.Context(), d, target, Options{Project: project})
			if err != nil {
				t.Fatal(err)
			}
			return d, res
		}
		parse := func(path string) (*Document, *Result) { return parseIn(project, path) }
		calls := func(res *Result) {
			for _, c := range res.File.Calls() {
				if api, ok := res.Facts.API(c.Fn); ok && res.File.DefinedElsewhere(c.Fn) {
					t.Errorf("%s: a call of %s is taken for one of the project's own", res.File.Path, api.Name)
				}
			}
		}
		var held []string
		for next := sieve.Next(); len(next) > 0; next = sieve.Next() {
			for _, path := range next {
				held = append(held, path)
				if _, res := parse(path); res != nil {
					sieve.Exposes(res.File)
					calls(res)
					before := said(res)
					if _, res := parseIn(bare, path); said(res) != before {
						t.Errorf("%s has other findings where all modules are parsed: %s, and not %s", path, said(res), before)
					}
					project.Forget()
					if _, res := parse(path); said(res) != before {
						t.Errorf("%s has other findings once its project forgot its modules: %s, and not %s", path, said(res), before)
					}
				}
			}
		}
		for _, path := range files {
			if slices.Contains(held, path) {
				found++
				continue
			}
			passed++
			d, res := parseIn(bare, path)
			if d == nil {
				t.Errorf("%s can't be read, and is passed over", path)
				continue
			}
			for _, f := range res.Findings {
				line, _ := res.File.Position(f.Span.Start)
				t.Errorf("target %v: %s is passed over, with %s in line %d", target, filepath.Base(path), f.Rule.Code, line)
			}
			for _, w := range d.Written() {
				if res, err := Converge(t.Context(), w, target, Options{Project: project}); err != nil || len(res.Findings) > 0 {
					t.Errorf("target %v: %s is passed over, with findings in what it writes: %v", target, filepath.Base(path), err)
				}
			}
		}
	}
	return found, passed
}

// said are the findings of a file and what becomes of its sites.
func said(res *Result) string {
	var out strings.Builder
	for _, f := range res.Findings {
		fmt.Fprintln(&out, f.Rule.Code, f.Span, f.Message, f.Reason)
	}
	for _, o := range res.Patch.Outcomes {
		if o.Refusal != nil {
			fmt.Fprintln(&out, "left:", o.Refusal.Reason)
		} else {
			fmt.Fprintln(&out, o.Fix.Strategy, o.Fix.Applicability, o.Fix.Message)
		}
	}
	return out.String()
}
