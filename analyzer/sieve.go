package analyzer

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Sieve tells the files of a project that may hold what is looked for from those that can't, without parsing these. What is looked for goes by
// certain words. A file without any of them can only hold it under a name that another module gave it.
//
// So it goes in rounds. The first files to look into are those that have a word. Each tells, once it is parsed, which names it exposes to
// others; the next are those that have one of these names, and import, at whatever distance, the file that exposes it. And so on until no
// file is new. In a file that is in no round the search would find nothing.
type Sieve struct {
	Project *Project
	Words   *Words
	// Path tells whether an import path may be what is looked for, or lead there. One that may has one of the words, in itself or behind it.
	Path func(path string) bool

	mu    sync.Mutex
	files map[string]*sifted // by path, those that are imported too
	// importers are the files that import a file.
	importers map[string][]string
	// fresh are the names that files expose for which no round has been made yet.
	fresh map[string][]string
}

// sifted is a file as a glance sees it.
type sifted struct {
	has   bool     // it has one of the words, or can't be told
	asked bool     // it is among those that were looked at, and not only imported
	taken bool     // it was in a round
	paths []string // what it imports, as it is written, until that is followed
}

// Look takes in a file of the project. Several goroutines may look at once.
func (s *Sieve) Look(path string, src []byte) {
	m := s.glance(path, src)
	m.asked = true
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[string]*sifted{}
	}
	s.files[filepath.Clean(path)] = m
}

func (s *Sieve) glance(path string, src []byte) *sifted {
	text, clear := sourceText(path, src)
	return &sifted{has: !clear || s.Words.In(text), paths: glanceImports(text)}
}

// sourceText is the Python of a file, or more than that. clear is false where it can't be told.
func sourceText(path string, src []byte) (text []byte, clear bool) {
	if !utf8.Valid(src) || bytes.IndexByte(src, 0) >= 0 {
		return src, false
	}
	if strings.HasSuffix(path, ".ipynb") {
		if src, clear = glanceCells(src); !clear {
			return src, false
		}
	}
	return readable(src), true
}

// Next are the files of the next round, by path; there is none when it is empty. All files have to be looked at before, and those of the last
// round to have told what they expose.
func (s *Sieve) Next() []string {
	var round []string
	if s.importers == nil {
		s.importers, s.fresh = s.follow(), map[string][]string{}
		s.Project.importers = s.importers
		for _, path := range slices.Sorted(maps.Keys(s.files)) {
			if s.files[path].has {
				round = s.take(round, path)
			}
		}
	}
	for len(round) == 0 && len(s.fresh) > 0 {
		last := s.fresh
		s.fresh = map[string][]string{}
		for _, path := range slices.Sorted(maps.Keys(last)) {
			names := map[string]bool{}
			for _, name := range last[path] {
				names[name] = true
			}
			for _, user := range reach([]string{path}, func(path string) []string { return s.importers[path] }) {
				if !s.files[user].taken && s.mentions(user, names) {
					round = s.take(round, user)
				}
			}
		}
	}
	slices.Sort(round)
	return round
}

// take adds a file to a round. One that is only imported is parsed here.
func (s *Sieve) take(round []string, path string) []string {
	f := s.files[path]
	f.taken = true
	if f.asked {
		return append(round, path)
	}
	s.Project.mu.Lock()
	module := s.Project.module(path)
	s.Project.mu.Unlock()
	if module != nil {
		s.Exposes(module)
	}
	return round
}

// Exposes takes in what a file of a round exposes. Several goroutines may call it at once.
func (s *Sieve) Exposes(f *File) {
	if len(s.importers[filepath.Clean(f.Path)]) == 0 {
		return
	}
	names := f.exposed(s)
	if len(names) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh[filepath.Clean(f.Path)] = names
}

// leads tells whether an import path may be what is looked for.
func (s *Sieve) leads(path string) bool { return s.Words.In([]byte(path)) && s.Path(path) }

// follow fills in the modules behind the imports of all files, those that are only imported too, and gives the importers of each.
func (s *Sieve) follow() map[string][]string {
	importers := map[string][]string{}
	reach(slices.Sorted(maps.Keys(s.files)), func(path string) []string {
		f := s.files[path]
		if f == nil {
			f = s.glance(path, s.read(path))
			s.files[path] = f
		}
		modules := s.Project.reached(path, f.paths)
		f.paths = nil
		for _, module := range modules {
			importers[module] = append(importers[module], path)
		}
		return modules
	})
	return importers
}

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

func (s *Sieve) mentions(path string, names map[string]bool) bool {
	return mentionsAny(s.text(path), names)
}

func (s *Sieve) text(path string) []byte {
	text, _ := sourceText(path, s.read(path))
	return text
}

// read gives the bytes of a module; what can't be read has none for the search either.
func (s *Sieve) read(path string) []byte {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return src
}

// reached are the modules of the project that import paths of a file may lead to, or through.
func (p *Project) reached(from string, paths []string) []string {
	if p == nil || len(p.Tops) == 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	found := map[string]bool{}
	add := func(paths ...string) {
		for _, path := range paths {
			if p.kind(path) == isFile {
				found[filepath.Clean(path)] = true
			}
		}
	}
	for _, path := range paths {
		level := len(path) - len(strings.TrimLeft(path, "."))
		names := strings.FieldsFunc(path[level:], func(r rune) bool { return r == '.' })
		dir := filepath.Dir(from)
		switch {
		case level > 0:
			for range level - 1 {
				dir = filepath.Join(dir, "..")
			}
			add(filepath.Join(dir, "__init__.py"))
		case len(names) == 0:
			continue
		default:
			if _, known := p.knows(names[0], ""); known {
				continue
			}
			if dir = p.root(dir, names[0]); dir == "" {
				continue
			}
		}
		for i, name := range names {
			dir = filepath.Join(dir, name)
			add(dir + ".py")
			if p.kind(dir) != isDir {
				break
			}
			if add(filepath.Join(dir, "__init__.py")); i == len(names)-1 {
				add(p.members(dir)...)
			}
		}
	}
	delete(found, filepath.Clean(from))
	return slices.Sorted(maps.Keys(found))
}

// members are the modules of a package, and of the packages in it: an attribute of the package may be any of them. A directory without an
// __init__.py has no attributes.
func (p *Project) members(dir string) []string {
	if out, ok := p.packages[dir]; ok {
		return out
	}
	if p.packages == nil {
		p.packages = map[string][]string{}
	}
	p.packages[dir] = nil // a link may lead back
	if p.kind(filepath.Join(dir, "__init__.py")) != isFile {
		return nil
	}
	var out []string
	for name, kind := range p.listing(dir) {
		switch path := filepath.Join(dir, name); {
		case kind == isFile && strings.HasSuffix(name, ".py"):
			out = append(out, path)
		case kind == isDir:
			out = append(out, p.members(path)...)
		}
	}
	p.packages[dir] = out
	return out
}
