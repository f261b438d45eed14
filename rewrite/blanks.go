package rewrite

import (
	"fmt"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// Around a class or a function people want blank lines, and how many are missing shows only when all edits are known. An emitter marks the
// places: blanksBefore(n) in front of a text that wants n blank lines above it, blanksAfter(n) behind one that wants them below.
// Blank lines are added, never taken away.

const (
	beforeMark = "\x00<"
	afterMark  = "\x00>"
)

func blanksBefore(n int) string { return fmt.Sprintf("%s%d", beforeMark, n) }
func blanksAfter(n int) string  { return fmt.Sprintf("%s%d", afterMark, n) }

// settleBlanks replaces the marks in the texts of sorted, disjoint edits by the blank lines that are missing.
func settleBlanks(src []byte, edits []Edit, end string) []Edit {
	var out strings.Builder // the result so far
	settled := make([]Edit, len(edits))
	at, want, owner := 0, 0, -1
	emit := func(text string, last bool) {
		if text == "" {
			return
		}
		if blank := strings.Count(text, "\n"); want > 0 && !last && strings.TrimSpace(text) == "" && strings.HasSuffix(text, "\n") {
			want = max(0, want-blank) // what stands between two edits
		} else if want > 0 {
			missing := want - leadingBlanks(text, last)
			if missing > 0 {
				add := strings.Repeat(end, missing)
				settled[owner].Text += add
				out.WriteString(add)
			}
			want = 0
		}
		out.WriteString(text)
	}
	for i, e := range edits {
		settled[i].Span = e.Span
		emit(string(src[at:e.Span.Start]), false)
		for text := e.Text; text != ""; {
			mark := strings.IndexByte(text, 0)
			plain := text
			if mark >= 0 {
				plain = text[:mark]
			}
			if plain != "" {
				owner = i
				emit(plain, false)
				settled[i].Text += plain
			}
			if mark < 0 {
				break
			}
			n := int(text[mark+2] - '0')
			if text[mark:mark+2] == beforeMark {
				if missing := n - trailingBlanks(out.String()); missing > 0 && out.Len() > 0 {
					add := strings.Repeat(end, missing)
					settled[i].Text += add
					out.WriteString(add)
				}
				want = 0
			} else {
				want, owner = n, i
			}
			text = text[mark+3:]
		}
		at = e.Span.End
	}
	emit(string(src[at:]), true)
	return settled
}

// leadingBlanks counts the blank lines a text starts with; a text that is nothing else needs no more. Unless it is the last one, white space at its
// end is the indentation of what follows.
func leadingBlanks(text string, last bool) int {
	n := 0
	for line := range strings.Lines(text) {
		if analyzer.IsCellMark(line) {
			return 9 // the cell ends here
		}
		if strings.TrimSpace(line) != "" || !last && !strings.HasSuffix(line, "\n") {
			return n
		}
		n++
	}
	return 9
}

// trailingBlanks counts the blank lines a text that ends with a newline ends with. Below nothing, the head of a block, or a comment about what comes none are
// wanted: there are as many as anybody asks for.
func trailingBlanks(text string) int {
	n := 0
	for ; ; n++ {
		end := strings.LastIndexByte(text, '\n')
		if end < 0 {
			return 9
		}
		text = text[:end]
		line := text[strings.LastIndexByte(text, '\n')+1:]
		above := strings.TrimSpace(line)
		switch {
		case above == "":
			continue
		case analyzer.IsCellMark(line), n == 0 && (strings.HasPrefix(above, "#") || strings.HasSuffix(above, ":")):
			return 9
		}
		return n
	}
}
