package config

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/tfmigrate/tfmigrate/rules"
)

// defaultExclude is where nobody keeps source of their own.
var defaultExclude = []Glob{{".*/"}, {"__pycache__/"}, {"node_modules/"}, {"site-packages/"}}

// CommandLine is what the command line says; it wins over a file. Nil says nothing.
type CommandLine struct {
	Select         []Selector // in place of the file's select, extend-select and ignore
	ExtendSelect   []Selector // besides what the file selects
	Ignore         []Selector
	PerFileIgnores []PerFileIgnore // in place of the file's
	Exclude        []Glob          // in place of the file's
	ExtendExclude  []Glob          // besides the file's
	Target         *rules.Version
	Unsafe         *bool
	Gitignore      *bool
	Baseline       string // as given; "" for none
}

// PerFileIgnore ignores one selector in the files that a glob matches.
type PerFileIgnore struct {
	Glob   Glob
	Ignore Selector
}

// Settings are what the files of a directory are under.
type Settings struct {
	File      string // the configuration; "" for none
	Target    rules.Version
	Unsafe    bool
	Gitignore bool
	Baseline  string // the file; "" for none

	layers  []layer // the file's, then the command line's
	exclude []placedGlob
}

// placedGlob is a glob with the directory that it is relative to.
type placedGlob struct {
	place string
	glob  Glob
}

// Wants tells which rules are wanted for a file, which is given by its absolute path.
func (s *Settings) Wants(file string) func(*rules.Rule) bool {
	return func(r *rules.Rule) bool {
		wanted := true
		for _, l := range s.layers {
			wanted = l.wants(r, wanted)
		}
		for i := len(s.layers) - 1; i >= 0; i-- {
			l := s.layers[i]
			for _, p := range l.perFile {
				wanted = wanted && !(closest(p.ignored, r) > 0 && p.glob.MatchesBelow(l.perFilePlace, file))
			}
			if l.isPerFile {
				break
			}
		}
		return wanted
	}
}

// WantsAny tells whether there is a rule that is wanted for a file.
func (s *Settings) WantsAny(file string) bool { return slices.ContainsFunc(rules.All, s.Wants(file)) }

// Excludes tells whether a path, which is absolute, is one to pass over. What is in an excluded directory is not asked about.
func (s *Settings) Excludes(path string, isDir bool) bool {
	return slices.ContainsFunc(s.exclude, func(p placedGlob) bool { return p.glob.Matches(p.place, path, isDir) })
}

// Lookup finds settings. It is not for use by several goroutines at once.
type Lookup struct {
	here  string // the current directory
	line  CommandLine
	fixed *Settings // for all directories
	byDir map[string]*Settings
}

// NewLookup makes a Lookup. file is the one configuration for all; isolated says that none counts. The error is for a file that can't be read
// or says something wrong.
func NewLookup(line CommandLine, file string, isolated bool) (*Lookup, error) {
	here, err := filepath.Abs(".")
	if err != nil {
		return nil, err
	}
	l := &Lookup{here: here, line: line, byDir: map[string]*Settings{}}
	switch {
	case isolated:
		l.fixed = l.settings(nil, "", here)
	case file != "":
		t, err := readFile(file, file)
		if err != nil {
			return nil, err
		}
		if t == nil {
			return nil, fmt.Errorf("%s: it has no table [tool.tfmigrate]", file)
		}
		l.fixed = l.settings(t, file, here)
	}
	return l, nil
}

// For gives the settings of the files in a directory, which is absolute.
func (l *Lookup) For(dir string) (*Settings, error) {
	if l.fixed != nil {
		return l.fixed, nil
	}
	if s := l.byDir[dir]; s != nil {
		return s, nil
	}
	t, file, err := readDir(dir, l.name)
	if err != nil {
		return nil, err
	}
	var s *Settings
	switch parent := filepath.Dir(dir); {
	case t != nil:
		s = l.settings(t, file, dir)
	case parent == dir:
		s = l.settings(nil, "", l.here)
	default:
		if s, err = l.For(parent); err != nil {
			return nil, err
		}
	}
	l.byDir[dir] = s
	return s, nil
}

// name is how a file is shown: from the current directory if it is below it.
func (l *Lookup) name(file string) string {
	if rel, err := filepath.Rel(l.here, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return file
}

// settings puts a file's table, which may be nil, and the command line together.
func (l *Lookup) settings(t *table, file, place string) *Settings {
	s := &Settings{File: file, Target: rules.DefaultTarget, Gitignore: true}
	exclude, excludePlace := defaultExclude, place
	var extend []Glob
	if t != nil {
		own := layer{extend: t.ExtendSelect, ignored: t.Ignore, perFilePlace: place}
		if t.Select != nil {
			own.selected, own.isSelected = *t.Select, true
		}
		for glob, ignored := range t.PerFileIgnores {
			own.perFile = append(own.perFile, perFile{Glob{glob}, ignored})
		}
		s.layers = append(s.layers, own)
		if t.Exclude != nil {
			exclude = *t.Exclude
		}
		extend = t.ExtendExclude
		if t.TargetVersion != nil {
			s.Target = rules.Version(*t.TargetVersion)
		}
		if t.RespectGitignore != nil {
			s.Gitignore = *t.RespectGitignore
		}
		s.Unsafe = t.UnsafeFixes
		if t.Baseline != "" {
			s.Baseline = t.Baseline
			if !filepath.IsAbs(t.Baseline) {
				s.Baseline = filepath.Join(place, t.Baseline)
			}
		}
	}
	line := layer{selected: l.line.Select, isSelected: l.line.Select != nil, extend: l.line.ExtendSelect, ignored: l.line.Ignore,
		isPerFile: l.line.PerFileIgnores != nil, perFilePlace: l.here}
	for _, p := range l.line.PerFileIgnores {
		line.perFile = append(line.perFile, perFile{p.Glob, []Selector{p.Ignore}})
	}
	s.layers = append(s.layers, line)
	if l.line.Exclude != nil {
		exclude, excludePlace = l.line.Exclude, l.here
	}
	for _, g := range exclude {
		s.exclude = append(s.exclude, placedGlob{excludePlace, g})
	}
	for _, g := range extend {
		s.exclude = append(s.exclude, placedGlob{place, g})
	}
	for _, g := range l.line.ExtendExclude {
		s.exclude = append(s.exclude, placedGlob{l.here, g})
	}
	if l.line.Target != nil {
		s.Target = *l.line.Target
	}
	if l.line.Unsafe != nil {
		s.Unsafe = *l.line.Unsafe
	}
	if l.line.Gitignore != nil {
		s.Gitignore = *l.line.Gitignore
	}
	if l.line.Baseline != "" {
		s.Baseline = l.line.Baseline
	}
	return s
}
