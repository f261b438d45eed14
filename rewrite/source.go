package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// text is the source of a node with the renames in it.
func (p *program) text(n analyzer.Node) string { return p.spanText(n.Pos(), nil) }

// spanText is the source of a span with the renames and the given edits in it.
func (p *program) spanText(s analyzer.Span, more []Edit) string {
	var edits []Edit
	for _, list := range [][]Edit{p.renames, more} {
		for _, e := range list {
			if s.Contains(e.Span) {
				edits = append(edits, Edit{analyzer.Span{Start: e.Span.Start - s.Start, End: e.Span.End - s.Start}, e.Text})
			}
		}
	}
	out, err := Apply(p.f.Src[s.Start:s.End], dropInner(edits))
	if err != nil { // more edits one place twice: a bug in the strategy, which the check of the result would only blur
		panic(err)
	}
	return string(out)
}

// dropInner leaves out edits that lie inside another.
func dropInner(edits []Edit) []Edit {
	var out []Edit
	for i, e := range edits {
		inner := false
		for j, o := range edits {
			if e.Span.Start == e.Span.End && (e.Span.Start == o.Span.Start || e.Span.Start == o.Span.End) {
				continue // beside it
			}
			if i != j && o.Span.Contains(e.Span) && (o.Span != e.Span || j < i) && o.Span.Start < o.Span.End {
				inner = true
			}
		}
		if !inner {
			out = append(out, e)
		}
	}
	return out
}

// argText is the text of an expression as an argument or an element: a bare tuple or generator gets its parentheses back, and what
// stood on several lines keeps them.
func (p *program) argText(e analyzer.Expr) string {
	t := p.text(e)
	if seq, ok := e.(*analyzer.Seq); ok && seq.Kind == analyzer.TupleSeq && !strings.HasPrefix(t, "(") {
		return "(" + t + ")"
	}
	return t
}

// oneLine is argText with line breaks and the indentation after them folded into a blank, if no comment or string is in the way.
func (p *program) oneLine(e analyzer.Expr) string {
	t := p.argText(e)
	if !strings.ContainsAny(t, "\r\n") || len(p.commentsIn(e.Pos())) > 0 || p.multilineString(e) {
		return t
	}
	return fold(t)
}

// fold puts a text on one line: the line breaks and the indentation after them become a blank.
func fold(t string) string {
	fields := strings.FieldsFunc(t, func(r rune) bool { return r == '\n' || r == '\r' })
	for i, s := range fields {
		s = strings.TrimSuffix(strings.TrimRight(s, " \t"), "\\")
		if i > 0 {
			s = strings.TrimLeft(s, " \t")
		}
		fields[i] = strings.TrimRight(s, " \t")
	}
	out := fields[0]
	for _, s := range fields[1:] {
		if strings.HasSuffix(out, "(") || strings.HasSuffix(out, "[") || strings.HasSuffix(out, "{") || strings.HasPrefix(s, ")") || strings.HasPrefix(s, "]") || strings.HasPrefix(s, "}") || strings.HasPrefix(s, ".") {
			out += s
		} else {
			out += " " + s
		}
	}
	return out
}

func (p *program) multilineString(e analyzer.Expr) bool {
	found := false
	analyzer.Walk(e, func(n analyzer.Node) bool {
		if s, ok := n.(*analyzer.Str); ok && strings.ContainsAny(p.f.Text(s.Span), "\r\n") {
			found = true
		}
		return !found
	})
	return found
}

// commentsIn are the comments that start inside a span.
func (p *program) commentsIn(s analyzer.Span) []analyzer.Span {
	var out []analyzer.Span
	for _, c := range p.f.Comments {
		if s.Start <= c.Start && c.Start < s.End {
			out = append(out, c)
		}
	}
	return out
}

// quote writes a Python string in the file's own style of quotes.
func (p *program) quote(s string) string {
	s = strings.ReplaceAll(s, `\`, `\\`)
	if p.single {
		return "'" + strings.ReplaceAll(s, "'", `\'`) + "'"
	}
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}

// singleQuotes tells whether the file writes most of its strings in single quotes.
func (p *program) singleQuotes() bool {
	single, double := 0, 0
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		if s, ok := n.(*analyzer.Str); ok {
			switch p.f.Src[s.Start] {
			case '\'':
				single++
			case '"':
				double++
			}
		}
		return true
	})
	return single > double
}
