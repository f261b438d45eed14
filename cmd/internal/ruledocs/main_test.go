package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPagesAreCurrent holds that docs/rules is what the rules say.
func TestPagesAreCurrent(t *testing.T) {
	want, err := generate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := pagesIn(t, filepath.Join("..", "..", "..", "docs", "rules"))
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != string(want[name]) {
			t.Errorf("docs/rules/%s is not what the rules say: run make rule-docs", name)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("docs/rules/%s is of no rule: run make rule-docs", name)
	}
}

// TestRun holds that pages are written, and removed where their rule is gone.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "TFM000-gone.md"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	got := pagesIn(t, dir)
	if _, there := got["TFM000-gone.md"]; there || !strings.HasPrefix(got["TFM101-saved-model-builder.md"], "# TFM101 saved-model-builder\n") {
		t.Errorf("%d pages, %q", len(got), got["TFM101-saved-model-builder.md"])
	}
	for name, text := range got { // a link of the index leads to a page
		if strings.HasPrefix(name, "TFM") && !strings.Contains(got["README.md"], "("+name+")") || text == "" {
			t.Errorf("%s is empty, or README.md does not link to it", name)
		}
	}
}

func pagesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		pages[f.Name()] = string(text)
	}
	return pages
}
