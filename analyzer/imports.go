package analyzer

// Imports are the modules of the project that the file imports anywhere in it, by path, each with whether it is imported when the file is, and
// not only in a function. A package counts where its __init__.py does.
func (f *File) Imports() map[string]bool {
	found := map[string]bool{}
	p := f.project
	if p == nil {
		return found
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range f.Bindings() {
		if b.Kind != BindImport && b.Kind != BindStar {
			continue
		}
		for _, path := range importedPaths(b) {
			if module, _ := p.find(f.Path, path); module != nil && module != f {
				found[module.Path] = found[module.Path] || f.FuncOf(b.Node) == nil
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
