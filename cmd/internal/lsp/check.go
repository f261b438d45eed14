package lsp

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/cmd/internal/baseline"
	"github.com/tfmigrate/tfmigrate/cmd/internal/config"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// checked is what was found in one text of a document.
type checked struct {
	under    *config.Settings // nil where it is passed over
	options  rewrite.Options
	looked   []*looked // at the document, and at what the cells of a notebook write to other files
	findings []*found
	problems []problem
}

// looked is a rewrite.Document that was looked at.
type looked struct {
	*rewrite.Document
	res *rewrite.Result
}

// found is one finding.
type found struct {
	rules.Finding
	in      *looked
	at      place
	outcome rewrite.Outcome // without a fix or a refusal where the finding has its own reason
}

// place is a piece of a part.
type place struct {
	part       *part
	start, end int // offsets
}

func (p place) span() textRange { return p.part.text.span(p.start, p.end) }

// overlaps tells whether a range of offsets, which may be empty, touches the place.
func (p place) overlaps(start, end int) bool { return p.start <= end && start <= p.end }

// problem is why a document was not checked, or only in part.
type problem struct {
	at      place
	message string
}

// siteOf is the fix or the refusal of a finding's site, and the site itself, which is nil for a finding without.
func siteOf(res *rewrite.Result, f rules.Finding) (rules.Site, rewrite.Outcome) {
	if f.Site == nil {
		if fix := res.Patch.FixAt(f.Span); fix != nil {
			f.Site = fix.Site
		}
	}
	if f.Site == nil {
		return nil, rewrite.Outcome{}
	}
	o, _ := res.Patch.OutcomeOf(f.Site)
	return f.Site, o
}

// fixable is the finding's fix; nil where there is none to make.
func (f *found) fixable() *rewrite.Fix {
	if f.outcome.Fix == nil || f.outcome.Fix.Applicability == rewrite.Display {
		return nil
	}
	return f.outcome.Fix
}

// remedy is what can be done about the finding.
func (f *found) remedy() string {
	switch fix, refusal := f.outcome.Fix, f.outcome.Refusal; {
	case f.fixable() != nil:
		return fmt.Sprintf("%s fix (%s): %s", fix.Applicability, fix.Strategy, fix.Message)
	case fix != nil:
		return "no fix: " + fix.Message
	case refusal != nil && refusal.ByHand != "":
		return "no fix: " + refusal.Reason + "\nby hand: " + refusal.ByHand
	case refusal != nil:
		return "no fix: " + refusal.Reason
	}
	return "no fix: " + f.Reason
}

// check looks at a document, unless that was done for the text that it has. The error is that of a context that ended.
func (s *server) check(ctx context.Context, d *document) (*checked, error) {
	if d.checked != nil {
		return d.checked, nil
	}
	c := &checked{}
	err := s.guarded("checking "+d.path, func() error { return s.look(ctx, d, c) })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil { // what was found before it is still shown
		c.problem(place{part: d.parts[0]}, strings.TrimPrefix(err.Error(), d.path+": "))
	}
	d.checked = c
	return c, nil
}

func (c *checked) problem(at place, message string) {
	c.problems = append(c.problems, problem{at, message})
}

// look takes the road of lint for a document.
func (s *server) look(ctx context.Context, d *document, c *checked) error {
	if len(d.parts) == 0 {
		return nil
	}
	under, err := s.under(d.path)
	if err != nil || under == nil {
		return err
	}
	c.under = under
	if !under.WantsAny(d.path) {
		return nil
	}
	raw, err := d.bytes()
	if err != nil {
		return err
	}
	doc, err := rewrite.ReadText(d.path, raw)
	if err != nil {
		return err
	}
	var known *baseline.Baseline
	if under.Baseline != "" {
		if known, err = baseline.Read(under.Baseline); err != nil {
			return err
		}
	}
	c.options = rewrite.Options{Unsafe: true, Model: s.tool.Model(d.path), Wants: under.Wants(d.path), Project: s.projectOf(d)}
	numbers := baseline.Numbering{}
	for _, doc := range append([]*rewrite.Document{doc}, doc.Written()...) {
		res, err := rewrite.Survey(ctx, doc, under.Target, c.options)
		if err != nil {
			return err
		}
		l := &looked{doc, res}
		c.looked = append(c.looked, l)
		for _, f := range res.Findings {
			if known != nil && known.Has(numbers.Entry(res.File, baseline.Place(under.Baseline, d.path), f)) {
				continue
			}
			x := &found{Finding: f, in: l, at: d.place(l, f.Span)}
			x.Site, x.outcome = siteOf(res, f)
			c.findings = append(c.findings, x)
		}
		if len(res.File.Errors) > 0 {
			start := res.File.Errors[0].Start
			c.problem(d.place(l, analyzer.Span{Start: start, End: start}), "this is not Python that could be read; the file was checked only in part and is never rewritten")
		}
	}
	return nil
}

