package analyzer

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A glance tells from the bytes of a source, without parsing it, what it may import and what may get which name. It may take more for an import
// or a binding than is one, in a string or a comment say, and never less. What it says of a source that is not Python means nothing.

// readable is a source in which identifiers can be searched for as they are: Python takes ﬁt for fit.
func readable(src []byte) []byte {
	for i := 0; i < len(src); {
		if src[i] < utf8.RuneSelf {
			i++
			continue
		}
		p := norm.NFKC.Properties(src[i:])
		if slices.ContainsFunc(p.Decomposition(), func(c byte) bool { return isWordByte(c) && c < utf8.RuneSelf }) {
			return norm.NFKC.Bytes(src)
		}
		i += max(p.Size(), 1)
	}
	return src
}

// isWordByte tells whether an identifier may have a byte.
func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

// words calls each for the runs of bytes that may be identifiers, those in strings and comments too, until it says no.
func words(src []byte, each func(word []byte) bool) {
	for i := 0; i < len(src); i++ {
		if !isWordByte(src[i]) {
			continue
		}
		start := i
		for i < len(src) && isWordByte(src[i]) {
			i++
		}
		if !each(src[start:i]) {
			return
		}
	}
}

// codeOf is a source without its comments and its strings, but for what may be code in them: what an f-string has in braces and, where a name may be got by
// what a string says, those that say no more than one. What can't be told goes by too much.
func codeOf(src []byte) []byte {
	byName := importerWords.In(src) || bytes.Contains(src, []byte("getattr"))
	out := make([]byte, 0, len(src))
	from := 0
	for i := 0; i < len(src); i++ {
		switch c := src[i]; c {
		case '#':
			out = append(out, src[from:i]...)
			for i+1 < len(src) && !isEOL(src[i+1]) {
				i++
			}
			from = i + 1
		case '"', '\'':
			end := skipString(src, i)
			if formats := mayFormat(src, i); formats || !byName || !isNameIn(src[i:end+1]) {
				out = append(out, src[from:i+1]...)
				if formats {
					out = append(out, bracedIn(src[i+1:max(end, i+1)])...)
				}
				from = end
			}
			i = end
		case '\\':
			i++
		}
	}
	return append(out, src[from:]...)
}

// mayFormat tells whether the string whose quote is at an offset has an f or t among its prefixes.
func mayFormat(src []byte, quote int) bool {
	for i := quote - 1; i >= 0 && isWordByte(src[i]); i-- {
		if c := src[i] | 0x20; c == 'f' || c == 't' {
			return true
		}
	}
	return false
}

// isNameIn tells whether a string, quotes and all, holds nothing but a dotted name, or one and what importerOf leaves out behind it.
func isNameIn(quoted []byte) bool {
	text, _, _ := bytes.Cut(bytes.Trim(quoted, "\"'"), []byte("<"))
	text = bytes.TrimRight(text, " =>!~")
	return len(text) > 0 && !bytes.ContainsFunc(text, func(r rune) bool { return r < utf8.RuneSelf && r != '.' && !isWordByte(byte(r)) })
}

// bracedIn is what an f-string has in braces; all of it where braces are left over.
func bracedIn(text []byte) []byte {
	var out []byte
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '{' && depth == 0 && i+1 < len(text) && text[i+1] == '{', c == '}' && depth == 0 && i+1 < len(text) && text[i+1] == '}':
			i++
			continue
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
		if depth < 0 {
			return text
		}
		if depth > 0 || text[i] == '}' {
			out = append(out, text[i])
		}
	}
	if depth > 0 {
		return text
	}
	return out
}

// mentionsAny tells whether a source has one of the names as a word.
func mentionsAny(src []byte, names map[string]bool) bool {
	found := false
	words(src, func(word []byte) bool {
		found = names[string(word)]
		return !found
	})
	return found
}

var (
	importWord    = []byte("import")
	importerWords = func() *Words {
		var names []string
		for name := range importers {
			names = append(names, name)
		}
		return NewWords(names)
	}()
)

