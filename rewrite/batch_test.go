package rewrite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBatch holds that nothing is in its place before it is committed, that what is not committed leaves nothing, and that of two batches the second sees what the first has written.
func TestBatch(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.py"), filepath.Join(dir, "b.py")
	writeTestFile(t, a, "old\n", 0o644)
	var first, second Batch
	replaced, err := first.Replace(a, []byte("old\n"), []byte("first\n"))
	if err != nil {
		t.Fatal(err)
	}
	created, err := first.Create(b, []byte("new\n"))
	if err != nil {
		t.Fatal(err)
	}
	late, err := second.Replace(a, []byte("old\n"), []byte("second\n"))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(a); err != nil || string(text) != "old\n" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := os.Lstat(b); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is there already: %v", err)
	}
	for _, left := range leftIn(t, dir) { // of runs that are at work
		if removed, err := RemoveLeftover(left); removed || err != nil {
			t.Errorf("%s was taken away, %v", left, err)
		}
	}
	for _, s := range []*Staged{replaced, created} {
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if err := late.Commit(); err == nil || !strings.Contains(err.Error(), "it was changed while it was looked at; nothing was written") {
		t.Errorf("the second says %v", err)
	}
	third, err := first.Replace(a, []byte("first\n"), []byte("third\n"))
	if err != nil || third == nil {
		t.Fatal(err)
	}
	first.Close()
	second.Close()
	if left := leftIn(t, dir); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	for path, want := range map[string]string{a: "first\n", b: "new\n"} {
		if text, err := os.ReadFile(path); err != nil || string(text) != want {
			t.Errorf("%s holds %q, %v", path, text, err)
		}
	}
}

func leftIn(t *testing.T, dir string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".tfmigrate-*.tmp"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// TestCreateFile holds that a file which is there is not written over, and that a new one has the mode of any new one.
func TestCreateFile(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "x.py"), filepath.Join(dir, "y.py")
	if err := CreateFile(path, []byte("new\n")); err != nil {
		t.Fatal(err)
	}
	if err := CreateFile(path, []byte("newer\n")); !errors.Is(err, fs.ErrExist) || !strings.HasSuffix(err.Error(), "nothing was written") {
		t.Errorf("it was written over: %v", err)
	}
	mustHold(t, path, "new\n")
	if err := os.WriteFile(other, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if want, err := os.Stat(other); err != nil || got.Mode() != want.Mode() {
		t.Errorf("its mode is %v", got.Mode())
	}
	if err := CreateFile(filepath.Join(dir, "none", "x.py"), nil); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), ".tmp") {
		t.Errorf("where there is no directory: %v", err)
	}
}

// TestRemoveLeftover holds that only regular files of the right name are taken away.
func TestRemoveLeftover(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]bool{".tfmigrate-0123.tmp": true, ".tfmigrate-0123.tmp.py": false, "tfmigrate-0123.tmp": false, ".tfmigrate-.tmp": true} {
		path := filepath.Join(dir, name)
		writeTestFile(t, path, "x\n", 0o600)
		removed, err := RemoveLeftover(path)
		if _, gone := os.Lstat(path); removed != want || err != nil || errors.Is(gone, fs.ErrNotExist) != want {
			t.Errorf("%s: %v, %v", name, removed, err)
		}
	}
	for _, path := range []string{filepath.Join(dir, ".tfmigrate-1.tmp"), filepath.Join(dir, ".tfmigrate-2.tmp")} {
		if removed, err := RemoveLeftover(path); removed || err != nil {
			t.Errorf("what is not there: %v, %v", removed, err)
		}
		if err := os.Mkdir(path, 0o777); err != nil {
			t.Fatal(err)
		}
		if removed, err := RemoveLeftover(path); removed || err != nil {
			t.Errorf("a directory: %v, %v", removed, err)
		}
	}
}
