package analyzer

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// decodeLiteral is the value of one string literal, as https://docs.python.org/3/reference/lexical_analysis.html describes it.
// ok is false where that value is no text in UTF-8 (a lone surrogate), needs the names of characters (\N{...}), or where
// Python refuses the literal. Of an f-string that interpolates something the value means nothing.
func decodeLiteral(text string) (value string, isBytes, ok bool) {
	quote := strings.IndexAny(text, `'"`)
	if quote < 0 {
		return "", false, false
	}
	prefix, body := strings.ToLower(text[:quote]), text[quote:]
	isBytes = strings.Contains(prefix, "b")
	width := 1
	if len(body) >= 6 && body[0] == body[1] && body[0] == body[2] {
		width = 3
	}
	if len(body) < 2*width || body[:width] != body[len(body)-width:] || !utf8.ValidString(body) {
		return "", isBytes, false
	}
	body = body[width : len(body)-width]
	if strings.Contains(body, "\r") {
		body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	}
	d := literal{rest: body, raw: strings.Contains(prefix, "r"), bytes: isBytes, format: strings.Contains(prefix, "f")}
	if d.raw && strings.Contains(prefix, "u") && strings.ContainsAny(body, `\`) { // Python 2's ur'' decodes \u
		return "", false, false
	}
	ok = d.decode()
	return d.out.String(), isBytes, ok
}

type literal struct {
	rest               string
	raw, bytes, format bool
	out                strings.Builder
}

// plain is how many bytes of the rest stand for themselves.
func (d *literal) plain() int {
	for i := range len(d.rest) {
		if c := d.rest[i]; c == '\\' || (c == '{' || c == '}') && d.format || c >= utf8.RuneSelf && d.bytes {
			return i
		}
	}
	return len(d.rest)
}

func (d *literal) decode() bool {
	for d.rest != "" {
		if plain := d.plain(); plain > 0 {
			d.out.WriteString(d.rest[:plain])
			d.rest = d.rest[plain:]
			continue
		}
		c := d.rest[0]
		switch {
		case c == '\\' && !d.raw:
			if !d.escape() {
				return false
			}
			continue
		case (c == '{' || c == '}') && d.format:
			if len(d.rest) < 2 || d.rest[1] != c {
				return false
			}
			d.rest = d.rest[1:]
		case c >= utf8.RuneSelf && d.bytes:
			return false
		}
		d.out.WriteByte(c)
		d.rest = d.rest[1:]
	}
	return true
}

var simpleEscapes = map[byte]string{
	'\n': "", '\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// escape decodes the escape that rest begins with.
func (d *literal) escape() bool {
	if len(d.rest) < 2 {
		return false
	}
	c := d.rest[1]
	if s, ok := simpleEscapes[c]; ok {
		d.out.WriteString(s)
		d.rest = d.rest[2:]
		return true
	}
	switch {
	case c >= '0' && c <= '7':
		n := 1
		for n < 3 && len(d.rest) > n+1 && d.rest[n+1] >= '0' && d.rest[n+1] <= '7' {
			n++
		}
		return d.code(1, n, 8)
	case c == 'x':
		return d.code(2, 2, 16)
	case c == 'u' && !d.bytes:
		return d.code(2, 4, 16)
	case c == 'U' && !d.bytes:
		return d.code(2, 8, 16)
	case c == 'N' && !d.bytes:
		return false
	}
	d.out.WriteByte('\\') // what means nothing stays as it is
	d.rest = d.rest[1:]
	return true
}

// code writes the character or the byte whose number is the n digits from there.
func (d *literal) code(from, n, base int) bool {
	if len(d.rest) < from+n {
		return false
	}
	v, err := strconv.ParseUint(d.rest[from:from+n], base, 32)
	d.rest = d.rest[from+n:]
	switch {
	case err != nil:
		return false
	case d.bytes:
		d.out.WriteByte(byte(v))
		return v < 256
	case v > utf8.MaxRune || !utf8.ValidRune(rune(v)):
		return false
	}
	d.out.WriteRune(rune(v))
	return true
}
