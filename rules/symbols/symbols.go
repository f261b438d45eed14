package symbols

import (
	_ "embed"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

// Status is what has become of a tf.compat.v1 name in one TensorFlow.
type Status byte

const (
	Same    Status = '=' // tf.<name> is the very same object
	Differs Status = '~' // tf.<name> exists and is another object
	Missing Status = '-' // there is no tf.<name>; tf.compat.v1.<name> works
	Gone    Status = 'x' // tf.compat.v1.<name> does not exist either
)

// Kind is what a name stands for.
type Kind byte

const (
	Module   Kind = 'm'
	Class    Kind = 'c'
	Function Kind = 'f'
	Constant Kind = 'k'
)

// Symbol is one public name of tf.compat.v1, without that prefix.
type Symbol struct {
	Name      string
	Kind      Kind
	Canonical string // the least nested name of the same object: saved_model.Builder for saved_model.builder.SavedModelBuilder
	In215     Status // in TensorFlow 2.15.1
	In221     Status // in TensorFlow 2.21.0
	V2Name    string // a name below tf of the very same object, Name itself where In215 is Same; empty where there is none
	Private   Private
}

// Private is the module path below tensorflow.python or tensorflow_estimator that a symbol was asked for by; the zero value where it was by name.
type Private struct {
	Path         string
	In215, In221 bool // whether it can be imported in TensorFlow 2.15.1 and 2.21.0
}

// Lookup finds a name below tf.compat.v1, "saved_model.Builder".
func Lookup(name string) (Symbol, bool) {
	columns, ok := api().columns[name]
	if !ok {
		return Symbol{}, false
	}
	return symbol(name, columns), true
}

// Find is Lookup for a name that may reach into a class: the longest public prefix that is not a module, and the rest,
// "GLOBAL_VARIABLES" for "GraphKeys.GLOBAL_VARIABLES".
func Find(name string) (s Symbol, rest string, ok bool) {
	for prefix := name; ; {
		if s, ok := Lookup(prefix); ok && (s.Kind != Module || prefix == name) {
			return s, strings.TrimPrefix(name[len(prefix):], "."), true
		}
		dot := strings.LastIndexByte(prefix, '.')
		if dot < 0 {
			return Symbol{}, "", false
		}
		prefix = prefix[:dot]
	}
}

// FromPython finds the public symbol that a private module path stands for,
// "tensorflow.python.saved_model.builder.SavedModelBuilder" for saved_model.Builder.
func FromPython(path string) (Symbol, bool) {
	columns, ok := python().columns[path]
	if !ok {
		return Symbol{}, false
	}
	name, status := columns, "=="
	if i := strings.IndexByte(columns, '\t'); i >= 0 {
		name, status = columns[:i], columns[i+1:]
	}
	if len(status) != 2 {
		panic(fmt.Sprintf("symbols: python.txt is not what gen.py writes: %q", columns))
	}
	s, ok := Lookup(name)
	s.Private = Private{path, status[0] == '=', status[1] == '='}
	return s, ok
}

// Paths yields every private path that stands for a symbol, in order.
func Paths() iter.Seq[string] { return slices.Values(python().names) }

// All yields every symbol in the order of names.
func All() iter.Seq[Symbol] {
	return func(yield func(Symbol) bool) {
		for _, name := range api().names {
			if !yield(symbol(name, api().columns[name])) {
				return
			}
		}
	}
}

//go:embed api.txt
var apiText string

//go:embed python.txt
var pythonText string

// table is one of the embedded texts: what stands behind the name that a line begins with, and the names in order. The rest of a line is read when it is
// asked for, as a run asks for few of some thousand.
type table struct {
	names   []string
	columns map[string]string
}

// The texts are split on first use: a run that meets no TensorFlow code never pays for it.
var (
	api    = sync.OnceValue(func() *table { return split(apiText) })
	python = sync.OnceValue(func() *table { return split(pythonText) })
)

func split(text string) *table {
	lines := strings.Count(text, "\n")
	t := &table{names: make([]string, 0, lines), columns: make(map[string]string, lines)}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		name, columns, _ := strings.Cut(line, "\t")
		t.names = append(t.names, name)
		t.columns[name] = columns
	}
	return t
}

// symbol reads what stands behind a name in api.txt.
func symbol(name, columns string) Symbol {
	kind, rest, _ := strings.Cut(columns, "\t")
	status, rest, _ := strings.Cut(rest, "\t")
	canonical, v2, _ := strings.Cut(rest, "\t")
	if len(kind) != 1 || len(status) != 2 || strings.Contains(v2, "\t") {
		panic(fmt.Sprintf("symbols: api.txt is not what gen.py writes: %q %q", name, columns))
	}
	s := Symbol{Name: name, Kind: Kind(kind[0]), In215: Status(status[0]), In221: Status(status[1]), Canonical: canonical, V2Name: v2}
	if s.Canonical == "" {
		s.Canonical = s.Name
	}
	if s.In215 == Same {
		s.V2Name = s.Name
	}
	return s
}
