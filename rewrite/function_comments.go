package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// commentsOver are the comments right above a statement, and right above the with statements that it is the first of.
func (w *functionWriter) commentsOver(st analyzer.Stmt) []string {
	p := w.p
	var out []string
	for s := st; ; {
		var above []string
		for line := range strings.Lines(p.f.Text(p.commentsAbove(p.f.LineSpan(analyzer.Span{Start: s.Pos().Start, End: s.Pos().Start})))) {
			above = append(above, strings.TrimSpace(line))
		}
		out = append(above, out...)
		with := w.opens(s)
		if with == nil {
			return out
		}
		w.moved[s] = true
		s = with
	}
}

// opens is the with statement that only names operations and starts with a statement; nil if there is none.
func (w *functionWriter) opens(s analyzer.Stmt) *analyzer.With {
	b, i := w.p.f.BlockOf(s)
	if b == nil || i != 0 {
		return nil
	}
	with, ok := w.p.f.Parent(b).(*analyzer.With)
	if !ok || !w.region.withs[with] || !w.p.onlyScopes(with) {
		return nil
	}
	return with
}
