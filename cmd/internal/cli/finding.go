package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// finding is one place as every output format shows it.
type finding struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Severity string `json:"severity"` // breaks, works, hazard
	Path     string `json:"path"`
	// Fingerprint is the same wherever in the file the place moves: of the rule, the path and the source, and which of several alike.
	Fingerprint string    `json:"fingerprint,omitempty"` // not of related places
	Cell        *int      `json:"cell,omitempty"`        // notebooks: from 0, over all cells
	Line        int       `json:"line"`                  // from 1; in a notebook within the cell
	Column      int       `json:"column"`                // from 1, in characters
	EndLine     int       `json:"end_line"`
	EndColumn   int       `json:"end_column"` // of the character behind the last
	Message     string    `json:"message"`
	Fixable     string    `json:"fixable"` // safe, unsafe, no
	Strategy    string    `json:"strategy,omitempty"`
	Fix         string    `json:"fix,omitempty"` // what the fix does, and for an unsafe one the assumption it makes
	Reason      string    `json:"reason,omitempty"`
	ByHand      string    `json:"by_hand,omitempty"`
	Related     []finding `json:"related"`

	source    string // the first line of the place, for the text format
	text      string // the whole place
	at        region
	site      rules.Site
	secondary bool    // another finding stands for the site, and has this one among its related places
	change    *change // only in a format that shows it, and at the place that stands for a site
}

// findings turns what was found in one document into what is shown.
func findings(d *rewrite.Document, res *rewrite.Result) []finding {
	var out []finding
	found := slices.Clone(res.Findings)
	for i, f := range found {
		if fix := res.Patch.FixAt(f.Span); f.Site == nil && fix != nil {
			found[i].Site = fix.Site
		}
		out = append(out, describe(d, res, found[i]))
	}
	places := map[rules.Site][]int{}
	for i, f := range found {
		if f.Site != nil {
			places[f.Site] = append(places[f.Site], i)
		}
	}
	for i, f := range found {
		if f.Site == nil {
			continue
		}
		at := places[f.Site]
		out[i].secondary = i != standsFor(found, at)
		if len(at) > maxRelated && i > at[maxRelated] {
			out[i].Related = out[at[maxRelated]].Related
			continue
		}
		for _, j := range at[:min(len(at), maxRelated+1)] {
			if i != j && len(out[i].Related) < maxRelated {
				related := out[j]
				related.Related = []finding{}
				out[i].Related = append(out[i].Related, related)
			}
		}
	}
	return out
}

// standsFor is the first of a site's places that is no mere part of it, or the first of all.
func standsFor(found []rules.Finding, at []int) int {
	for _, i := range at[:min(len(at), maxRelated)] {
		if !found[i].Rule.Part {
			return i
		}
	}
	return at[0]
}

// maxRelated is how many of the places of its site a finding names: generated code can have thousands, and each would name all.
const maxRelated = 100

func describe(d *rewrite.Document, res *rewrite.Result, f rules.Finding) finding {
	out := finding{
		Code: f.Rule.Code, Name: f.Rule.Name, Severity: f.Severity.String(), Path: d.Path, Message: f.Message,
		Fixable: rewrite.Display.String(), Reason: f.Reason, Related: []finding{}, site: f.Site,
	}
	out.place(d, res.File, f.Span)
	if f.Site == nil {
		return out
	}
	o, ok := res.Patch.OutcomeOf(f.Site)
	switch {
	case !ok:
	case o.Fix != nil && o.Fix.Applicability == rewrite.Display:
		out.Reason = o.Fix.Message
	case o.Fix != nil:
		out.Fixable, out.Strategy, out.Fix, out.Reason = o.Fix.Applicability.String(), o.Fix.Strategy, o.Fix.Message, ""
	case o.Refusal != nil:
		out.Reason, out.ByHand = o.Refusal.Reason, o.Refusal.ByHand
	}
	return out
}

// place fills in where a span is.
func (f *finding) place(d *rewrite.Document, file *analyzer.File, s analyzer.Span) {
	line, _ := file.Position(s.Start)
	last, _ := file.Position(s.End)
	f.Line, f.Column = line, runeColumn(file, s.Start)
	f.EndLine, f.EndColumn = last, runeColumn(file, s.End)
	text := file.LineSpan(analyzer.Span{Start: s.Start, End: s.Start})
	f.source, f.text = file.Text(text), file.Text(s)
	f.at = regionOf(d, file, s)
	if d.Notebook != nil {
		cell, inCell := d.Notebook.Cell(line)
		f.Cell = &cell
		f.Line, f.EndLine = inCell, inCell+last-line
	}
}

// setFingerprints tells the findings of one file apart by what stands there and not by where.
func setFingerprints(found []finding) {
	seen := map[string]int{}
	for i := range found {
		f := &found[i]
		key := f.Code + "\x00" + reportPath(f.Path) + "\x00" + strings.Join(strings.Fields(f.text), " ")
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		f.Fingerprint = hex.EncodeToString(sum[:16])
		seen[key]++
	}
}

// runeColumn is the column of an offset in characters, from 1.
func runeColumn(file *analyzer.File, offset int) int {
	_, column := file.Position(offset)
	return len([]rune(file.Text(analyzer.Span{Start: offset - column + 1, End: offset}))) + 1
}
