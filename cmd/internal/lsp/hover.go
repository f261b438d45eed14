package lsp

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/rules"
)

// hover is what there is to say about where the cursor is: of each finding there what can be done, and the rule's page; of a rule that a comment
// ignores its page.
func (s *server) hover(ctx context.Context, p hoverParams) (any, error) {
	d := s.documents[p.TextDocument.URI]
	if d == nil {
		return nil, nil
	}
	part := d.part(p.TextDocument.URI)
	if part == nil {
		return nil, nil
	}
	c, err := s.check(ctx, d)
	if err != nil {
		return nil, err
	}
	markdown := slices.Contains(s.client.Capabilities.TextDocument.Hover.ContentFormat, "markdown")
	at := part.text.offset(p.Position)
	var texts []string
	var said []*rules.Rule
	out := &hover{Contents: markupContent{Kind: "plaintext"}, Range: part.text.span(at, at)}
	page := func(r *rules.Rule) error {
		if slices.Contains(said, r) {
			return nil
		}
		said = append(said, r)
		text, err := s.tool.Explain(ctx, r, markdown)
		texts = append(texts, text)
		return err
	}
	for _, f := range c.at(part, at, at) {
		if len(texts) == 0 {
			out.Range = f.at.span()
		}
		texts = append(texts, heading(f, markdown))
		if err := page(f.Rule); err != nil {
			return nil, err
		}
	}
	if r, start, end := ruleAt(part.text, at); r != nil && c.under != nil {
		out.Range = part.text.span(start, end)
		if err := page(r); err != nil {
			return nil, err
		}
	}
	if len(texts) == 0 {
		return nil, nil
	}
	separator := "\n\n"
	if markdown {
		out.Contents.Kind, separator = "markdown", "\n\n---\n\n"
	}
	out.Contents.Value = strings.Join(texts, separator)
	return out, nil
}

// heading is what is said of a finding before its rule is explained.
func heading(f *found, markdown bool) string {
	text := f.Rule.Code + " " + f.Message + " [" + f.Severity.String() + "]"
	if !markdown {
		return text + "\n" + f.remedy()
	}
	return "**" + escape(text) + "**\n\n" + strings.ReplaceAll(escape(f.remedy()), "\n", "\n\n")
}

// escape keeps Markdown from reading names such as __init__ and <stdin> as its own; backquotes are meant.
func escape(s string) string {
	special := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`, `#`, `\#`)
	parts := strings.Split(s, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = special.Replace(parts[i])
	}
	return strings.Join(parts, "`")
}

var (
	comment  = regexp.MustCompile(`#\s*tfmigrate:\s*ignore`)
	ruleName = regexp.MustCompile(`[A-Za-z0-9-]+`)
)

// ruleAt is the rule that a comment to tfmigrate names at an offset, and where its name is; nil if there is none.
func ruleAt(t *text, at int) (r *rules.Rule, start, end int) {
	line := t.position(at).Line
	first, source := t.lines[line], t.line(line)
	mark := comment.FindStringIndex(source)
	if mark == nil {
		return nil, 0, 0
	}
	for _, m := range ruleName.FindAllStringIndex(source[mark[1]:], -1) {
		start, end := first+mark[1]+m[0], first+mark[1]+m[1]
		if r, ok := rules.ByCode(t.string[start:end]); ok && start <= at && at <= end {
			return r, start, end
		}
	}
	return nil, 0, 0
}
