package rewrite

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first asked. There are long ones, and most files have nothing to rewrite.
type pattern struct{ compiled func() *regexp.Regexp }

func newPattern(text string) pattern {
	return pattern{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
}

// MatchString tells whether the pattern is anywhere in s.
func (p pattern) MatchString(s string) bool { return p.compiled().MatchString(s) }
