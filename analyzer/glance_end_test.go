package analyzer

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestEndsIn holds what counts as a value of a name.
func TestEndsIn(t *testing.T) {
	p := &Project{Ends: NewWords([]string{"load", "simple_save"})}
	for src, want := range map[string]ends{
		"load(x)\n":                            {"load": false},
		"tf.saved_model.load(x)\n":             {"load": false},
		"load.load_it(x)\n":                    {"load": false},
		"f = tf.saved_model.load\n":            {"load": true},
		"return load\n":                        {"load": true},
		"load = 1\n":                           {"load": false},
		"f(load=1)\n":                          {"load": false},
		"f(load == 1)\n":                       {"load": true},
		"from a import load\n":                 {"load": false},
		"from a import b, load, c\n":           {"load": false},
		"from a import load as b\n":            {"load": true},
		"from a.load import b\n":               {"load": false},
		"import a; f = b.load\n":               {"load": true},
		"from a import (\n    load,\n    b)\n": {"load": true}, // what the line says alone is no import
		"load (x)\n":                           {"load": true}, // and here a glance is not enough
		"# load\n":                             {},
		"'load'\n":                             {},
		"getattr(x, 'load')\n":                 {"load": true},
		"getattr(x, 'to load it')\n":           {},
		"f'to load {x}'\n":                     {},
		"f'{load}'\n":                          {"load": true},
		"reload, load_it = 1, 2\n":             {},
		"simple_save\nload()\n":                {"simple_save": true, "load": false},
	} {
		got := p.endsIn([]byte(src))
		for word, asValue := range got {
			if is, mentioned := want[word]; asValue && !is || !mentioned && asValue {
				t.Errorf("%v for %q", got, src)
			}
		}
		for word, asValue := range want {
			if is, mentioned := got[word]; !mentioned || asValue && !is {
				t.Errorf("%v for %q", got, src)
			}
		}
	}
}

// TestCallsTo holds that calls are passed over only where the name stands nowhere as a value, in this file or in one that it leads to.
func TestCallsTo(t *testing.T) {
	dir := t.TempDir()
	for name, src := range map[string]string{
		"plain.py":  "from a import load\n\n\ndef g():\n    load()\n",
		"values.py": "import a\n\nread = a.load\n",
		"via.py":    "import values\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p := &Project{Ends: NewWords([]string{"load"}), Tops: []string{dir}}
	for src, want := range map[string]int{
		"import plain\nf()\nplain.load()\nplain.g()\n": 1,
		"import via\nf()\nvia.values.load()\n":         2, // f may be read
		"f()\ng(h())\n":                                0,
	} {
		f, err := p.Parse(t.Context(), filepath.Join(dir, "main.py"), []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(f.CallsTo("load")); got != want {
			t.Errorf("%d calls, not %d, in %q", got, want, src)
		}
		if got := f.CallsTo("other"); !slices.Equal(got, f.Calls()) {
			t.Errorf("%d calls of something that no glance is for, in %q", len(got), src)
		}
	}
}