// glanceImports are the dotted paths that a source may import, relative ones with their dots. `import a.b` gives a as well as a.b.
func glanceImports(src []byte) []string {
	var out []string
	for at := 0; ; {
		i := bytes.Index(src[at:], importWord)
		if i < 0 {
			break
		}
		i += at
		at = i + len(importWord)
		if i > 0 && isWordByte(src[i-1]) || at < len(src) && isWordByte(src[at]) {
			continue
		}
		names := importedNames(src[at:])
		module, isFrom := importedFrom(src[:i])
		for _, name := range names {
			if isFrom {
				out = append(out, fromPath(module, name))
				continue
			}
			top, _, _ := strings.Cut(name, ".")
			out = append(out, name, top)
		}
	}
	if importerWords.In(src) { // the module's name is a string somewhere
		for i, c := range src {
			if c == '\'' || c == '"' {
				if name := leadingPath(src[i+1:]); name != "" {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

func fromPath(module, name string) string {
	if strings.HasSuffix(module, ".") {
		return module + name
	}
	return module + "." + name
}

// importedFrom is the module between the last `from` of a logical line and its end, where src ends.
func importedFrom(src []byte) (module string, ok bool) {
	end := len(src)
	start := end
	for start > 0 {
		c := src[start-1]
		if isEOL(c) && !continued(src[:start-1]) {
			break
		}
		if !isWordByte(c) && c != '.' && c != ' ' && c != '\t' && c != '\f' && c != '\\' && !isEOL(c) {
			break
		}
		start--
	}
	text := src[start:end]
	i := bytes.LastIndex(text, []byte("from"))
	for i >= 0 && (i > 0 && isWordByte(text[i-1]) || i+4 < len(text) && isWordByte(text[i+4])) {
		i = bytes.LastIndex(text[:i], []byte("from"))
	}
	if i < 0 {
		return "", false
	}
	return string(withoutBlanks(text[i+4:])), true
}

func isEOL(c byte) bool { return c == '\n' || c == '\r' }

// continued tells whether a line ends in a backslash, which joins the next to it.
func continued(line []byte) bool {
	line = bytes.TrimSuffix(line, []byte("\r"))
	return len(line) > 0 && line[len(line)-1] == '\\'
}

func withoutBlanks(text []byte) []byte {
	var out []byte
	for _, c := range text {
		if isWordByte(c) || c == '.' {
			out = append(out, c)
		}
	}
	return out
}

// importedNames are the dotted names that follow `import`, up to the end of the logical line.
func importedNames(src []byte) []string {
	var out []string
	depth, fresh := 0, true // fresh: the next word is a name, and not one behind `as`
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '#':
			for i+1 < len(src) && !isEOL(src[i+1]) {
				i++
			}
		case isEOL(c):
			if depth == 0 && !continued(src[:i]) {
				return out
			}
		case c == '(':
			depth++
		case c == ')', c == ';':
			return out
		case c == ',':
			fresh = true
		case fresh && c == '*':
			out = append(out, "*")
			fresh = false
		case fresh && (isWordByte(c)):
			name := leadingPath(src[i:])
			out = append(out, name)
			i += len(name) - 1
			fresh = false
		case isWordByte(c), c == ' ', c == '\t', c == '\f', c == '\\', c == '.', c == '*':
		default:
			return out
		}
	}
	return out
}

// leadingPath is the dotted name that a text starts with.
func leadingPath(src []byte) string {
	n := 0
	for n < len(src) && (isWordByte(src[n]) || src[n] == '.') {
		n++
	}
	return string(src[:n])
}

// onlyDefined tells whether a source binds a name at its top level by a def or a class alone, as far as that shows without parsing it: everywhere else the
// name is called, or an attribute of it is read. What stands in strings and comments counts as well.
func onlyDefined(src []byte, name string) bool {
	defined := false
	for at := 0; ; {
		i := bytes.Index(src[at:], []byte(name))
		if i < 0 {
			return defined
		}
		i += at
		at = i + len(name)
		if i > 0 && isWordByte(src[i-1]) || at < len(src) && isWordByte(src[at]) {
			continue
		}
		line := src[bytes.LastIndexAny(src[:i], "\r\n")+1 : i]
		switch {
		case string(line) == "def " || string(line) == "class ":
			defined = true
		case at == len(src) || src[at] != '(' && src[at] != '.':
			return false
		}
	}
}
