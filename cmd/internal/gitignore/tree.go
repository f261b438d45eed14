package gitignore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Tree knows the ignore files of one directory, of those above it in its repository, and of those below as far as they were asked for.
type Tree struct {
	top   string // where the first ignore files are
	lists map[string]*list
}

// list are the patterns of one directory, with those of the directories above.
type list struct {
	dir      string
	patterns []pattern
	above    *list
}

// New makes the Tree of a directory, which is absolute.
func New(dir string) *Tree {
	t := &Tree{top: dir, lists: map[string]*list{}}
	for d := dir; ; d = filepath.Dir(d) {
		if isRepository(d) {
			t.top = d
			return t
		}
		if filepath.Dir(d) == d {
			return t
		}
	}
}

// Ignored tells whether git ignores a path below the Tree's directory. The error is for an ignore file that can't be read.
func (t *Tree) Ignored(path string, isDir bool) (bool, error) {
	l, err := t.list(filepath.Dir(path))
	if err != nil {
		return false, err
	}
	base := filepath.Base(path)
	for ; l != nil; l = l.above {
		rel, err := filepath.Rel(l.dir, path)
		if err != nil {
			return false, err
		}
		rel = filepath.ToSlash(rel)
		for i := len(l.patterns) - 1; i >= 0; i-- {
			if p := l.patterns[i]; p.matches(rel, base, isDir) {
				return !p.negated, nil
			}
		}
	}
	return false, nil
}

// list gives the patterns that hold in a directory. A repository inside of another one begins anew.
func (t *Tree) list(dir string) (*list, error) {
	if l := t.lists[dir]; l != nil {
		return l, nil
	}
	l := &list{dir: dir}
	var err error
	switch {
	case isRepository(dir):
		if exclude := excludeFile(dir); exclude != "" {
			info, err := read(exclude)
			if err != nil {
				return nil, err
			}
			l.above = &list{dir: dir, patterns: info}
		}
	case dir != t.top && filepath.Dir(dir) != dir:
		if l.above, err = t.list(filepath.Dir(dir)); err != nil {
			return nil, err
		}
	}
	if l.patterns, err = read(filepath.Join(dir, ".gitignore")); err != nil {
		return nil, err
	}
	t.lists[dir] = l
	return l, nil
}

// isRepository tells whether a directory is the top of a work tree: .git is its git directory, or a file that names it.
func isRepository(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ".git"))
	return err == nil
}

// excludeFile is info/exclude of a repository, which all work trees of it share (https://git-scm.com/docs/gitrepository-layout).
func excludeFile(dir string) string {
	git := filepath.Join(dir, ".git")
	if text, err := os.ReadFile(git); err == nil {
		named, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
		if !ok {
			return ""
		}
		git = from(dir, named)
	}
	if text, err := os.ReadFile(filepath.Join(git, "commondir")); err == nil {
		git = from(git, strings.TrimSpace(string(text)))
	}
	return filepath.Join(git, "info", "exclude")
}

func from(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// read reads an ignore file, which need not be there.
func read(file string) ([]pattern, error) {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() { // git follows no link here either
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return parse(text), nil
}
