package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tfmigrate/tfmigrate/rules"
)

// TestDump compares what the analyzer believes of each file of testdata/analyzer with the goldens beside it.
func TestDump(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "testdata", "analyzer")
	sources, err := filepath.Glob(filepath.Join(dir, "*.py"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources in %s: %v", dir, err)
	}
	for _, path := range sources {
		for _, what := range []string{"scopes", "values"} {
			t.Run(filepath.Base(path)+"/"+what, func(t *testing.T) {
				var out, stderr bytes.Buffer
				if code := Run(t.Context(), []string{"dump", what, path}, nil, &out, &stderr); code != 0 || stderr.Len() > 0 {
					t.Fatalf("exit code %d: %s", code, stderr.String())
				}
				golden := strings.TrimSuffix(path, ".py") + "." + what + ".golden"
				if *update {
					if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatalf("%v; go test -update writes it", err)
				}
				if !bytes.Equal(want, out.Bytes()) {
					t.Errorf("dump %s %s is not %s, which -update writes:\n%s", what, path, golden, out.String())
				}
			})
		}
	}
}

func TestDumpUsage(t *testing.T) {
	var out, stderr bytes.Buffer
	if code := Run(t.Context(), []string{"dump", "nonsense", "dump.go"}, nil, &out, &stderr); code != 2 || out.Len() > 0 {
		t.Errorf("exit code %d, output %q", code, out.String())
	}
}

func TestDumpSites(t *testing.T) {
	path := filepath.Join("..", "..", "..", "testdata", "programs", "builder_add_two.py")
	var out, stderr bytes.Buffer
	if code := Run(t.Context(), []string{"dump", "sites", path}, nil, &out, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	if !strings.Contains(out.String(), "Export") {
		t.Errorf("no export among the sites:\n%s", out.String())
	}
}

// TestDumpProject prints the values in the files of a project, which are given together in an archive. The values of each file that is not
// a module for others are beside it.
func TestDumpProject(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "analyzer", "project", "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			var sources []txtar.File
			want := map[string]string{}
			for _, f := range ar.Files {
				if of, ok := strings.CutSuffix(f.Name, ".values"); ok {
					want[of] = string(f.Data)
					continue
				}
				sources = append(sources, f)
				at := filepath.Join(dir, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(at, f.Data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			project := projectOf([]string{dir}, nil)
			out := &txtar.Archive{Comment: ar.Comment}
			for _, f := range sources {
				out.Files = append(out.Files, f)
				if _, ok := want[f.Name]; !ok && (!*update || f.Name != "main.py") {
					continue
				}
				file, err := project.Parse(t.Context(), filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
				if err != nil {
					t.Fatal(err)
				}
				got := file.DumpValues(rules.Known)
				if !*update && got != want[f.Name] {
					t.Errorf("%s:\n%s", f.Name, got)
				}
				out.Files = append(out.Files, txtar.File{Name: f.Name + ".values", Data: []byte(got)})
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(out), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
