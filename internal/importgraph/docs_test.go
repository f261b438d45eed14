package importgraph

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestArchitecturePaths holds that the files and directories which docs/architecture.md names from the module's root are there.
func TestArchitecturePaths(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	paths := regexp.MustCompile("`((?:analyzer|rules|rewrite|verify|cmd|internal|testdata|docs)/[\\w./*-]*)`").FindAllSubmatch(text, -1)
	if len(paths) < 10 {
		t.Errorf("only %d paths in it", len(paths))
	}
	for _, p := range paths {
		if found, err := filepath.Glob(filepath.Join(root(t), string(p[1]))); err != nil || len(found) == 0 {
			t.Errorf("there is no %s", p[1])
		}
	}
}
