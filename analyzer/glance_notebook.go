package analyzer

import (
	"bytes"
	"regexp"
	"strconv"
	"unicode/utf8"
)

var (
	sourceKey = []byte(`"source"`)
	cellsKey  = []byte(`"cells"`)
	kindKey   = []byte(`"cell_type"`)
	// escapedLetter is a letter as JSON may write it and nobody does: it could hide a key.
	escapedLetter = regexp.MustCompile(`\\u00[4-7]`)
)

// glanceCells are the sources of a notebook's code cells, without decoding the rest of it, and those of others too where their kinds can't be told. ok is
// false where the sources can't be told either.
func glanceCells(raw []byte) (text []byte, ok bool) {
	if !bytes.Contains(raw, cellsKey) || bytes.Contains(raw, []byte(`\u00`)) && escapedLetter.Match(raw) {
		return nil, false
	}
	inOrder := kindsInOrder(raw)
	for at := 0; ; {
		i := nextKey(raw, at, sourceKey)
		if i < 0 {
			return text, true
		}
		if inOrder && isText(raw[at:i]) {
			at = i
			continue
		}
		at = i
		inList := at < len(raw) && raw[at] == '['
		if inList {
			at = skipBlanks(raw, at+1)
		}
		for at < len(raw) && raw[at] == '"' {
			if text, at = appendString(text, raw, at+1); !inList {
				break
			}
			if at = skipBlanks(raw, at); at < len(raw) && raw[at] == ',' {
				at = skipBlanks(raw, at+1)
			}
		}
		text = append(text, '\n')
	}
}

// nextKey is where the value of a key begins, from an offset on; -1 if there is none any more.
func nextKey(raw []byte, at int, key []byte) int {
	for {
		i := bytes.Index(raw[at:], key)
		if i < 0 {
			return -1
		}
		at = skipBlanks(raw, at+i+len(key))
		if at < len(raw) && raw[at] == ':' { // and not a value of that name
			return skipBlanks(raw, at+1)
		}
	}
}

// kindsInOrder tells whether a notebook has one kind in front of each source, as what writes notebooks sorts the keys: then each is that of its cell.
func kindsInOrder(raw []byte) bool {
	kind, source := nextKey(raw, 0, kindKey), nextKey(raw, 0, sourceKey)
	for kind >= 0 && source >= 0 {
		next := nextKey(raw, kind, kindKey)
		if kind > source || next >= 0 && next < source {
			return false
		}
		kind, source = next, nextKey(raw, source, sourceKey)
	}
	return kind < 0 && source < 0
}

// isText tells whether the kind of a cell, which stands in what is in front of its source, says that it has no code.
func isText(before []byte) bool {
	kind := before[nextKey(before, 0, kindKey):]
	return bytes.HasPrefix(kind, []byte(`"markdown"`)) || bytes.HasPrefix(kind, []byte(`"raw"`))
}

func skipBlanks(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\t' || raw[i] == '\n' || raw[i] == '\r') {
		i++
	}
	return i
}

// appendString appends what a JSON string says, from behind its first quote on, and tells where it ends.
func appendString(text, raw []byte, i int) ([]byte, int) {
	for ; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			return text, i + 1
		case c != '\\' || i+1 == len(raw):
			text = append(text, c)
		default:
			i++
			switch raw[i] {
			case 'n':
				text = append(text, '\n')
			case 'r':
				text = append(text, '\r')
			case 't':
				text = append(text, '\t')
			case 'f':
				text = append(text, '\f')
			case 'b':
				text = append(text, '\b')
			case 'u':
				if code, err := strconv.ParseUint(string(raw[i+1:min(i+5, len(raw))]), 16, 16); err == nil {
					text = utf8.AppendRune(text, rune(code))
					i += 4
				}
			default:
				text = append(text, raw[i])
			}
		}
	}
	return text, i
}
