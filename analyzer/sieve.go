package analyzer

import (
	"bytes"
	"maps"
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
	// Words are these words, as identifiers.
	Words *Words
	// Comments are words that matter in comments, where the others mean nothing, and in longer words.
	Comments *Words
	// Path tells whether an import path may be what is looked for, or lead there. One that may has one of the words, in itself or behind it.
	Path func(path string) bool

	mu    sync.Mutex
	files map[string]*sifted // by path, those that are imported too
	// importers are the files that import a file.
	importers map[string][]string
	// fresh are the names that files expose for which no round has been made yet.
	fresh map[string][]string
}

// sifted is what is known of a file.
type sifted struct {
	has   bool // it has one of the words, or can't be told
	asked bool // it is among those that were looked at, and not only imported
	taken bool // it was in a round
	seen  *glanced
}

// Look takes in a file of the project, and keeps nothing of its source. Several goroutines may look at once.
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
	has := !clear || s.Comments.In(text) || s.Words.InWhole(text) && (!strings.HasSuffix(path, ".py") || s.Words.InWhole(codeOf(text)))
	return &sifted{has: has, seen: glanceAt(text)}
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

// Follow looks for what a file that was looked at imports. It may be left out; then Next does it for all.
func (s *Sieve) Follow(path string) {
	path = filepath.Clean(path)
	s.mu.Lock()
	f := s.files[path]
	s.mu.Unlock()
	if f == nil {
		return
	}
	s.Project.mu.Lock()
	defer s.Project.mu.Unlock()
	s.keep(path, f)
}

// keep hands what was seen of a file on to the project. The caller holds the project's lock.
func (s *Sieve) keep(path string, f *sifted) {
	if f.seen != nil {
		s.Project.keepGlance(path, f.seen)
		f.seen = nil
	}
}

// Next are the files of the next round, by path; there is none when it is empty. All files have to be looked at before, and those of the last
// round to have told what they expose.
func (s *Sieve) Next() []string {
	var round []string
	if s.start() {
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
				if isModule(user) && !s.files[user].taken && s.mentions(user, names) {
					round = s.take(round, user)
				}
			}
		}
	}
	slices.Sort(round)
	return round
}

// start follows the imports of all files, the first time that it is called.
func (s *Sieve) start() bool {
	if s.importers != nil {
		return false
	}
	s.importers, s.fresh = s.follow(), map[string][]string{}
	s.Project.importers = s.importers
	return true
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
func (s *Sieve) leads(path string) bool { return s.Words.InWhole([]byte(path)) && s.Path(path) }

// follow looks at the modules that are imported too, at whatever distance, and gives the importers of each file.
func (s *Sieve) follow() map[string][]string {
	p := s.Project
	p.mu.Lock()
	defer p.mu.Unlock()
	for path, f := range s.files {
		s.keep(path, f)
	}
	importers := map[string][]string{}
	reach(slices.Sorted(maps.Keys(s.files)), func(path string) []string {
		if s.files[path] == nil && isModule(path) {
			f := s.glance(path, contents(path))
			s.files[path] = f
			s.keep(path, f)
		}
		modules := p.mayImport(path)
		for _, module := range modules {
			importers[module] = append(importers[module], path)
		}
		return modules
	})
	return importers
}

// Near are files that may run in one program with some: those that may import one of these, at whatever distance, and all that they may import. All files
// have to be looked at before.
func (s *Sieve) Near(paths []string) []string {
	s.start()
	users := reach(paths, func(path string) []string { return s.importers[filepath.Clean(path)] })
	p := s.Project
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(reach(users, p.mayImport), func(path string) bool { return !isModule(path) })
}

func (s *Sieve) mentions(path string, names map[string]bool) bool {
	return mentionsAny(s.text(path), names)
}

func (s *Sieve) text(path string) []byte {
	text, _ := sourceText(path, contents(path))
	return text
}
