package rewrite

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// encodingLine is where a source declares its encoding (PEP 263, "Defining the Encoding").
var encodingLine = regexp.MustCompile(`^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`)

// declaredEncoding is the encoding that one of the first two lines of a Python source names, or "".
func declaredEncoding(src []byte) string {
	for range 2 {
		line, rest := src, []byte(nil)
		if end := bytes.IndexAny(src, "\r\n"); end >= 0 {
			line, rest = src[:end], src[end+1:]
			if bytes.HasPrefix(src[end:], []byte("\r\n")) {
				rest = src[end+2:]
			}
		}
		if m := encodingLine.FindSubmatch(line); m != nil {
			return string(m[1])
		}
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return "" // the second line counts only below a comment or an empty line
		}
		src = rest
	}
	return ""
}

// readEncoding gives a source in UTF-8, its byte order mark included, and the codec that it was in, nil for UTF-8. The error says why it can't be read: it is not what it
// says that it is, or it says something that is not known here.
func readEncoding(src []byte) (text []byte, c *codec, err error) {
	declared := declaredEncoding(bytes.TrimPrefix(src, utf8BOM))
	name := strings.ReplaceAll(strings.ToLower(declared), "_", "-")
	if name == "utf8" || strings.HasPrefix(name, "utf-8-") || strings.HasPrefix(name, "utf8-") {
		name = "utf-8"
	}
	switch {
	case declared == "" || name == "utf-8" || plainASCII(src) || bytes.IndexByte(src, 0) >= 0:
		return src, nil, checkText(src)
	case bytes.HasPrefix(src, utf8BOM):
		return nil, nil, fmt.Errorf("it begins with the mark of UTF-8 and says that it is encoded as %s, which Python does not read; the file was not checked", declared)
	}
	if c = codecOf(declared); c == nil {
		return nil, nil, fmt.Errorf("it says that it is encoded as %s, which is not read; the file was not checked", declared)
	}
	if text, err = c.decode(src); err != nil {
		return nil, nil, fmt.Errorf("it says that it is encoded as %s, and %w; the file was not checked", declared, err)
	}
	return text, c, nil
}

// checkText says why bytes are no source in UTF-8.
func checkText(src []byte) error {
	i := invalidUTF8(src)
	switch {
	case bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")):
		return fmt.Errorf("it is UTF-16, which Python does not read; the file was not checked")
	case bytes.IndexByte(src, 0) >= 0:
		return fmt.Errorf("it holds NUL bytes and is no Python source; the file was not checked")
	case i >= 0:
		return fmt.Errorf("byte %d is not UTF-8; the file was not checked", i)
	}
	return nil
}

// invalidUTF8 is the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// plainASCII tells whether every encoding that Python sources come in reads the bytes alike: those that use ASCII's bytes for other
// characters open with an escape.
func plainASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf || c == 0x1b {
			return false
		}
	}
	return true
}
