package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
