package lsp

import (
	"context"
	"slices"

	"github.com/tfmigrate/tfmigrate/rules"
)

// source is who the diagnostics are from.
const source = "tfmigrate"

// publish looks at a document that is still open and sends what was found.
func (s *server) publish(d *document) {
	if s.documents[d.uri] != d || s.shutDown {
		return
	}
	ctx := context.Background()
	if err := s.guarded("publishing "+d.path, func() error { return s.send(ctx, d) }); err != nil {
		s.warn(ctx, err.Error())
	}
}

func (s *server) send(ctx context.Context, d *document) error {
	c, err := s.check(ctx, d)
	if err != nil {
		return err
	}
	byPart := map[*part][]diagnostic{}
	for _, p := range c.problems {
		byPart[p.at.part] = append(byPart[p.at.part], diagnostic{Range: p.at.span(), Severity: severityError, Source: source, Message: p.message})
	}
	for _, f := range c.findings {
		byPart[f.at.part] = append(byPart[f.at.part], s.diagnostic(c, f))
	}
	for _, p := range d.parts {
		list := byPart[p]
		if list == nil {
			list = []diagnostic{}
		}
		s.notify(ctx, "textDocument/publishDiagnostics", publishParams{URI: p.uri, Version: &p.version, Diagnostics: list})
	}
	return nil
}

// severities are those of rules in the protocol's numbers, as in lint's other formats.
var severities = map[rules.Severity]int{rules.Breaks: severityError, rules.Works: severityWarning, rules.Hazard: severityWarning}

// diagnostic is a finding with what the client can show of it.
func (s *server) diagnostic(c *checked, f *found) diagnostic {
	can := s.client.Capabilities.TextDocument.PublishDiagnostics
	out := diagnostic{Range: f.at.span(), Severity: severities[f.Severity], Code: f.Rule.Code, Source: source, Message: f.Message + "\n" + f.remedy()}
	if can.CodeDescriptionSupport {
		out.CodeDescription = &codeDescription{s.tool.Page(f.Rule)}
	}
	if tag := tagOf(f); slices.Contains(can.TagSupport.ValueSet, tag) {
		out.Tags = []int{tag}
	}
	if can.RelatedInformation {
		for _, other := range c.sameSite(f) {
			out.RelatedInformation = append(out.RelatedInformation, relatedInformation{
				location{other.at.part.uri, other.at.span()}, other.Rule.Code + " " + other.Message})
		}
	}
	return out
}

// tagOf is how an editor may draw a finding: what still works is struck through, but for calls over several lines, which could not be read any more;
// a comment that ignores nothing is faded. 0 is neither.
func tagOf(f *found) int {
	at := f.at.span()
	switch {
	case f.Rule.Name == "unused-ignore":
		return tagUnnecessary
	case f.Severity == rules.Works && at.Start.Line == at.End.Line:
		return tagDeprecated
	}
	return 0
}
