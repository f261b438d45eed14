package lsp

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// text is what an editor holds, with where its lines begin. A line ends with \n, \r\n or \r, as the protocol has it.
type text struct {
	string
	lines []int // offsets
	utf8  bool  // columns are bytes; else they are units of UTF-16
}

func newText(s string, utf8 bool) *text {
	t := &text{string: s, lines: []int{0}, utf8: utf8}
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' || s[i] == '\r' && (i+1 == len(s) || s[i+1] != '\n') {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// position is the place of an offset.
func (t *text) position(offset int) position {
	offset = min(max(offset, 0), len(t.string))
	line := sort.SearchInts(t.lines, offset+1) - 1
	column := 0
	for _, r := range t.string[t.lines[line]:offset] {
		column += t.width(r)
	}
	return position{line, column}
}

// offset is that of a place. What lies behind the end of a line, or of the text, is its end, as the protocol has it; what lies inside of a
// character is its beginning.
func (t *text) offset(p position) int {
	switch {
	case p.Line < 0:
		return 0
	case p.Line >= len(t.lines):
		return len(t.string)
	}
	line := t.line(p.Line)
	column := 0
	for i, r := range line {
		if column += t.width(r); column > p.Character {
			return t.lines[p.Line] + i
		}
	}
	return t.lines[p.Line] + len(line)
}

// line is the text of a line without its end.
func (t *text) line(n int) string {
	end := len(t.string)
	if n+1 < len(t.lines) {
		end = t.lines[n+1]
	}
	return strings.TrimRight(t.string[t.lines[n]:end], "\r\n")
}

// width is how many columns a character takes.
func (t *text) width(r rune) int {
	switch {
	case t.utf8:
		return utf8.RuneLen(r)
	case r > 0xffff:
		return 2
	}
	return 1
}

// span is a range of offsets.
func (t *text) span(start, end int) textRange { return textRange{t.position(start), t.position(end)} }

// change makes the changes of a notification, each to what the one before has made.
func (t *text) change(changes []contentChange) *text {
	for _, c := range changes {
		s := c.Text
		if c.Range != nil {
			start := t.offset(c.Range.Start)
			end := max(start, t.offset(c.Range.End))
			s = t.string[:start] + c.Text + t.string[end:]
		}
		t = newText(s, t.utf8)
	}
	return t
}

// rows are the offsets where the lines begin that \n alone ends, as the analyzer and diffs count them, and the end.
func rows(s string) []int {
	out := []int{0}
	for i := range len(s) {
		if s[i] == '\n' {
			out = append(out, i+1)
		}
	}
	if out[len(out)-1] != len(s) {
		out = append(out, len(s))
	}
	return out
}
