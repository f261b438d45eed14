package rewrite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// TestConditions asks one strategy about each export of testdata/conditions/<strategy>.txtar. What it says stands in the first line: yes, or why not.
func TestConditions(t *testing.T) {
	files, err := filepath.Glob("../testdata/conditions/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		emit := strategyOf(t, strings.TrimSuffix(filepath.Base(file), ".txtar"))
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range archive.Files {
			t.Run(filepath.Base(file)+"/"+f.Name, func(t *testing.T) {
				want, _, _ := strings.Cut(strings.TrimPrefix(string(f.Data), "# "), "\n")
				got := "no export"
				parsed, err := analyzer.Parse(t.Context(), f.Name, f.Data)
				if err != nil || len(parsed.Errors) > 0 {
					t.Fatal(err, parsed.Errors)
				}
				facts, _ := rules.Check(parsed, rules.DefaultTarget)
				for _, s := range facts.Sites {
					if _, ok := s.(*rules.Export); !ok {
						continue
					}
					if fix, refusal := emit(newProgram(facts, Options{}), s); fix != nil {
						got = "yes"
					} else {
						got = refusal.Reason
					}
				}
				if *update {
					_, rest, _ := strings.Cut(string(f.Data), "\n")
					archive.Files[i].Data = []byte("# " + got + "\n" + rest)
				} else if got != want {
					t.Errorf("said %q, want %q", got, want)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func strategyOf(t *testing.T, name string) func(*program, rules.Site) (*Fix, *Refusal) {
	t.Helper()
	for _, s := range strategies {
		if s.name == name {
			return s.emit
		}
	}
	t.Fatalf("there is no strategy %s", name)
	return nil
}
