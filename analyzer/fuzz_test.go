package analyzer

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"
)

// seeds gives the fuzzer the files that match the patterns.
func seeds(f *testing.F, patterns ...string) {
	f.Helper()
	n := 0
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			raw, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(raw)
			n++
		}
	}
	if n == 0 {
		f.Fatalf("no seeds: %v", patterns)
	}
}

// FuzzParse: whatever the bytes, Parse and every question end, spans are in bounds and nested, and what is answered
// about names is consistent.
func FuzzParse(f *testing.F) {
	seeds(f, "../testdata/analyzer/*.py", "../testdata/programs/*.py")
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 1<<16 {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		file, err := Parse(ctx, "fuzz.py", src)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkTree(file); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		Walk(file.Module, func(n Node) bool {
			if e, ok := n.(Expr); ok {
				file.Value(e)
				file.Constant(e, nil)
				file.Unchanged(e)
			}
			file.StmtOf(n)
			file.Scope(n)
			return true
		})
		for n, r := range file.resolved {
			for _, b := range r.Bindings {
				if b == nil || b.Ident != n.ID {
					t.Fatalf("%s at %v is bound by %+v", n.ID, n.Span, b)
				}
			}
		}
		file.DumpScopes()
		file.DumpValues(nil)
		if took := time.Since(start); took > 20*time.Second {
			t.Fatalf("questions took %v", took)
		}
	})
}

// FuzzNotebook: a notebook that is read comes back unchanged where nothing was edited; an edited cell is still JSON with the
// edited text, and the rest is as it was.
func FuzzNotebook(f *testing.F) {
	seeds(f, "../testdata/*/*.ipynb")
	for _, s := range []string{`"a\n!ls"`, `["a\n", "'''\n%b\n'''"]`, `["%%bash\n"]`, `"x = !ls \\\n y"`, `"\u00e9\ud800"`} {
		f.Add([]byte(notebook(s, s)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := ParseNotebook(raw)
		if err != nil {
			return
		}
		back, err := n.Restore(n.Python)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back, raw) {
			t.Fatalf("changed to %q", back)
		}
		if lines := bytes.Count(n.Python, []byte("\n")); lines != len(n.lines) {
			t.Fatalf("%d lines, and places of %d", lines, len(n.lines))
		}
		// At the start of the first cell, where nothing open can swallow it.
		edited := bytes.Replace(n.Python, []byte("\n"), []byte("\nadded = 1\n"), 1)
		back, err = n.Restore(edited)
		if err != nil {
			return
		}
		if !json.Valid(back) {
			t.Fatalf("no JSON any more: %q", back)
		}
		again, err := ParseNotebook(back)
		if err != nil {
			t.Fatal(err)
		}
		if utf8.Valid(raw) && !bytes.Equal(again.Python, edited) {
			t.Fatalf("%q is now %q", n.Python, again.Python)
		}
	})
}

// FuzzProject: two modules that import from each other, whatever stands in them: every question about the one ends, and the answers that come from the other are of it.
func FuzzProject(f *testing.F) {
	for _, pair := range [][2]string{
		{"from b import f, X as Y\nz = f(Y)\n", "from a import z\nX = z\ndef f(x):\n    return x\n"},
		{"import b\nb.f(b)\nclass C(b.D):\n    x = b.D.x\n", "import a\nclass D(a.C):\n    x = a.C.x\ndef f(m):\n    return m.D()\n"},
		{"from b import *\nfor i in g():\n    print(i)\n", "from a import *\n__all__ = ['g']\ndef g():\n    yield g\n"},
		{"from . import b\nfrom .b import h\nh = h(h)\n", "try:\n    from a import h\nexcept ImportError:\n    h = lambda f: f(f)\n"},
	} {
		f.Add([]byte(pair[0]), []byte(pair[1]))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a)+len(b) > 1<<13 {
			return
		}
		dir := t.TempDir()
		for name, src := range map[string][]byte{"a.py": a, "b.py": b} {
			if err := os.WriteFile(filepath.Join(dir, name), src, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(dir, "a.py")
		p := &Project{Tops: []string{dir}, Files: []string{path, filepath.Join(dir, "b.py")}}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		start := time.Now()
		file, err := p.Parse(ctx, path, a)
		if err != nil {
			t.Fatal(err)
		}
		Walk(file.Module, func(n Node) bool {
			if e, ok := n.(Expr); ok {
				file.Value(e)
				file.Constant(e, nil)
				file.Unchanged(e)
				file.OnlyCall(e)
			}
			return true
		})
		for module := range file.Imports() {
			if filepath.Dir(module) != dir {
				t.Errorf("%s is imported, which is not the project's", module)
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Fatalf("questions took %v", took)
		}
	})
}
