package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// Edit replaces a span of the source by Text. An empty span inserts.
type Edit struct {
	Span analyzer.Span
	Text string
}

// sortEdits orders edits by position, insertions before what starts at the same place.
func sortEdits(edits []Edit) {
	slices.SortStableFunc(edits, func(a, b Edit) int {
		if a.Span.Start != b.Span.Start {
			return a.Span.Start - b.Span.Start
		}
		return a.Span.End - b.Span.End
	})
}

// checkEdits holds sorted edits to the first law: they are in bounds and disjoint. Whoever made others has a bug.
func checkEdits(src []byte, edits []Edit) error {
	at := 0
	for _, e := range edits {
		if e.Span.Start < at || e.Span.End < e.Span.Start || e.Span.End > len(src) {
			return fmt.Errorf("edit of bytes %d to %d overlaps another or lies outside the %d bytes of the source", e.Span.Start, e.Span.End, len(src))
		}
		at = e.Span.End
	}
	return nil
}

// Apply gives src with the edits made. Edits that overlap or lie outside are an error.
func Apply(src []byte, edits []Edit) ([]byte, error) {
	edits = slices.Clone(edits)
	sortEdits(edits)
	if err := checkEdits(src, edits); err != nil {
		return nil, err
	}
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.Write(src[at:e.Span.Start])
		out.WriteString(e.Text)
		at = e.Span.End
	}
	out.Write(src[at:])
	return []byte(out.String()), nil
}

// covered tells whether a span lies within one of the edits that replace something.
func covered(edits []Edit, s analyzer.Span) bool {
	for _, e := range edits {
		if e.Span.Contains(s) && e.Span.Start < e.Span.End {
			return true
		}
	}
	return false
}
