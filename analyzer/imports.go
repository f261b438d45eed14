package analyzer

import (
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Imports are the modules of the project that the file imports anywhere in it, by path, each with whether it is imported when the file is, and
// not only in a function. A package counts where its __init__.py does.
func (f *File) Imports() map[string]bool {
	out := map[string]bool{}
	if f.project == nil {
		return out
	}
	f.project.mu.Lock()
	defer f.project.mu.Unlock()
	for _, b := range f.Bindings() {
		if b.Kind != BindImport && b.Kind != BindStar {
			continue
		}
		for _, path := range importedPaths(b) {
			if module, _ := f.project.locate(f.Path, path); module != "" && module != f.Path {
				out[module] = out[module] || f.FuncOf(b.Node) == nil
			}
		}
	}
	return out
}

// ImportedWith are the modules of the project that are imported when the file is, at whatever distance, and whose source the project suspects: the nearest
// first, and in the order of their paths. A module is read when it is its turn, and only modules are by way of which there may be such.
func (f *File) ImportedWith() iter.Seq[*File] {
	return func(yield func(*File) bool) {
		p := f.project
		if p == nil {
			return
		}
		leading := p.leadingToSuspects(f)
		seen := map[string]bool{f.Path: true}
		for todo := []*File{f}; len(todo) > 0 && len(leading) > 0; todo = todo[1:] {
			imports := todo[0].Imports()
			for _, path := range slices.Sorted(maps.Keys(imports)) {
				if !imports[path] || seen[path] || !leading[filepath.Clean(path)] {
					continue
				}
				seen[path] = true
				p.mu.Lock()
				module, suspect := p.module(path), p.suspects(path)
				p.mu.Unlock()
				if module == nil {
					continue
				}
				todo = append(todo, module)
				if suspect && !yield(module) {
					return
				}
			}
		}
	}
}

// leadingToSuspects are the modules that a file may import, at whatever distance, and that the project suspects or that may import such.
func (p *Project) leadingToSuspects(f *File) map[string]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	modules := p.importsOf(f.Path, readable(f.Src))
	importers := map[string][]string{}
	var suspects []string
	for _, path := range reach(modules, p.mayImport) {
		for _, module := range p.mayImport(path) {
			importers[module] = append(importers[module], path)
		}
		if isModule(path) && p.suspects(path) {
			suspects = append(suspects, path)
		}
	}
	out := map[string]bool{}
	for _, path := range reach(suspects, func(path string) []string { return importers[path] }) {
		out[path] = true
	}
	return out
}

// InProject tells whether an import path leads to a module of the file's project.
func (f *File) InProject(path string) bool {
	p := f.project
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	module, _ := p.locate(f.Path, path)
	return module != ""
}

// importedPaths are what an import statement loads for one of its names: `import a.b` binds a, and loads a.b.
func importedPaths(b *Binding) []string {
	out := []string{b.Import}
	if s, ok := b.Node.(*Import); ok {
		for _, in := range s.Names {
			if in.As == nil && in.Span.Contains(b.At) {
				out = append(out, in.Name)
			}
		}
	}
	return out
}

// DefinedElsewhere tells whether an expression surely is a function or a class that another module of the project defines. It is quick, and says no where
// a glance at that module does not tell.
func (f *File) DefinedElsewhere(e Expr) bool {
	var attrs []string
	for {
		a, ok := e.(*Attribute)
		if !ok {
			break
		}
		if len(f.stores[a.Attr]) > 0 {
			return false
		}
		attrs = append(attrs, a.Attr)
		e = a.X
	}
	root, ok := e.(*Name)
	if !ok || f.project == nil {
		return false
	}
	r := f.Resolve(root)
	if r.Unbound || len(r.Bindings) == 0 {
		return false
	}
	slices.Reverse(attrs)
	behind := strings.Join(attrs, ".")
	p := f.project
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range r.Bindings {
		path := b.Import
		if behind != "" {
			path = dotted(path, behind)
		}
		if b.Kind != BindImport || !p.defined(p.locate(f.Path, path)) {
			return false
		}
	}
	return true
}

// defined tells whether names behind a module are one that it defines and does nothing else with.
func (p *Project) defined(at string, names []string) bool {
	if at == "" || len(names) != 1 || names[0] == "" {
		return false
	}
	key := [2]string{at, names[0]}
	defined, asked := p.defines[key]
	if !asked {
		defined = onlyDefined(readable(contents(at)), names[0])
		if p.defines == nil {
			p.defines = map[[2]string]bool{}
		}
		p.defines[key] = defined
	}
	return defined
}
