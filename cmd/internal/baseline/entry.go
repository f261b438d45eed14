package baseline

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// shownText bounds how much of a statement an entry shows, in characters.
const shownText = 80

// layoutless takes out the commas that formatters put where a bracket closes on a line of its own.
var layoutless = strings.NewReplacer(",)", ")", ",]", "]", ",}", "}")

// Numbering counts findings that are the same. One is for all that is found in a file.
type Numbering map[Entry]int

// Entry makes the entry of a finding. The findings of a file come in the order of its source. path is what the baseline calls the file.
func (n Numbering) Entry(f *analyzer.File, path string, found rules.Finding) Entry {
	text := statement(f, found.Span)
	sum := sha256.Sum256([]byte(layoutless.Replace(strings.Join(strings.Fields(text), ""))))
	e := Entry{Path: path, Code: found.Rule.Code, Fingerprint: hex.EncodeToString(sum[:8])}
	n[e]++
	e.Ordinal = n[e]
	e.Text = text
	if short := []rune(text); len(short) > shownText {
		e.Text = string(short[:shownText-1]) + "…"
	}
	return e
}

// statement is the text of the innermost statement around a place, without its body, its comments and what blanks there are; that of
// the place itself where there is no statement, as for a comment.
func statement(f *analyzer.File, at analyzer.Span) string {
	span := at
	analyzer.Walk(f.Module, func(n analyzer.Node) bool {
		if !n.Pos().Contains(at) && n != analyzer.Node(f.Module) {
			return false
		}
		s, ok := n.(analyzer.Stmt)
		if !ok {
			return true
		}
		head := s.Pos()
		analyzer.Children(s, func(c analyzer.Node) {
			if b, ok := c.(*analyzer.Block); ok && b.Start > head.Start && b.Start < head.End {
				head.End = b.Start
			}
		})
		if head.Contains(at) {
			span = head
		}
		return true
	})
	var text strings.Builder
	last := span.Start
	for _, c := range f.Comments {
		if span.Contains(c) && c != at {
			text.WriteString(f.Text(analyzer.Span{Start: last, End: c.Start}) + " ")
			last = c.End
		}
	}
	text.WriteString(f.Text(analyzer.Span{Start: last, End: span.End}))
	return strings.Join(strings.Fields(text.String()), " ")
}
