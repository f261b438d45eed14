package config

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Glob names paths, with *, ?, [a-z], {a,b} and ** for any number of directories. With a slash in it (but at its end) it is a path from its own
// directory; without, it is the name of a file or directory anywhere below. A directory stands for all that is in it, and a slash at
// the end says that only a directory is meant.
type Glob struct{ pattern string }

// UnmarshalText reads a glob and holds that it is one.
func (g *Glob) UnmarshalText(text []byte) error {
	parsed, err := ParseGlob(string(text))
	*g = parsed
	return err
}

// ParseGlob holds that text is a glob.
func ParseGlob(text string) (Glob, error) {
	if text == "" || !doublestar.ValidatePattern(text) {
		return Glob{}, fmt.Errorf("%q is not a glob", text)
	}
	return Glob{text}, nil
}

// Matches tells whether a path is meant. place is the directory that the glob belongs to.
func (g Glob) Matches(place, file string, isDir bool) bool {
	rel, err := filepath.Rel(place, file)
	return err == nil && g.matches(filepath.ToSlash(rel), isDir)
}

// MatchesBelow tells whether a file is meant, or a directory that it is in.
func (g Glob) MatchesBelow(place, file string) bool {
	rel, err := filepath.Rel(place, file)
	if err != nil {
		return false
	}
	isDir := false
	for rel = filepath.ToSlash(rel); rel != "." && rel != "/"; rel, isDir = path.Dir(rel), true {
		if g.matches(rel, isDir) {
			return true
		}
	}
	return false
}

func (g Glob) matches(rel string, isDir bool) bool {
	pattern, dirOnly := strings.CutSuffix(g.pattern, "/")
	if strings.Contains(pattern, "/") {
		pattern = strings.TrimPrefix(strings.TrimPrefix(pattern, "./"), "/")
	} else {
		rel = path.Base(rel)
	}
	return (isDir || !dirOnly) && rel != ".." && doublestar.MatchUnvalidated(pattern, rel)
}
