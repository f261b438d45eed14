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
type Glob string

// UnmarshalText reads a glob and holds that it is one.
func (g *Glob) UnmarshalText(text []byte) error {
	parsed, err := ParseGlob(string(text))
	*g = parsed
	return err
}

// ParseGlob holds that text is a glob.
func ParseGlob(text string) (Glob, error) {
	if text == "" || !doublestar.ValidatePattern(text) {
		return "", fmt.Errorf("%q is not a glob", text)
	}
	return Glob(text), nil
}

// Matches tells whether a path is meant, or a directory that it is in, seen from the directory that the glob belongs to.
func (g Glob) Matches(place, file string, isDir bool) bool {
	rel, err := filepath.Rel(place, file)
	if err != nil {
		return false
	}
	rel = filepath.ToSlash(rel)
	pattern, dirOnly := strings.CutSuffix(string(g), "/")
	anchored := strings.Contains(pattern, "/")
	pattern = strings.TrimPrefix(strings.TrimPrefix(pattern, "./"), "/")
	for ; rel != "." && rel != ".." && rel != "/"; rel, isDir = path.Dir(rel), true {
		if dirOnly && !isDir {
			continue
		}
		name := rel
		if !anchored {
			name = path.Base(rel)
		}
		if doublestar.MatchUnvalidated(pattern, name) {
			return true
		}
	}
	return false
}
