package lsp

import (
	"math/rand"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestText holds positions and changes against arrays of code units, where lines are split by hand.
func TestText(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	pieces := []string{"a", "é", "語", "😀", "\n", "\r\n", "\r", " ", "\ufeff"}
	random := func(n int) string {
		var b strings.Builder
		for range r.Intn(n) {
			b.WriteString(pieces[r.Intn(len(pieces))])
		}
		return b.String()
	}
	for range 3000 {
		s := random(20)
		for _, utf8 := range []bool{false, true} {
			text := newText(s, utf8)
			for i := range s { // the beginnings of characters
				p := text.position(i)
				if got := text.offset(p); got != i && s[i] != '\n' && s[i] != '\r' {
					t.Fatalf("%q: offset %d is %+v, which is offset %d", s, i, p, got)
				}
				if want := naive(s, i, utf8); p != want {
					t.Fatalf("%q: offset %d is %+v, want %+v", s, i, p, want)
				}
			}
			for line := -1; line < 4; line++ {
				for column := range 8 {
					if at := text.offset(position{line, column}); at < 0 || at > len(s) || strings.ToValidUTF8(s[:at], "!") != s[:at] {
						t.Fatalf("%q: %d:%d is offset %d", s, line, column, at)
					}
				}
			}
			from := text.offset(position{r.Intn(4), r.Intn(5)})
			to := from + text.offset(position{r.Intn(4), r.Intn(5)})%(len(s)-from+1)
			for to < len(s) && strings.ToValidUTF8(s[:to], "!") != s[:to] {
				to++
			}
			span, with := text.span(from, to), random(4)
			// The end of a line is one place, before and behind what ends it.
			a, b := text.offset(span.Start), max(text.offset(span.Start), text.offset(span.End))
			if got := text.change([]contentChange{{Range: &span, Text: with}}); got.string != s[:a]+with+s[b:] {
				t.Fatalf("%q: %+v becomes %q: %q", s, span, with, got.string)
			}
		}
	}
}

// naive counts lines and columns from the beginning.
func naive(s string, offset int, utf8 bool) position {
	var p position
	runes := []rune(s[:offset])
	for i, r := range runes {
		switch {
		case r == '\n', r == '\r' && !strings.HasPrefix(s[len(string(runes[:i+1])):], "\n"):
			p = position{p.Line + 1, 0}
		case utf8:
			p.Character += len(string(r))
		default:
			p.Character += len(utf16.Encode([]rune{r}))
		}
	}
	return p
}

// TestEdits holds that line edits make the text that they were made for, a byte order mark aside.
func TestEdits(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	lines := []string{"a\n", "b\r\n", "😀\n", "\n", "c\rd\n", "e"}
	random := func() string {
		var b strings.Builder
		for range r.Intn(8) {
			b.WriteString(lines[r.Intn(len(lines))])
		}
		return b.String()
	}
	for range 3000 {
		before, after := random(), random()
		if r.Intn(4) == 0 {
			before = "\ufeff" + before
		}
		text := newText(before, false)
		edits := editsOf(text, after)
		got := before
		for i := len(edits) - 1; i >= 0; i-- { // they are in order
			e := edits[i]
			got = got[:text.offset(e.Range.Start)] + e.NewText + got[text.offset(e.Range.End):]
		}
		if strings.TrimPrefix(got, "\ufeff") != after {
			t.Fatalf("%q: %+v makes %q, want %q", before, edits, got, after)
		}
	}
}
