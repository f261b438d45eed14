package rewrite

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestModuleHoldsAll shows that a module can hold every helper that a fix may call.
func TestModuleHoldsAll(t *testing.T) {
	files, err := helperFiles.ReadDir("helpers")
	if err != nil {
		t.Fatal(err)
	}
	text, err := HelperModuleText(nil, slices.Concat(moduleLevels...))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".py")
		if !bytes.Contains(text, []byte(helperDoc(name))) {
			t.Errorf("the module lacks %s", name)
		}
	}
	for _, leftover := range []string{"# if ", "# else:", "# end", "tf1."} {
		if bytes.Contains(text, []byte(leftover)) {
			t.Errorf("the module has %q", leftover)
		}
	}
}

// TestModuleGrows shows that a module takes what it lacks, and loses nothing that it has.
func TestModuleGrows(t *testing.T) {
	module := func(before []byte, calls ...string) []byte {
		t.Helper()
		text, err := HelperModuleText(before, calls)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	session := module(nil, "save_session")
	estimator := module(nil, "export_estimator")
	if bytes.Equal(session, estimator) || bytes.Contains(session, []byte("estimator")) {
		t.Error("the module has helpers for Estimators that nothing calls")
	}
	if !bytes.Equal(module(session, "save_signature_defs"), session) {
		t.Error("a module that has what is called changes")
	}
	if !bytes.Equal(module(session, "export_estimator"), estimator) {
		t.Error("a module that grows is another than one made at once")
	}
	if !bytes.Equal(module(estimator, "save_session"), estimator) {
		t.Error("a module loses what is not called now")
	}
	for _, other := range []string{"", "import tensorflow as tf\n", string(session) + "\n", strings.Replace(string(session), "node.device = \"\"", "pass", 1)} {
		if _, err := HelperModuleText([]byte(other), []string{"save_session"}); !errors.Is(err, ErrNotHelpers) {
			t.Errorf("a module of %d bytes that is another: %v", len(other), err)
		}
	}
}

// TestIndentBy gives helpers other indentations.
func TestIndentBy(t *testing.T) {
	const text = "def f(a):\n    x = [\n        1, (2,\n            3)]\n\n    if a:\n        return g(x,  # (\n                 a)\n"
	for _, c := range []struct{ indent, want string }{
		{"    ", text},
		{"  ", "def f(a):\n  x = [\n      1, (2,\n          3)]\n\n  if a:\n    return g(x,  # (\n             a)\n"},
		{"\t", "def f(a):\n\tx = [\n\t    1, (2,\n\t        3)]\n\n\tif a:\n\t\treturn g(x,  # (\n\t\t         a)\n"},
	} {
		if got := indentBy(text, c.indent); got != c.want {
			t.Errorf("by %q:\n%s\nwant\n%s", c.indent, got, c.want)
		}
	}
}
