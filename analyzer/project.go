package analyzer

import (
	"bytes"
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
	// Suspect tells of a source whether ImportedWith is asked for such; nil for all.
	Suspect func(src []byte) bool
	// Ends are names that File.CallsTo is asked for; nil where it gives all calls.
	Ends *Words
	// Files are the paths of the sources that are known to belong together: the ones in which callers are looked for.
	Files []string
	// Tops are directories, absolute, above which no module is looked for; without any, none is looked for at all.
	Tops []string

	mu        sync.Mutex                     // guards what follows, and the caches of the modules
	modules   map[string]*File               // by path; nil for one that cannot be read
	parsing   map[string]chan struct{}       // by path: closed when the module that is being parsed is there
	held      int                            // how many bytes of source these have
	glances   map[string]*glanced            // by path, as far as they were asked for
	without   map[[2]string]bool             // whether a module has no name for certain, by its path and the name
	defines   map[[2]string]bool             // whether it certainly defines one and does nothing else with it
	roots     map[[2]string]string           // the directory that has a top-level module, by the importing file's directory and the module's name
	arounds   map[string][]string            // where a file's top-level modules may lie, by its directory
	listings  map[string]map[string]pathKind // what there is in a directory
	packages  map[string][]string            // the modules in a package's directory
	words     map[string][]string            // the files that have a word, by the word, as far as it was asked for
	fileAt    map[string]int                 // where in Files a path is
	reachedBy map[[2]string][]string         // see reachedFrom, by the directory and the import path
	located   map[[2]string]location         // what locate found, by the importing file and the import path
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

// Parse is the function Parse for a file of the project. A module that was read already is not parsed again.
func (p *Project) Parse(ctx context.Context, path string, src []byte) (*File, error) {
	key := filepath.Clean(path)
	p.mu.Lock()
	module := p.modules[key]
	imported := len(p.importers[key]) > 0 && len(src) <= maxModuleSize
	p.mu.Unlock()
	if module != nil && bytes.Equal(module.Src, src) {
		f := module.again()
		f.Path, f.project, f.module = path, p, false
		return f, nil
	}
	f, err := Parse(ctx, path, src)
	if err != nil {
		return nil, err
	}
	f.project = p
	if imported && len(f.Errors) == 0 { // others will ask for it
		p.mu.Lock()
		defer p.mu.Unlock()
		if _, ok := p.modules[key]; !ok {
			p.keep(key, f.again())
		}
	}
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
	at, rest := p.locate(from, path)
	if at == "" {
		return nil, nil
	}
	return p.module(at), rest
}

// location is a module, by its path, and names behind it.
type location struct {
	at   string
	rest []string
}

// locate is find for the path of the module, "" where there is none. It parses only the packages on the way that may have a name of their own where a
// module lies below them.
func (p *Project) locate(from, path string) (at string, rest []string) {
	if p == nil || from == "" || len(p.Tops) == 0 {
		return "", nil
	}
	key := [2]string{from, path}
	l, ok := p.located[key]
	if !ok {
		l.at, l.rest = p.search(from, path)
		if p.located == nil {
			p.located = map[[2]string]location{}
		}
		p.located[key] = l
	}
	return l.at, l.rest
}

// search is locate for what was not asked yet.
func (p *Project) search(from, path string) (at string, rest []string) {
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
		at = p.initOf(dir)
	} else { // what lies at a root is no package's
		if _, known := p.knows(names[0], ""); known {
			return "", nil
		}
		if dir = p.root(dir, names[0]); dir == "" {
			return "", nil
		}
	}
	for i, name := range names {
		// The last name of `from package import name` is the package's own before it is a module of it.
		if i == len(names)-1 && p.hasName(at, name) {
			return at, names[i:]
		}
		next := filepath.Join(dir, name)
		init := p.initOf(next)
		switch {
		case init != "":
			dir, at = next, init
		case p.kind(next+".py") == isFile:
			return next + ".py", names[i+1:]
		case p.kind(next) == isDir && !p.hasName(at, name):
			dir, at = next, ""
		default:
			return at, names[i:]
		}
	}
	return at, nil
}

// initOf is the __init__.py of a directory, "" where it has none.
func (p *Project) initOf(dir string) string {
	if p.listing(dir)["__init__.py"] != isFile {
		return ""
	}
	return filepath.Join(dir, "__init__.py")
}

// hasName tells whether the module at a path, if there is one, has a name. One whose source has no such word is not parsed.
func (p *Project) hasName(at, name string) bool {
	if at == "" {
		return false
	}
	if f, parsed := p.modules[at]; parsed {
		return f != nil && f.has(name)
	}
	key := [2]string{at, name}
	without, asked := p.without[key]
	if !asked {
		without = !mentionsAny(readable(contents(at)), map[string]bool{name: true})
		if p.without == nil {
			p.without = map[[2]string]bool{}
		}
		p.without[key] = without
	}
	if without {
		return false
	}
	f := p.module(at)
	return f != nil && f.has(name)
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
	for _, in := range p.topsOf(dir) {
		what := p.listing(in)
		if what[name+".py"] == isFile || what[name] == isDir && p.isPackage(filepath.Join(in, name)) {
			root = in
			break
		}
	}
	p.roots[key] = root
	return root
}

// topsOf are the directories in which the top-level modules may lie that a file in a directory imports: those around it, and the src in each.
func (p *Project) topsOf(dir string) []string {
	if out, ok := p.arounds[dir]; ok {
		return out
	}
	var out []string
	for _, at := range p.around(dir) {
		out = append(out, at)
		if p.listing(at)["src"] == isDir {
			out = append(out, filepath.Join(at, "src"))
		}
	}
	if p.arounds == nil {
		p.arounds = map[string][]string{}
	}
	p.arounds[dir] = out
	return out
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

// module is the module at a path, nil if it cannot be read as Python. While it is parsed the lock is let go.
func (p *Project) module(path string) *File {
	for {
		if f, ok := p.modules[path]; ok {
			return f
		}
		parsing := p.parsing[path]
		if parsing == nil {
			break
		}
		p.mu.Unlock() // another goroutine is at it
		<-parsing
		p.mu.Lock()
	}
	if p.kind(path) != isFile {
		p.keep(path, nil)
		return nil
	}
	if p.parsing == nil {
		p.parsing = map[string]chan struct{}{}
	}
	done := make(chan struct{})
	p.parsing[path] = done
	p.mu.Unlock()
	f := parseModule(path)
	p.mu.Lock()
	delete(p.parsing, path)
	close(done)
	if f, ok := p.modules[path]; ok { // Parse was quicker
		return f
	}
	p.keep(path, f)
	return f
}

// parseModule reads a module, nil if it is too large or not Python.
func parseModule(path string) *File {
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
	return f
}

// keep makes a file the module at a path; nil says that there is none.
func (p *Project) keep(path string, f *File) {
	if p.modules == nil {
		p.modules = map[string]*File{}
	}
	p.modules[path] = f
	if f != nil {
		f.Path, f.project, f.module = path, p, true
		p.held += len(f.Src)
	}
}

// maxHeld bounds the sources of the modules that a Project keeps, in bytes. What it makes of them takes some thirty times as much.
const maxHeld = 2 << 20

// Full tells whether a Project keeps more modules than it should.
func (p *Project) Full() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held > maxHeld
}

// Forget lets go of the modules that were parsed. Nothing may be asked any more of a File that was parsed before, but for its text.
func (p *Project) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.modules, p.held = nil, 0
}
