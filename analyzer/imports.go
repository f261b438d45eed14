package analyzer

import (
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
	for module, atOnce := range f.imports() {
		out[module.Path] = atOnce
	}
	return out
}

// ImportedWith are the modules of the project that are imported when the file is, at whatever distance, in the order of their paths.
func (f *File) ImportedWith() []*File {
	if f.project == nil {
		return nil
	}
	f.project.mu.Lock()
	defer f.project.mu.Unlock()
	seen := map[*File]bool{}
	var out []*File
	for todo := []*File{f}; len(todo) > 0; todo = todo[1:] {
		for module, atOnce := range todo[0].imports() {
			if atOnce && !seen[module] && module.Path != f.Path {
				seen[module] = true
				out = append(out, module)
				todo = append(todo, module)
			}
		}
	}
	slices.SortFunc(out, func(a, b *File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// imports are Imports, with the modules themselves. The caller holds the project's lock.
func (f *File) imports() map[*File]bool {
	found := map[*File]bool{}
	for _, b := range f.Bindings() {
		if b.Kind != BindImport && b.Kind != BindStar {
			continue
		}
		for _, path := range importedPaths(b) {
			if module, _ := f.project.find(f.Path, path); module != nil && module != f {
				found[module] = found[module] || f.FuncOf(b.Node) == nil
			}
		}
	}
	return found
}

// InProject tells whether an import path leads to a module of the file's project.
func (f *File) InProject(path string) bool {
	p := f.project
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	module, _ := p.find(f.Path, path)
	return module != nil
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
