package gitignore

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// pattern is one line of a file.
type pattern struct {
	prefix   string // what a path begins with, before any wildcard: git compares it by itself, so that the ** of a** may stand for directories
	glob     string
	negated  bool
	dirOnly  bool
	anchored bool // it is matched with the path from the file's directory, and not with the last name of it
}

// parse reads the lines of a file.
func parse(text []byte) []pattern {
	var out []pattern
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	for _, line := range strings.Split(string(text), "\n") {
		line = trimBlanks(strings.TrimSuffix(line, "\r"))
		if line == "" || line[0] == '#' {
			continue
		}
		var p pattern
		line, p.negated = strings.CutPrefix(line, "!")
		line, p.dirOnly = strings.CutSuffix(line, "/")
		p.anchored = strings.Contains(line, "/")
		line = strings.TrimPrefix(line, "/")
		if wild := strings.IndexAny(line, `*?[\`); p.anchored && wild >= 0 {
			p.prefix, line = line[:wild], line[wild:]
		}
		if p.glob = convert(line); p.glob != "" {
			out = append(out, p)
		}
	}
	return out
}

// trimBlanks takes off the blanks at the end of a line but for one behind a backslash.
func trimBlanks(line string) string {
	end := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
		case '\\':
			if i+1 < len(line) {
				i++
			}
			end = i + 1
		default:
			end = i + 1
		}
	}
	return line[:end]
}

// span is a range of characters, both ends in it.
type span struct{ low, high rune }

// classes are the character classes of POSIX as git has them (wildmatch.c), in ASCII.
var classes = map[string][]span{
	"alnum": {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}, "alpha": {{'A', 'Z'}, {'a', 'z'}}, "blank": {{' ', ' '}, {'\t', '\t'}}, "cntrl": {{0, 0x1f}, {0x7f, 0x7f}},
	"digit": {{'0', '9'}}, "graph": {{'!', '~'}}, "lower": {{'a', 'z'}}, "print": {{' ', '~'}}, "punct": {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}},
	"space": {{' ', ' '}, {'\t', '\r'}}, "upper": {{'A', 'Z'}}, "xdigit": {{'0', '9'}, {'A', 'F'}, {'a', 'f'}},
}

// convert turns git's glob into doublestar's, "" for one that matches nothing: braces are no alternatives, ** stands for directories only between
// slashes, and dir/** is what is in dir but not dir.
func convert(glob string) string {
	var out strings.Builder
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '{', '}':
			out.WriteString(`\` + string(c))
		case '\\':
			if i+1 == len(glob) {
				return ""
			}
			out.WriteString(glob[i : i+2])
			i++
		case '[':
			set, n := bracket(glob[i:])
			if n == 0 {
				return ""
			}
			out.WriteString(set)
			i += n - 1
		case '*':
			n := len(glob[i:]) - len(strings.TrimLeft(glob[i:], "*"))
			opens, closes := i == 0 || glob[i-1] == '/', i+n == len(glob) || glob[i+n] == '/'
			switch {
			case n < 2 || !opens || !closes:
				out.WriteByte('*')
			case i > 0 && i+n == len(glob):
				out.WriteString("**/*")
			default:
				out.WriteString("**")
			}
			i += n - 1
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// bracket turns the bracket expression that glob begins with into doublestar's; its length is 0 where it is none. A slash is never matched.
func bracket(glob string) (string, int) {
	rest := glob[1:]
	negated := rest != "" && (rest[0] == '!' || rest[0] == '^')
	if negated {
		rest = rest[1:]
	}
	// char takes one character off rest, behind a backslash or not.
	char := func() rune {
		rest = strings.TrimPrefix(rest, `\`)
		r, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
		return r
	}
	var set []span
	for first := true; rest != "" && (first || rest[0] != ']'); first = false {
		if class, behind, ok := strings.Cut(rest, ":]"); ok && strings.HasPrefix(class, "[:") {
			ranges, known := classes[class[2:]]
			if !known {
				return "", 0
			}
			set, rest = append(set, ranges...), behind
			continue
		}
		low := char()
		high := low
		if len(rest) > 1 && rest[0] == '-' && rest[1] != ']' {
			rest = rest[1:]
			high = char()
		}
		set = append(set, span{low, high})
	}
	if rest == "" {
		return "", 0
	}
	return writeSet(set, negated), len(glob) - len(rest) + 1
}

func writeSet(set []span, negated bool) string {
	var out strings.Builder
	write := func(low, high rune) {
		if low <= high {
			out.WriteString(`\` + string(low) + `-\` + string(high))
		}
	}
	for _, s := range set {
		if s.low <= '/' && '/' <= s.high && !negated {
			write(s.low, '/'-1)
			write('/'+1, s.high)
			continue
		}
		write(s.low, s.high)
	}
	switch {
	case negated:
		write('/', '/')
		return "[^" + out.String() + "]"
	case out.Len() == 0:
		return `[\/]` // nothing but what a name never holds
	}
	return "[" + out.String() + "]"
}

// matches tells whether a pattern matches a path, seen from its file's directory.
func (p pattern) matches(rel, base string, isDir bool) bool {
	if p.dirOnly && !isDir {
		return false
	}
	if !p.anchored {
		rel = base
	}
	rel, ok := strings.CutPrefix(rel, p.prefix)
	return ok && doublestar.MatchUnvalidated(p.glob, rel)
}
