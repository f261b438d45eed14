package analyzer

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	sitter "github.com/smacker/go-tree-sitter"
	"github.com/smacker/go-tree-sitter/python"
)

// TestTakeOver holds that the nodes which C brings over are those that the binding gives one by one, of programs and of all prefixes of one, which are
// broken in every way.
func TestTakeOver(t *testing.T) {
	paths, err := filepath.Glob("../testdata/programs/*.py")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	check := func(t *testing.T, src []byte) {
		t.Helper()
		p := sitter.NewParser()
		defer p.Close()
		p.SetLanguage(python.GetLanguage())
		tree, err := p.ParseCtx(t.Context(), nil, src)
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		if fast, slow := takeOver(tree.RootNode(), nil), takeOverSlowly(tree.RootNode()); !slices.Equal(fast, slow) {
			t.Errorf("%d nodes, and not the same %d:\n%s", len(fast), len(slow), src)
		}
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(path), func(t *testing.T) { check(t, src) })
	}
	src := []byte("import a as b\n\n@d\ndef f(x, *y, z: int = 1, **k) -> str:\n    # why\n    return {**k, 'a': [i for i in (1, 2,) if i]}[x] if x else f'{x!r:>{y}}'\n")
	for i := range src {
		check(t, src[:i])
	}
}
