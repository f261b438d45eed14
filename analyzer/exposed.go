package analyzer

import (
	"maps"
	"slices"
	"strings"
)

// exposed are the names by which other files may reach what a sieve is for: names of the module and of its classes, attributes, and functions that
// return it. Names with a word of the sieve are not among them.
func (f *File) exposed(s *Sieve) []string {
	x := exposer{s: s, told: map[any]bool{}}
	out := map[string]bool{}
	add := func(name string, b *Binding) {
		if !out[name] && !s.Words.has(name) && x.binding(f, b) {
			out[name] = true
		}
	}
	for _, b := range f.Bindings() {
		if !b.Scope.isFunction() && !f.passesOn(b) {
			add(b.Ident, b)
		}
	}
	for name, stores := range f.stores {
		for _, st := range stores {
			add(name, st.binding)
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// passesOn tells whether a binding is an import of a name of the project under that very name. Whoever has it from here has it from there: the module that
// gives it its value exposes it, if it has anything to do with what is looked for.
func (f *File) passesOn(b *Binding) bool {
	return b.Kind == BindImport && strings.HasSuffix(b.Import, "."+b.Ident) && f.InProject(b.Import)
}

type exposer struct {
	s    *Sieve
	told map[any]bool // whether a function returns it, or a class is made of it; false while that is being asked
}

func (x exposer) binding(f *File, b *Binding) bool {
	w := f.walk()
	v := newValuer(w)
	v.binding(b, false)
	w.leave()
	return slices.ContainsFunc(v.out.Origins, func(o Origin) bool { return x.origin(f, o) })
}

func (x exposer) value(f *File, e Expr) bool {
	return slices.ContainsFunc(f.Value(e).Origins, func(o Origin) bool { return x.origin(f, o) })
}

// origin tells whether a value from there is, or leads to, what is looked for. f is the file that was asked.
func (x exposer) origin(f *File, o Origin) bool {
	if o.Home != nil {
		f = o.Home
	}
	if o.Kind == FromImport && x.s.leads(o.Import) {
		return true
	}
	switch n := o.Node.(type) {
	case *FuncDef:
		return x.once(n, func() bool { return slices.ContainsFunc(f.Returns(n), func(e Expr) bool { return x.value(f, e) }) })
	case *ClassDef:
		return x.once(n, func() bool { return slices.ContainsFunc(n.Bases, func(a *Arg) bool { return x.value(f, a.Value) }) })
	}
	return false
}

// once asks a question about a node once; one that leads back to itself says no.
func (x exposer) once(n any, ask func() bool) bool {
	told, asked := x.told[n]
	if !asked {
		x.told[n] = false
		told = ask()
		x.told[n] = told
	}
	return told
}
