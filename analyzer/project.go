package analyzer

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Project is the Python around the files that are looked at: the modules that they import from each other. It reads a module when a name
// of it is first asked for. Several goroutines may share a Project; nil is one without any modules.
type Project struct {
	// Knows tells whether a module that is not the project's has a name, and whether that can be told at all. A top-level module that it
	// knows is never looked for among the project's files.
	Knows func(module, name string) (has, known bool)
	// Files are the paths of the sources that are known to belong together: the ones in which callers are looked for.
	Files []string
	// Tops are directories, absolute, above which no module is looked for; without any, none is looked for at all.
	Tops []string

	mu        sync.Mutex                     // guards what follows, and the caches of the modules
	modules   map[string]*File               // by path; nil for one that cannot be read
	roots     map[[2]string]string           // the directory that has a top-level module, by the importing file's directory and the module's name
	listings  map[string]map[string]pathKind // what there is in a directory
	packages  map[string][]string            // the modules in a package's directory
	words     map[string][]string            // the files that have a word, by the word, as far as it was asked for
	importers map[string][]string            // the files that import a file, by path; nil where a Sieve did not look
}

type pathKind uint8

const (
	isNothing pathKind = iota // or nothing that Python reads
	isFile
	isDir
)

// Limits of what is read of a project: generated modules are large, and directories can be deep.
const (
	maxModuleSize = 4 << 20 // bytes
	maxAncestors  = 32
)

// Parse is the function Parse for a file of the project.
func (p *Project) Parse(ctx context.Context, path string, src []byte) (*File, error) {
	f, err := Parse(ctx, path, src)
	if err != nil {
		return nil, err
	}
	f.project = p
	return f, nil
}

// knows is Knows where there is one.
func (p *Project) knows(module, name string) (has, known bool) {
	if p == nil || p.Knows == nil {
		return false, false
	}
	return p.Knows(module, name)
}

// find is the module of the project that an import path leads into, as a file at path from reads it, and the names behind that module.
// The module is nil if the path leaves the project. The caller holds mu.
func (p *Project) find(from, path string) (module *File, rest []string) {
	if p == nil || from == "" || len(p.Tops) == 0 {
		return nil, nil
	}
	level := 0
	for level < len(path) && path[level] == '.' {
		level++
	}
	names := strings.Split(path[level:], ".")
	if path[level:] == "" {
		names = nil
	}
	dir := filepath.Dir(from)
	if level > 0 {
		for range level - 1 {
			dir = filepath.Join(dir, "..")
		}
	} else {
		if _, known := p.knows(names[0], ""); known {
			return nil, nil
		}
		if dir = p.root(dir, names[0]); dir == "" {
			return nil, nil
		}
	}
	module = p.module(filepath.Join(dir, "__init__.py"))
	if level == 0 {
		module = nil // what lies at a root is no package's
	}
	for i, name := range names {
		// The last name of `from package import name` is the package's own before it is a module of it.
		if i == len(names)-1 && module != nil && module.has(name) {
			return module, names[i:]
		}
		next := filepath.Join(dir, name)
		switch {
		case p.kind(filepath.Join(next, "__init__.py")) == isFile:
			dir, module = next, p.module(filepath.Join(next, "__init__.py"))
		case p.kind(next+".py") == isFile:
			return p.module(next + ".py"), names[i+1:]
		case p.kind(next) == isDir && (module == nil || !module.has(name)):
			dir, module = next, nil
		default:
			return module, names[i:]
		}
	}
	return module, nil
}

// root is the nearest directory around dir, or its src, that has a module of that name; empty if there is none in the project.
func (p *Project) root(dir, name string) string {
	key := [2]string{dir, name}
	if root, ok := p.roots[key]; ok {
		return root
	}
	if p.roots == nil {
		p.roots = map[[2]string]string{}
	}
	root := ""
	for _, at := range p.around(dir) {
		for _, in := range []string{at, filepath.Join(at, "src")} {
			if root == "" && (p.kind(filepath.Join(in, name+".py")) == isFile || p.isPackage(filepath.Join(in, name))) {
				root = in
			}
		}
	}
	p.roots[key] = root
	return root
}

// around are a directory and those above it up to the outermost top that holds it, or to the root of a work tree. Outside the tops, the
// packages that hold it end it.
func (p *Project) around(dir string) []string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return []string{dir}
	}
	var out []string
	for range maxAncestors {
		out = append(out, dir)
		up := filepath.Dir(abs)
		switch {
		case up == abs, p.kind(filepath.Join(dir, ".git")) != isNothing:
			return out
		case !p.inside(up) && (p.inside(abs) || p.kind(filepath.Join(dir, "__init__.py")) != isFile):
			return out
		}
		dir, abs = filepath.Join(dir, ".."), up
	}
	return out
}

// inside tells whether an absolute path is a top, or below one.
func (p *Project) inside(path string) bool {
	return slices.ContainsFunc(p.Tops, func(top string) bool {
		rel, err := filepath.Rel(top, path)
		return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
	})
}

// isPackage tells whether a directory is a package, or may be one without an __init__.py: then it holds modules.
func (p *Project) isPackage(dir string) bool {
	if p.kind(dir) != isDir {
		return false
	}
	if p.kind(filepath.Join(dir, "__init__.py")) == isFile {
		return true
	}
	for name, kind := range p.listing(dir) {
		if kind == isFile && strings.HasSuffix(name, ".py") {
			return true
		}
	}
	return false
}

// kind tells what there is at a path.
func (p *Project) kind(path string) pathKind {
	return p.listing(filepath.Dir(path))[filepath.Base(path)]
}

// listing is what there is in a directory; empty for one that cannot be read. The names are compared as Python does it, case and all.
func (p *Project) listing(dir string) map[string]pathKind {
	if l, ok := p.listings[dir]; ok {
		return l
	}
	if p.listings == nil {
		p.listings = map[string]map[string]pathKind{}
	}
	entries, _ := os.ReadDir(dir)
	l := make(map[string]pathKind, len(entries))
	for _, e := range entries {
		mode := e.Type()
		if mode&os.ModeSymlink != 0 {
			if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil {
				mode = info.Mode()
			}
		}
		switch {
		case mode.IsDir():
			l[e.Name()] = isDir
		case mode.IsRegular():
			l[e.Name()] = isFile
		}
	}
	p.listings[dir] = l
	return l
}

// module is the module at a path, nil if it cannot be read as Python.
func (p *Project) module(path string) *File {
	if f, ok := p.modules[path]; ok {
		return f
	}
	if p.modules == nil {
		p.modules = map[string]*File{}
	}
	p.modules[path] = nil
	if p.kind(path) != isFile {
		return nil
	}
	if info, err := os.Stat(path); err != nil || info.Size() > maxModuleSize {
		return nil
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	f, err := Parse(context.Background(), path, src)
	if err != nil || len(f.Errors) > 0 {
		return nil
	}
	f.project, f.module = p, true
	p.modules[path] = f
	return f
}
