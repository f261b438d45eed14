package symbols

import (
	_ "embed"
	"fmt"
	"iter"
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
	s, ok := tables().api[name]
	return s, ok
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
	p, ok := tables().python[path]
	if !ok {
		return Symbol{}, false
	}
	s, ok := Lookup(p.name)
	s.Private = Private{path, p.in215, p.in221}
	return s, ok
}

// All yields every symbol in the order of names.
func All() iter.Seq[Symbol] {
	return func(yield func(Symbol) bool) {
		for _, name := range tables().names {
			if !yield(tables().api[name]) {
				return
			}
		}
	}
}

//go:embed api.txt
var apiText string

//go:embed python.txt
var pythonText string

type table struct {
	names  []string
	api    map[string]Symbol
	python map[string]private
}

type private struct {
	name         string // the canonical one
	in215, in221 bool
}

// tables parses the embedded text on first use: a run that meets no TensorFlow code never pays for it.
var tables = sync.OnceValue(parse)

func parse() *table {
	names := strings.Count(apiText, "\n")
	t := &table{
		names:  make([]string, 0, names),
		api:    make(map[string]Symbol, names),
		python: make(map[string]private, strings.Count(pythonText, "\n")),
	}
	for line := range records(apiText) {
		f := strings.Split(line, "\t")
		if len(f) < 3 || len(f) > 5 || len(f[1]) != 1 || len(f[2]) != 2 {
			panic(fmt.Sprintf("symbols: api.txt is not what gen.py writes: %q", line))
		}
		f = append(f, "", "")
		s := Symbol{Name: f[0], Kind: Kind(f[1][0]), In215: Status(f[2][0]), In221: Status(f[2][1]), Canonical: f[3], V2Name: f[4]}
		if s.Canonical == "" {
			s.Canonical = s.Name
		}
		if s.In215 == Same {
			s.V2Name = s.Name
		}
		t.names = append(t.names, s.Name)
		t.api[s.Name] = s
	}
	for line := range records(pythonText) {
		f := append(strings.Split(line, "\t"), "==")
		if len(f) < 3 || len(f) > 4 || len(f[2]) != 2 {
			panic(fmt.Sprintf("symbols: python.txt is not what gen.py writes: %q", line))
		}
		t.python[f[0]] = private{f[1], f[2][0] == '=', f[2][1] == '='}
	}
	return t
}

func records(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if line != "" && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}
