package rewrite

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// sources are all the programs that the project has to test with.
func sources(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, pattern := range []string{"../testdata/programs/*.py", "../testdata/programs/fixed/*.py", "../testdata/programs/fixtures/*.py"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[strings.TrimPrefix(f, "../testdata/")] = src
		}
	}
	files, err := filepath.Glob("../testdata/rewrite/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = a.Files[0].Data
	}
	if len(out) < 50 {
		t.Fatalf("only %d sources were found", len(out))
	}
	return out
}

// TestLaws holds the edit laws. TestGolden holds them for its own sources.
func TestLaws(t *testing.T) {
	for name, src := range sources(t) {
		if strings.HasSuffix(name, ".txtar") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkLaws(t, src, converge(t, "in.py", src, Options{Unsafe: true}))
		})
	}
}

// TestLineEnds holds that what is found and what is written depend on neither the line ends nor a byte order mark.
func TestLineEnds(t *testing.T) {
	crlf := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) }
	for name, src := range sources(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain := converge(t, "in.py", src, Options{Unsafe: true})
			dos := converge(t, "in.py", crlf(src), Options{Unsafe: true})
			if want := crlf(plain.Raw); !bytes.Equal(dos.Raw, want) {
				t.Errorf("with CRLF another file comes out:\n%s", UnifiedDiff("out.py", want, dos.Raw))
			}
			if a, b := says(plain), says(dos); a != b {
				t.Errorf("with CRLF something else is said:\n%s\nnot\n%s", b, a)
			}
			marked := converge(t, "in.py", append(bytes.Clone(utf8BOM), src...), Options{Unsafe: true})
			if want := append(bytes.Clone(utf8BOM), plain.Raw...); !bytes.Equal(marked.Raw, want) {
				t.Errorf("with a byte order mark another file comes out:\n%s", UnifiedDiff("out.py", want, marked.Raw))
			}
		})
	}
}

// TestUntouched holds that a source without sites comes back byte for byte, whatever its layout.
func TestUntouched(t *testing.T) {
	for _, src := range []string{"", "\n", "# only a comment", "x = 1", "x = 1\r\ny = 2\rz = 3\n", "\tif x:\n", "import tensorflow as tf\n\n\n\n", "print 'two'\n"} {
		if res := converge(t, "in.py", []byte(src), Options{Unsafe: true}); string(res.Raw) != src {
			t.Errorf("%q became %q", src, res.Raw)
		}
	}
}

func TestApplyRefusesOverlaps(t *testing.T) {
	for _, edits := range [][]Edit{
		{{span(0, 3), "a"}, {span(2, 4), "b"}},
		{{span(4, 3), "a"}},
		{{span(0, 9), "a"}},
		{{span(-1, 2), "a"}},
	} {
		if out, err := Apply([]byte("source"), edits); err == nil {
			t.Errorf("%v was applied: %q", edits, out)
		}
	}
}
