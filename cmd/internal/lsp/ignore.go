package lsp

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// ignoreList is a comment that ignores findings of a statement, up to the end of its list of rules.
var ignoreList = regexp.MustCompile(`#\s*tfmigrate:\s*ignore\[[^\]#]*`)

// insertion is text that may be put at an offset.
type insertion struct {
	at   int
	text string
}

// ignore writes the comment that ignores a finding. Where it has to stand depends on the statement (a string over several lines, a backslash at the end of
// a line), so that each way is tried until one is seen to work and to change nothing else.
func (s *server) ignore(ctx context.Context, d *document, c *checked, f *found) (*workspaceEdit, error) {
	before, err := s.heard(ctx, d, c)
	if err != nil {
		return nil, err
	}
	t := f.at.part.text
	for _, in := range comments(t, f) {
		changed := *d
		changed.parts = nil
		for _, p := range d.parts {
			q := *p
			if p == f.at.part {
				q.text = newText(t.string[:in.at]+in.text+t.string[in.at:], t.utf8)
			}
			changed.parts = append(changed.parts, &q)
		}
		after, err := s.heard(ctx, &changed, c)
		if err != nil {
			return nil, err
		}
		if after.errors <= before.errors && after.byRule[f.Rule] < before.byRule[f.Rule] && noMore(after.byRule, before.byRule) {
			return s.workspaceEdit(d, map[*part][]textEdit{f.at.part: {{Range: t.span(in.at, in.at), NewText: in.text}}}, nil), nil
		}
	}
	return nil, fmt.Errorf("no place was found where a comment ignores %s here; ignore-file[%s] ignores it in the whole file", f.Rule.Code, f.Rule.Code)
}

// comments are the ways to ignore a finding: in a list that is there, at the end of the lines where it begins and ends, and above it.
func comments(t *text, f *found) []insertion {
	first, last := t.position(f.at.start).Line, t.position(f.at.end).Line
	words := "# tfmigrate: ignore[" + f.Rule.Code + "]"
	var out []insertion
	beside := func(line int) insertion {
		text := strings.TrimRight(t.line(line), " \t")
		return insertion{t.lines[line] + len(text), "  " + words}
	}
	for _, line := range []int{first, last, max(first-1, 0)} {
		if m := ignoreList.FindStringIndex(t.line(line)); m != nil {
			out = append(out, insertion{t.lines[line] + m[1], ", " + f.Rule.Code})
		}
	}
	out = append(out, beside(first), beside(last))
	newline := "\n"
	if strings.Contains(t.string, "\r\n") {
		newline = "\r\n"
	}
	source := t.line(first)
	indent := source[:len(source)-len(strings.TrimLeft(source, " \t"))]
	return append(out, insertion{t.lines[first], indent + words + newline})
}

// heard is what the rules say of a document.
type heard struct {
	errors int
	byRule map[*rules.Rule]int
}

// heard asks the rules and no strategy.
func (s *server) heard(ctx context.Context, d *document, c *checked) (h heard, err error) {
	raw, err := d.bytes()
	if err != nil {
		return h, err
	}
	doc, err := rewrite.ReadText(d.path, raw)
	if err != nil {
		return h, err
	}
	h.byRule = map[*rules.Rule]int{}
	for _, doc := range append([]*rewrite.Document{doc}, doc.Written()...) {
		file, err := c.options.Project.Parse(ctx, doc.Path, doc.Python)
		if err != nil {
			return h, err
		}
		h.errors += len(file.Errors)
		_, findings := rules.Check(file, c.under.Target)
		for _, f := range findings {
			h.byRule[f.Rule]++
		}
	}
	return h, nil
}

// noMore tells whether no rule says more than before.
func noMore(after, before map[*rules.Rule]int) bool {
	for r, n := range after {
		if n > before[r] {
			return false
		}
	}
	return true
}
