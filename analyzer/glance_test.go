package analyzer

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestOnlyDefined(t *testing.T) {
	for _, c := range []struct {
		src  string
		want bool
	}{
		{"def f(x):\n    return f(x)\n", true},
		{"class f(object):\n    pass\nf.x = f()\n", true},
		{"x = 1\ndef f(): pass\n\ndef g():\n    def f(): pass\n", true},
		{"def of(): pass\ndef f(): pass\nf1 = of()\n", true},
		{"", false},
		{"import f\n", false},
		{"f = 1\n", false},
		{"def f(): pass\nf = g(f)\n", false},
		{"def f(): pass\nif x:\n    from m import f\n", false},
		{"def f(): pass\nfrom m import a as f, b\n", false},
		{"def f(): pass\nfor f in x: pass\n", false},
		{"def f(): pass\nwith x as f: pass\n", false},
		{"def f(): pass\ndel f\n", false},
		{"def f(): pass\nf += 1\n", false},
		{"def f(): pass\n(f, g) = 1, 2\n", false},
		{"def f(): pass\nglobal f", false},
		{"if x:\n    def f(): pass\n", false},
		{"@d\ndef f(): pass\n", true}, // it is whatever d makes of it, which nothing follows
	} {
		if got := onlyDefined([]byte(c.src), "f"); got != c.want {
			t.Errorf("%v for %q", got, c.src)
		}
	}
}

func TestCodeOf(t *testing.T) {
	for src, want := range map[string]string{
		"x = 1  # word\ny = 'word'\n":                "x = 1  \ny = ''\n",
		"'''word\n'word'\n''' + word + \"\\\"word\"": "'' + word + \"\"",
		"f'{word}' + b'word' + rb\"word\"":           "f'{word}' + b'' + rb\"\"",
		"# it's\nword\n":                             "\nword\n",
		"a = \\\n  'word'\nword":                     "a = \\\n  ''\nword",
		"getattr(tf, 'word')":                        "getattr(tf, 'word')",
		"import_module('word')":                      "import_module('word')",
		"getattr(tf, 'word') # and 'more'":           "getattr(tf, 'word') ",
		"getattr(tf, 'a word', b'tf<2')":             "getattr(tf, '', b'tf<2')",
		"f'word {word} {{word}}' + word":             "f'{word}' + word",
		"f'word {word' + word":                       "f'word {word' + word",
		"'word\nword":                                "'\nword", // not closed: it ends with its line
	} {
		if got := string(codeOf([]byte(src))); got != want {
			t.Errorf("%q for %q", got, src)
		}
	}
}

func TestGlanceCells(t *testing.T) {
	for src, want := range map[string]string{
		`{"cells": [{"cell_type": "code", "source": ["a\n", "b"]}, {"cell_type": "markdown", "source": "c"}, {"cell_type": "raw", "source": "d"}]}`: "a\nb\n",
		`{"cells": [{"source": "a", "cell_type": "code"}, {"source": "b", "cell_type": "markdown"}]}`:                                               "a\nb\n",
		`{"cells": [{"cell_type": "markdown", "metadata": {"source": "x"}, "source": "a"}, {"cell_type": "code", "source": "b"}]}`:                  "x\na\nb\n",
		`{"cells": [{"cell_type": "markdown", "source": "a"}, {"source": "b"}]}`:                                                                    "a\nb\n",
		`{"cells": [{"cell_type": "markdown", "source": "\"cell_type\": \"source\""}, {"cell_type": "code", "source": "b"}]}`:                       "b\n",
	} {
		if got, ok := glanceCells([]byte(src)); string(got) != want || !ok {
			t.Errorf("%q, %v for %s", got, ok, src)
		}
	}
}

// TestGlanceTakesMore holds that what a glance says of a file's imports has all that parsing it tells, in every project among the tests.
func TestGlanceTakesMore(t *testing.T) {
	archives, err := filepath.Glob("../testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../testdata/*/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	for _, archive := range append(archives, more...) {
		a, err := txtar.ParseFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		p := &Project{Tops: []string{dir}}
		var paths []string
		for _, f := range a.Files {
			path := filepath.Join(dir, f.Name)
			if !strings.HasSuffix(path, ".py") {
				continue
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Data, 0o666); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			f, err := p.Parse(t.Context(), path, src)
			if err != nil {
				t.Fatal(err)
			}
			may := reach(p.mayImport(path), p.mayImport)
			for module := range f.Imports() {
				known++
				if !slices.Contains(may, filepath.Clean(module)) {
					t.Errorf("%s: %s imports %s, and a glance says %v", archive, path, module, may)
				}
			}
		}
	}
	if known < 10 {
		t.Errorf("only %d imports", known)
	}
}