// under is what a file is under; nil for one that is passed over. The settings are looked up once until something is saved.
func (s *server) under(path string) (*config.Settings, error) {
	if s.settings == nil && s.broken == nil {
		s.settings, s.broken = s.tool.Look(s.roots)
	}
	if s.broken != nil {
		return nil, s.broken
	}
	return s.settings(path)
}

// projectOf is the project that a document belongs to: its workspace, or its directory where it is in none.
func (s *server) projectOf(d *document) *analyzer.Project {
	if len(s.roots) == 0 {
		return rewrite.NewProject([]string{d.path}, []string{filepath.Dir(d.path)})
	}
	if s.project == nil {
		s.project = rewrite.NewProject(s.files, s.roots)
	}
	return s.project
}

// place is where a span of what was looked at is in the document.
func (d *document) place(l *looked, span analyzer.Span) place {
	var out place
	out.part, out.start = d.offset(l, span.Start)
	end, at := d.offset(l, span.End)
	if out.end = at; end != out.part { // a statement ends in the cell that it begins in, but what could not be read may not
		out.end = len(out.part.text.string)
	}
	out.end = max(out.start, out.end)
	return out
}

// offset is where an offset of what was looked at is in the document.
func (d *document) offset(l *looked, offset int) (*part, int) {
	if l.Notebook == nil {
		return d.parts[0], offset + len(l.Raw) - len(l.Python) // behind a byte order mark
	}
	line, column := l.res.File.Position(offset)
	if !d.cells {
		return d.parts[0], l.Notebook.Offset(line, column)
	}
	cell, row := l.Notebook.Cell(line)
	p := d.parts[min(cell, len(d.parts)-1)]
	starts := rows(p.text.string)
	at := starts[min(row, len(starts))-1]
	return p, min(at+column-1, len(p.text.string))
}

// edits are the changes that make raw, the bytes without a byte order mark of a document, of what its parts are now.
func (d *document) edits(raw []byte) (map[*part][]textEdit, error) {
	out := map[*part][]textEdit{}
	if !d.cells {
		p := d.parts[0]
		out[p] = editsOf(p.text, string(raw))
		return out, nil
	}
	cells, err := cellsOf(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.path, err)
	}
	if len(cells) != len(d.parts) {
		return nil, fmt.Errorf("%s: the fix makes %d cells of %d", d.path, len(cells), len(d.parts))
	}
	for i, p := range d.parts {
		if edits := editsOf(p.text, cells[i]); len(edits) > 0 {
			out[p] = edits
		}
	}
	return out, nil
}

// editsOf are the edits, line by line, that make after of a text, whose byte order mark stays.
func editsOf(before *text, after string) []textEdit {
	const bom = "\ufeff"
	skip := 0
	if len(before.string) >= len(bom) && before.string[:len(bom)] == bom {
		skip = len(bom)
	}
	body := before.string[skip:]
	starts := rows(body)
	var out []textEdit
	for _, e := range rewrite.LineEdits([]byte(body), []byte(after)) {
		start, end := starts[min(e.First, len(starts))-1], starts[min(e.Last+1, len(starts))-1]
		out = append(out, textEdit{Range: before.span(skip+start, skip+end), NewText: e.Text})
	}
	return out
}

// at are the findings that a range of a part touches, in the order of the source.
func (c *checked) at(p *part, start, end int) []*found {
	var out []*found
	for _, f := range c.findings {
		if f.at.part == p && f.at.overlaps(start, end) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b *found) int { return a.at.start - b.at.start })
	return out
}

// sameSite are the other findings of a finding's site.
func (c *checked) sameSite(f *found) []*found {
	var out []*found
	for _, other := range c.findings {
		if other != f && f.Site != nil && other.Site == f.Site {
			out = append(out, other)
		}
	}
	return out
}
