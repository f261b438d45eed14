package analyzer

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// glanced is what a glance at a file of the project tells: see Project.mayImport.
type glanced struct {
	paths   []string // what it may import, as it is written, until that is followed
	modules []string // the modules of the project behind these
	asked   bool     // Project.Suspect was
	suspect bool     // and said so
	ends    ends     // see Project.endsOf; nil until it is asked for
}

// glanceAt glances at the text of a file.
func glanceAt(text []byte) *glanced {
	return &glanced{paths: glanceImports(text)}
}

// keepGlance keeps a glance at a file, and follows what it imports. The caller holds mu, as for all that follows.
func (p *Project) keepGlance(path string, g *glanced) {
	if p.glances == nil {
		p.glances = map[string]*glanced{}
	}
	g.modules, g.paths = p.reached(path, g.paths), nil
	p.glances[path] = g
}

func (p *Project) glance(path string) *glanced {
	path = filepath.Clean(path)
	g := p.glances[path]
	if g == nil {
		text, _ := sourceText(path, contents(path))
		g = glanceAt(text)
		p.keepGlance(path, g)
	}
	return g
}

// contents are the bytes of a file; what can't be read has none, imports nothing and has no name.
func contents(path string) []byte {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return src
}

// suspects tells whether the source of a module is one that Suspect speaks of.
func (p *Project) suspects(path string) bool {
	g := p.glance(path)
	if !g.asked {
		g.asked, g.suspect = true, p.Suspect == nil || p.Suspect(contents(path))
	}
	return g.suspect
}

// mayImport are the modules of the project that a file may import, by their paths: more than it does, and never less. Among them are allBelow of packages,
// which stand for all modules in these: an attribute of the package may be any of them.
func (p *Project) mayImport(path string) []string {
	if dir, ok := strings.CutSuffix(path, allBelow); ok {
		return p.members(dir)
	}
	return p.glance(path).modules
}

// importsOf is mayImport for a file whose text need not be what is on disk.
func (p *Project) importsOf(path string, text []byte) []string {
	return p.reached(path, glanceImports(text))
}

// allBelow behind the path of a package makes of it what mayImport speaks of.
const allBelow = string(filepath.Separator) + "*"

// isModule tells whether a path is not one of these.
func isModule(path string) bool { return !strings.HasSuffix(path, allBelow) }

// reach is what can be reached from somewhere, in order.
func reach(from []string, next func(string) []string) []string {
	seen := map[string]bool{}
	todo := slices.Clone(from)
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[at] {
			seen[at] = true
			todo = append(todo, next(at)...)
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// reached are the modules of the project that import paths of a file may lead to, or through.
func (p *Project) reached(from string, paths []string) []string {
	if p == nil || len(p.Tops) == 0 {
		return nil
	}
	found := map[string]bool{}
	base := filepath.Dir(from)
	for _, path := range paths {
		key := [2]string{base, path}
		modules, asked := p.reachedBy[key]
		if !asked {
			modules = p.reachedFrom(base, path)
			if p.reachedBy == nil {
				p.reachedBy = map[[2]string][]string{}
			}
			p.reachedBy[key] = modules
		}
		for _, module := range modules {
			found[module] = true
		}
	}
	delete(found, filepath.Clean(from))
	return slices.Sorted(maps.Keys(found))
}

// reachedFrom are the modules that an import path of a file in a directory may lead to, or through.
func (p *Project) reachedFrom(base, path string) (found []string) {
	add := func(dir, name string) {
		if p.listing(dir)[name] == isFile {
			found = append(found, filepath.Join(dir, name))
		}
	}
	level := len(path) - len(strings.TrimLeft(path, "."))
	first, rest, more := strings.Cut(path[level:], ".")
	dir := base
	if level > 0 {
		for range level - 1 {
			dir = filepath.Join(dir, "..")
		}
		add(dir, "__init__.py")
	} else {
		if _, known := p.knows(first, ""); known || first == "" {
			return nil
		}
		if dir = p.root(dir, first); dir == "" {
			return nil
		}
	}
	for first != "" {
		add(dir, first+".py")
		if p.listing(dir)[first] != isDir {
			break
		}
		dir = filepath.Join(dir, first)
		add(dir, "__init__.py")
		if rest = strings.TrimLeft(rest, "."); !more || rest == "" {
			if p.initOf(dir) != "" {
				found = append(found, dir+allBelow)
			}
		}
		first, rest, more = strings.Cut(rest, ".")
	}
	return found
}

// members are the modules of a package, and allBelow of the packages in it. A directory without an __init__.py has no attributes.
func (p *Project) members(dir string) []string {
	if out, ok := p.packages[dir]; ok {
		return out
	}
	if p.packages == nil {
		p.packages = map[string][]string{}
	}
	if p.initOf(dir) == "" {
		return nil
	}
	var out []string
	for name, kind := range p.listing(dir) {
		switch path := filepath.Join(dir, name); {
		case kind == isFile && strings.HasSuffix(name, ".py"):
			out = append(out, path)
		case kind == isDir && p.initOf(path) != "":
			out = append(out, path+allBelow)
		}
	}
	p.packages[dir] = out
	return out
}
