package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/tfmigrate/tfmigrate/rules"
)

// settingsOf are those of a configuration with a command line above it.
func settingsOf(t *testing.T, text string, line CommandLine) *Settings {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ownName), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	l, err := NewLookup(line, "", false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.For(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func selectors(text string) []Selector {
	var out []Selector
	for _, s := range strings.Fields(text) {
		out = append(out, Selector{s})
	}
	return out
}

// TestWants holds which of TFM101 and TFM102 are wanted: the closer selector decides, ignoring wins between equals, and the command line wins
// over the file.
func TestWants(t *testing.T) {
	for _, test := range []struct {
		file, sel, ext, ign string // the file, and the command line's
		want                string
	}{
		{``, ``, ``, ``, "101 102"},
		{`select = ["TFM101"]`, ``, ``, ``, "101"},
		{`select = ["saved-model-builder"]`, ``, ``, ``, "101"},
		{`select = ["TFM5"]`, ``, ``, ``, ""},
		{`ignore = ["TFM1"]`, ``, ``, ``, ""},
		{`ignore = ["simple-save"]`, ``, ``, ``, "101"},
		{"select = [\"TFM101\"]\nignore = [\"TFM1\"]", ``, ``, ``, "101"},
		{"select = [\"TFM1\"]\nignore = [\"TFM101\"]", ``, ``, ``, "102"},
		{"select = [\"TFM101\"]\nignore = [\"TFM101\"]", ``, ``, ``, ""},
		{"select = [\"TFM101\"]\nignore = [\"saved-model-builder\"]", ``, ``, ``, ""},
		{"select = [\"TFM5\"]\nextend-select = [\"TFM102\"]", ``, ``, ``, "102"},
		{`ignore = ["ALL"]`, ``, ``, ``, ""},
		{"select = [\"ALL\"]\nignore = [\"TFM10\"]", ``, ``, ``, ""},
		{"extend-select = [\"TFM101\"]\nignore = [\"TFM1\"]", ``, ``, ``, "101"},

		{`ignore = ["TFM101"]`, `TFM101`, ``, ``, "101"},
		{`select = ["TFM101"]`, `TFM102`, ``, ``, "102"},
		{`ignore = ["TFM1"]`, ``, `TFM102`, ``, "102"},
		{`select = ["TFM101"]`, ``, ``, `TFM1`, ""},
		{`select = ["TFM101"]`, `TFM1`, ``, `TFM101`, "102"},
		{``, ``, ``, `ALL`, ""},
		{"[per-file-ignores]\n\"*.py\" = [\"TFM101\"]", ``, ``, ``, "102"},
		{"[per-file-ignores]\n\"*.py\" = [\"TFM101\"]", `TFM101`, ``, ``, ""},
		{"[per-file-ignores]\n\"*.ipynb\" = [\"TFM101\"]", ``, ``, ``, "101 102"},
	} {
		s := settingsOf(t, test.file, CommandLine{Select: selectors(test.sel), ExtendSelect: selectors(test.ext), Ignore: selectors(test.ign)})
		wants := s.Wants(filepath.Join(t.TempDir(), "a.py"))
		var got []string
		for _, code := range []string{"101", "102"} {
			if r, ok := rules.ByCode("TFM" + code); ok && wants(r) {
				got = append(got, code)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q with select %q, extend %q, ignore %q: %v are wanted, not %q", test.file, test.sel, test.ext, test.ign, got, test.want)
		}
	}
}

// TestGlobs holds what a glob matches at a path itself, and below a directory that it names.
func TestGlobs(t *testing.T) {
	for _, test := range []struct {
		glob, path  string
		isDir       bool
		self, below bool
	}{
		{"a.py", "a.py", false, true, true},
		{"a.py", "x/y/a.py", false, true, true},
		{"a.py", "x/aa.py", false, false, false},
		{"*.py", "x/a.py", false, true, true},
		{"x", "x/a.py", false, false, true},
		{"x", "x", true, true, true},
		{"x/", "x", true, true, true},
		{"x/", "x", false, false, false},
		{"x/", "x/a.py", false, false, true},
		{"x/*.py", "x/a.py", false, true, true},
		{"x/*.py", "y/x/a.py", false, false, false},
		{"x/*.py", "x/y/a.py", false, false, false},
		{"x/**/*.py", "x/y/z/a.py", false, true, true},
		{"**/y", "x/y/z/a.py", false, false, true},
		{"/a.py", "a.py", false, true, true},
		{"/a.py", "x/a.py", false, false, false},
		{"./a.py", "a.py", false, true, true},
		{"{a,b}.py", "x/b.py", false, true, true},
		{"[ab].py", "c.py", false, false, false},
		{".*/", ".git", true, true, true},
		{".*/", "x", true, false, false},
		{".*/", "../x", true, false, false},
		{"*", "..", true, false, false},
	} {
		g, err := ParseGlob(test.glob)
		if err != nil {
			t.Error(err)
		}
		place := filepath.FromSlash("/p/q")
		file := filepath.Join(place, filepath.FromSlash(test.path))
		if got := g.Matches(place, file, test.isDir); got != test.self {
			t.Errorf("%q matches %q: %v", test.glob, test.path, got)
		}
		if test.isDir {
			continue
		}
		if got := g.MatchesBelow(place, file); got != test.below {
			t.Errorf("%q matches %q or what it is in: %v", test.glob, test.path, got)
		}
	}
}

// TestPage holds that docs/configuration.md has every key, in the order of the table, and no other.
func TestPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllSubmatch(page, -1) {
		told = append(told, string(m[1]))
	}
	if !slices.Equal(told, keys()) {
		t.Errorf("the page tells of %v, the keys are %v", told, keys())
	}
}

// FuzzFile holds that no text of a configuration makes reading it panic, and that what is refused is refused with the file's name.
func FuzzFile(f *testing.F) {
	f.Add("select = [\"TFM101\"]\n[per-file-ignores]\n\"a*\" = [\"TFM1\"]\n")
	f.Add("select = [3]\n")
	f.Add("[per-file-ignores]\n\"[\" = []\n")
	f.Add("exclude = [\"{\"]\nunsafe-fixes = 1\n")
	f.Add("a.b.c = {d = 1}\nselect.x = 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), ownName)
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		table, err := readFile(file, "shown.toml")
		if err != nil && !strings.HasPrefix(err.Error(), "shown.toml") {
			t.Errorf("%v", err)
		}
		var any map[string]any
		if (table == nil) != (err != nil) || err == nil && toml.Unmarshal([]byte(text), &any) != nil {
			t.Errorf("table %v, error %v", table, err)
		}
	})
}

// FuzzSettings holds that what a configuration says of a file can be asked for, whatever globs and selectors it has, and that the question ends.
func FuzzSettings(f *testing.F) {
	f.Add("select = [\"TFM1\"]\n[per-file-ignores]\n\"a*\" = [\"TFM101\"]\n", "x/a.py")
	f.Add("exclude = [\"**/x\", \"{a,b}/\", \"[!a]*\"]\n", "x/b/c.ipynb")
	f.Add("exclude = [\"*a*a*a*a*a*a*b\"]\ntarget-version = \"2.16\"\n", "aaaaaaaaaaaaaaaaaaaaaaaa")
	f.Add("extend-exclude = [\"\\\\\", \"a/**/**/**/b\", \"../x\"]\nignore = [\"ALL\"]\n", "..")
	f.Fuzz(func(t *testing.T, text, name string) {
		if len(text) > 1<<10 || len(name) > 1<<8 {
			return
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, ownName), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		l, err := NewLookup(CommandLine{}, "", false)
		if err != nil {
			t.Fatal(err)
		}
		s, err := l.For(dir)
		if err != nil {
			return
		}
		start := time.Now()
		file := filepath.Join(dir, name)
		s.Excludes(file, false)
		s.Excludes(file, true)
		wanted := s.Wants(file)
		if s.WantsAny(file) != slices.ContainsFunc(rules.All, wanted) {
			t.Error("it is not the same to want any and to want one")
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%q takes %v for %q", text, took, name)
		}
	})
}
