package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// ownLines tells whether a statement has its lines to itself: only white space before it, only a comment behind it.
func (p *program) ownLines(s analyzer.Stmt) bool {
	line := p.f.LineSpan(s.Pos())
	before := p.f.Text(analyzer.Span{Start: line.Start, End: s.Pos().Start})
	after := strings.TrimSpace(p.f.Text(analyzer.Span{Start: s.Pos().End, End: line.End}))
	return strings.TrimSpace(before) == "" && (after == "" || strings.HasPrefix(after, "#"))
}

// comments are the comments on the lines of a statement as lines of their own, with the given indentation.
func (p *program) comments(s analyzer.Span, indent string) string {
	var out strings.Builder
	for _, c := range p.commentsIn(s) {
		out.WriteString(indent + strings.TrimRight(p.f.Text(c), "\r\n") + p.end)
	}
	return out.String()
}

// replaceStmt puts text in place of a whole statement, which must have its lines to itself. text has no indentation of its own; what
// comments there were go above it. Empty text deletes the lines.
func (p *program) replaceStmt(s analyzer.Stmt, text string) Edit {
	line := p.f.LineSpan(s.Pos())
	indent := lineIndent(p.f, s.Pos().Start)
	out := p.comments(line, indent)
	if text != "" {
		out += indentLines(text, indent, p.end)
		if !strings.HasSuffix(p.f.Text(line), "\n") {
			out = strings.TrimSuffix(out, p.end)
		}
	}
	return Edit{line, out}
}

// indentLines gives every line of text that is not empty the indentation, and ends it as the file does.
func indentLines(text, indent, end string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line != "" {
			out.WriteString(indent + line)
		}
		out.WriteString(end)
	}
	return out.String()
}

// deleteStmts deletes whole statements. A block that loses all of its statements gets a pass; runs of blank lines that meet where
// the statements stood become one.
func (p *program) deleteStmts(stmts []analyzer.Stmt) []Edit {
	gone := map[analyzer.Stmt]bool{}
	for _, s := range stmts {
		gone[s] = true
	}
	var edits []Edit
	emptied := map[*analyzer.Block]bool{}
	for _, s := range stmts {
		b, _ := p.f.BlockOf(s)
		left := 0
		for _, t := range b.Stmts {
			if !gone[t] {
				left++
			}
		}
		if left == 0 && b != p.f.Module && !emptied[b] {
			emptied[b] = true
			edits = append(edits, p.replaceStmt(s, "pass"))
			continue
		}
		e := p.replaceStmt(s, "")
		if e.Text == "" {
			e.Span = p.swallowBlanks(e.Span)
		}
		edits = append(edits, e)
	}
	return edits
}

// swallowBlanks grows a span of deleted lines over the blank lines behind it, as many as stand before it: the longer run of the two is left.
func (p *program) swallowBlanks(s analyzer.Span) analyzer.Span {
	before := 0
	for at := s.Start; at > 0 && p.blankBefore(at); before++ {
		at = p.f.LineSpan(analyzer.Span{Start: at - 1, End: at - 1}).Start
	}
	for ; s.End < len(p.f.Src) && (before > 0 || s.Start == 0); before-- {
		line := p.f.LineSpan(analyzer.Span{Start: s.End, End: s.End})
		if line.Start != s.End || strings.TrimSpace(p.f.Text(line)) != "" || line.End == line.Start {
			break
		}
		s.End = line.End
	}
	return s
}

// blankBefore tells whether the line that ends at offset is blank.
func (p *program) blankBefore(offset int) bool {
	line := p.f.LineSpan(analyzer.Span{Start: offset - 1, End: offset - 1})
	return strings.TrimSpace(p.f.Text(line)) == ""
}

// commentsAbove are the lines right above a line that hold nothing but a comment of the same indentation.
func (p *program) commentsAbove(line analyzer.Span) analyzer.Span {
	out := analyzer.Span{Start: line.Start, End: line.Start}
	indent := lineIndent(p.f, line.Start)
	for out.Start > 0 {
		above := p.f.LineSpan(analyzer.Span{Start: out.Start - 1, End: out.Start - 1})
		text := p.f.Text(above)
		if !strings.HasPrefix(text, indent+"#") || analyzer.IsCellMark(text) || len(p.commentsIn(above)) != 1 {
			break
		}
		out.Start = above.Start
	}
	return out
}
