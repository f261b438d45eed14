package verify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// layOutModels makes directories that look like SavedModels.
func layOutModels(t *testing.T, dirs ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, d := range dirs {
		dir := filepath.Join(root, filepath.FromSlash(d))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		modeltest.Write(t, filepath.Join(dir, modelPB), []byte("x"))
	}
	return root
}

func TestPairs(t *testing.T) {
	tests := []struct {
		name     string
		old, new []string
		pairs    []string // "old new", with "-" for a missing side
		notes    int
	}{
		{"one version each", []string{"m/1"}, []string{"m/2"}, []string{"m/1 m/2"}, 0},
		{"the same versions", []string{"m/1", "m/2"}, []string{"m/1", "m/2"}, []string{"m/2 m/2", "m/1 m/1"}, 0},
		{"the newest, as a number", []string{"m/9", "m/10"}, []string{"m/100", "m/99"}, []string{"m/10 m/100"}, 2},
		{"leading zeros", []string{"m/0007"}, []string{"m/7", "m/8"}, []string{"m/0007 m/7", "- m/8"}, 0},
		{"a newer one on one side is not passed over", []string{"m/1", "m/2"}, []string{"m/1"}, []string{"m/1 m/1", "m/2 -"}, 0},
		{"an older one is told", []string{"m/1", "m/2"}, []string{"m/2"}, []string{"m/2 m/2"}, 1},
		{"without versions", []string{"a", "b/c"}, []string{"a", "b/c"}, []string{"a a", "b/c b/c"}, 0},
		{"a version on one side", []string{"a"}, []string{"a/3"}, []string{"a a/3"}, 0},
		{"only on one side", []string{"a"}, []string{"b"}, []string{"a -", "- b"}, 0},
		{"names are whole paths", []string{"x/m/1"}, []string{"y/m/1"}, []string{"x/m/1 -", "- y/m/1"}, 0},
		{"the directories themselves", []string{"."}, []string{"."}, []string{". ."}, 0},
		{"versions in the directories themselves", []string{"1"}, []string{"2"}, []string{"1 2"}, 0},
		{"nothing", nil, nil, nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			old, new := layOutModels(t, test.old...), layOutModels(t, test.new...)
			pairs, notes, err := Pairs(old, new)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range pairs {
				got = append(got, fmt.Sprint(below(old, p.Old), " ", below(new, p.New)))
			}
			if !slices.Equal(got, test.pairs) || len(notes) != test.notes {
				t.Errorf("got %q, notes %q", got, notes)
			}
		})
	}
}

func below(root, dir string) string {
	if dir == "" {
		return "-"
	}
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return err.Error()
	}
	return filepath.ToSlash(rel)
}

// TestPairsLinks holds that a symbolic link to a model is told and not followed, and that the directories themselves may be links.
func TestPairsLinks(t *testing.T) {
	root := layOutModels(t, "m/1")
	if err := os.Symlink("1", filepath.Join(root, "m", "latest")); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	pairs, notes, err := Pairs(link, root)
	if err != nil || len(pairs) != 1 || len(notes) != 2 || pairs[0].Old != filepath.Join(link, "m", "1") {
		t.Errorf("%+v, %q, %v", pairs, notes, err)
	}
}

// TestCompareAll holds that one model that cannot be read leaves the others compared, and that none of what was not compared is the same.
func TestCompareAll(t *testing.T) {
	copyTo := func(root, model, at string) {
		if err := os.CopyFS(filepath.Join(root, filepath.FromSlash(at)), os.DirFS(modeltest.Dir(t, model))); err != nil {
			t.Fatal(err)
		}
	}
	old, new := layOutModels(t, "broken/1"), layOutModels(t, "broken/1")
	copyTo(old, "softmax_v1", "same/1")
	copyTo(new, "softmax_v2", "same/2")
	copyTo(old, "add_v1", "lost")
	calls := 0
	all := func() *AllReport {
		r, err := CompareAll(context.Background(), old, new, Options{}, func(Pair, int, int) { calls++ })
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := all()
	if r.Verdict != Unknown || !r.Failed() || calls != 3 || r.Detail != "3 models: 1 could not be read, 1 without a counterpart, 1 PROVED" {
		t.Errorf("%v %q, %d calls", r.Verdict, r.Detail, calls)
	}
	for _, m := range r.Models {
		if m.Verdict.Same() != (m.Name == "same") {
			t.Errorf("%+v", m)
		}
	}
	copyTo(new, "softmax_v1", "lost")
	if r = all(); r.Verdict != Different || !strings.Contains(r.Detail, "1 DIFFERENT") {
		t.Errorf("%v %q", r.Verdict, r.Detail)
	}
	if _, err := CompareAll(context.Background(), t.TempDir(), t.TempDir(), Options{}, func(Pair, int, int) {}); err == nil {
		t.Error("nothing was found, and that is no error")
	}
}
