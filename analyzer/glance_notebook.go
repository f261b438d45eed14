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
	// escapedLetter is a letter as JSON may write it and nobody does: it could hide a key.
	escapedLetter = regexp.MustCompile(`\\u00[4-7]`)
)

// glanceCells are the sources of a notebook's cells, whatever their kind, without decoding the rest of it. ok is false where they can't be told
// so.
func glanceCells(raw []byte) (text []byte, ok bool) {
	if !bytes.Contains(raw, cellsKey) || bytes.Contains(raw, []byte(`\u00`)) && escapedLetter.Match(raw) {
		return nil, false
	}
	for at := 0; ; {
		i := bytes.Index(raw[at:], sourceKey)
		if i < 0 {
			return text, true
		}
		at = skipBlanks(raw, at+i+len(sourceKey))
		if at == len(raw) || raw[at] != ':' {
			continue // a value of that name
		}
		at = skipBlanks(raw, at+1)
		if inList := at < len(raw) && raw[at] == '['; inList {
			at = skipBlanks(raw, at+1)
		}
		for at < len(raw) && raw[at] == '"' {
			text, at = appendString(text, raw, at+1)
			if at = skipBlanks(raw, at); at < len(raw) && raw[at] == ',' {
				at = skipBlanks(raw, at+1) // behind a source that is no list comes a key, which does no harm
			}
		}
		text = append(text, '\n')
	}
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
