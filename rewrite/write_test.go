package rewrite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeTestFile makes a file with exactly these mode bits.
func writeTestFile(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// mustHold holds that a directory has the named file, with this text, and nothing else.
func mustHold(t *testing.T, path, text string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != text {
		t.Errorf("%s holds %q, want %q", path, got, text)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestWriteFile(t *testing.T) {
	for _, mode := range []fs.FileMode{0o644, 0o600, 0o755, 0o664, 0o200, 0o644 | fs.ModeSetgid} {
		path := filepath.Join(t.TempDir(), strings.Repeat("x", 252)+".py") // the longest name that most systems take
		writeTestFile(t, path, "old\n", mode)
		want, err := os.Stat(path) // not mode itself: some systems drop bits
		if err != nil {
			t.Fatal(err)
		}
		if mode&0o400 == 0 && os.Geteuid() != 0 {
			continue // only the superuser could have read it
		}
		if err := WriteFile(path, []byte("old\n"), []byte("new\n")); err != nil {
			t.Fatal(err)
		}
		mustHold(t, path, "new\n")
		if got, err := os.Stat(path); err != nil || got.Mode() != want.Mode() {
			t.Errorf("mode %v became %v (%v)", want.Mode(), got.Mode(), err)
		}
	}
}

// TestWriteFileLinks holds that a symbolic link stays one and that its target is written where it is.
func TestWriteFileLinks(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"real", "links"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	target := filepath.Join(dir, "real", "x.py")
	writeTestFile(t, target, "old\n", 0o640)
	first, second := filepath.Join(dir, "links", "first.py"), filepath.Join(dir, "second.py")
	for link, to := range map[string]string{first: filepath.Join("..", "real", "x.py"), second: first} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteFile(second, []byte("old\n"), []byte("new\n")); err != nil {
		t.Fatal(err)
	}
	mustHold(t, target, "new\n")
	for _, link := range []string{first, second} {
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is a link no more (%v)", link, err)
		}
	}
	if info, err := os.Stat(target); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestWriteFileRefuses holds that what must not be written is left alone, whoever runs the test.
func TestWriteFileRefuses(t *testing.T) {
	tests := []struct {
		name, text string
		mode       fs.FileMode
		want       string
	}{
		{"changed", "someone else's\n", 0o644, "it was changed while it was looked at; nothing was written"},
		{"emptied", "", 0o644, "it was changed while it was looked at; nothing was written"},
		{"grown", "old\nand more\n", 0o644, "it was changed while it was looked at; nothing was written"},
		{"read-only", "old\n", 0o444, "it is read-only; nothing was written"},
		{"read-only and executable", "old\n", 0o555, "it is read-only; nothing was written"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.py")
			writeTestFile(t, path, test.text, test.mode)
			err := WriteFile(path, []byte("old\n"), []byte("new\n"))
			if err == nil || err.Error() != "write "+path+": "+test.want {
				t.Errorf("%v; want %q", err, test.want)
			}
			mustHold(t, path, test.text)
		})
	}
	gone := filepath.Join(t.TempDir(), "x.py")
	if err := WriteFile(gone, nil, []byte("new\n")); !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), gone) != 1 {
		t.Errorf("a file that was deleted meanwhile: %v", err)
	}
	if _, err := os.Lstat(gone); err == nil {
		t.Error("it was made anew")
	}
}
