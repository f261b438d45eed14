package cli

import (
	"io"
	"strings"
)

// The messages of Reviewdog's Diagnostic Format in JSON: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
type rdResult struct {
	Source      rdSource       `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdSource struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        *rdCode        `json:"code,omitempty"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

// rdRange ends behind its last character; columns count bytes.
type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

// writeLintRDJSON writes what reviewdog reads with -f=rdjson. A fix is one suggestion, whole: each suggestion can be taken alone, and a
// part of a fix is none.
func writeLintRDJSON(w io.Writer, _ terminal, r *report) error {
	out := rdResult{Source: rdSource{"tfmigrate", projectPage}, Diagnostics: []rdDiagnostic{}}
	for _, p := range r.located() {
		d := rdDiagnostic{Message: "not checked: " + p.message(), Location: rdLocation{Path: reportPath(p.path)}, Severity: "ERROR"}
		if p.at.line > 0 {
			d.Location.Range = p.at.bytes()
		}
		out.Diagnostics = append(out.Diagnostics, d)
	}
	for _, f := range r.findings {
		d := rdDiagnostic{
			Message:  f.said(),
			Location: rdLocation{reportPath(f.Path), f.at.bytes()},
			Severity: "WARNING",
			Code:     &rdCode{f.Code, rulePage(f.Code, f.Name)},
		}
		if f.Severity == "breaks" {
			d.Severity = "ERROR"
		}
		if f.change != nil {
			d.Suggestions = []rdSuggestion{f.change.whole()}
		}
		out.Diagnostics = append(out.Diagnostics, d)
	}
	return writeJSON(w, out)
}

func (r region) bytes() *rdRange {
	return &rdRange{rdPosition{r.line, r.byteColumn}, rdPosition{r.endLine, r.byteEndColumn}}
}

// whole is a change as one replacement, from the first line that it touches to the last.
func (c *change) whole() rdSuggestion {
	var text strings.Builder
	first, last := c.edits[0].First, c.edits[len(c.edits)-1].Last
	at := first
	for _, e := range c.edits {
		for ; at < e.First; at++ {
			text.WriteString(c.lines[at-1])
		}
		text.WriteString(e.Text)
		at = e.Last + 1
	}
	return rdSuggestion{*c.span(first, last).bytes(), text.String()}
}
