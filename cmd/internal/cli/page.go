package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// page is all there is to say about a rule: its Doc, and what the rule and the fixes make of the Doc's example.
type page struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	What     string `json:"what"`
	Why      string `json:"why"`
	Severity string `json:"severity"`           // of the example, on the example's target
	Fixable  string `json:"fixable"`            // the example's: safe, unsafe, no
	Strategy string `json:"strategy,omitempty"` // that fixes the example
	Remedy   string `json:"remedy"`             // what is said of the example's fix, or of why there is none

	Targets []targetNote `json:"targets"`
	Before  string       `json:"before"`
	After   string       `json:"after,omitempty"`
	Diff    string       `json:"diff,omitempty"`
	Silent  string       `json:"silent,omitempty"`
	Link    string       `json:"link"`
	Page    string       `json:"page"`
}

// targetNote is what a finding of the example is on a TensorFlow.
type targetNote struct {
	Target   string `json:"target"`
	Severity string `json:"severity"` // empty where nothing is found
	Fixable  string `json:"fixable"`
}

// pageTargets are the releases that differ: Estimators and Keras 2 end with the first.
var pageTargets = []rules.Version{{Major: 2, Minor: 15}, {Major: 2, Minor: 16}}

// newPage runs the example of a rule's Doc. The error says that it can't be run, which the rule's test excludes.
func newPage(ctx context.Context, r *rules.Rule) (*page, error) {
	target := r.Doc.Target
	if target == (rules.Version{}) {
		target = rules.DefaultTarget
	}
	p := &page{
		Code: r.Code, Name: r.Name, What: r.Doc.What, Why: r.Doc.Why, Before: r.Doc.Before, After: r.Doc.After,
		Silent: r.Doc.Silent, Link: r.Doc.Link, Page: rulePage(r.Code, r.Name), Targets: []targetNote{},
	}
	f, err := exampleFinding(ctx, r, target)
	if err != nil {
		return nil, err
	}
	p.Severity, p.Fixable, p.Strategy, p.Remedy = f.Severity, f.Fixable, f.Strategy, f.remedy()
	for _, v := range pageTargets {
		f, err := exampleFinding(ctx, r, v)
		if err != nil {
			return nil, err
		}
		p.Targets = append(p.Targets, targetNote{v.String(), f.Severity, f.Fixable})
	}
	if p.After != "" {
		p.Diff = rewrite.UnifiedDiff("example.py", []byte(p.Before), []byte(p.After))
	}
	return p, nil
}

// exampleFinding is the first thing that a rule finds in its own example; the zero finding if there is none.
func exampleFinding(ctx context.Context, r *rules.Rule, target rules.Version) (finding, error) {
	d, err := rewrite.ReadDocument("example.py", []byte(r.Doc.Before))
	if err != nil {
		return finding{}, err
	}
	res, err := rewrite.Converge(ctx, d, target, rewrite.Options{Unsafe: true})
	if err != nil {
		return finding{}, err
	}
	for _, f := range findings(d, res) {
		if f.Code == r.Code {
			return f, nil
		}
	}
	return finding{}, nil
}

// fixability is what can be done about a rule's findings, in words.
func (p *page) fixability() string {
	switch p.Fixable {
	case "safe":
		return "safe (" + p.Strategy + ")"
	case "unsafe":
		return "unsafe (" + p.Strategy + ")"
	}
	return "by hand"
}

// severityWords say what a severity means.
var severityWords = map[string]string{
	"breaks": "breaks (raises, or means something else)",
	"works":  "works (through tf.compat.v1)",
	"hazard": "hazard (runs, and may give another model than meant)",
	"":       "nothing is found",
}

// onTargets is a line for each TensorFlow, or one for all where they are alike.
func (p *page) onTargets() []string {
	var lines []string
	for i, t := range p.Targets {
		which := "TensorFlow " + t.Target
		switch {
		case i == len(p.Targets)-1:
			which += " and later"
		case i == 0:
			which = "TensorFlow 2 up to " + t.Target
		}
		line := severityWords[t.Severity]
		if t.Severity != "" {
			line += "; " + map[string]string{"safe": "a safe fix", "unsafe": "an unsafe fix", "no": "no fix"}[t.Fixable]
		}
		lines = append(lines, which+": "+line)
	}
	first := p.Targets[0]
	for _, t := range p.Targets[1:] {
		if t.Severity != first.Severity || t.Fixable != first.Fixable {
			return lines
		}
	}
	_, words, _ := strings.Cut(lines[0], ": ")
	return []string{"every TensorFlow 2: " + words}
}

// markdown is the page as it stands in docs/rules.
func (p *page) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n\n%s\n\n## Why\n\n%s\n", p.Code, p.Name, p.What, p.Why)
	b.WriteString("\n## By target version\n\nOf the example below `tfmigrate lint` says, for the `--target-version`\n\n")
	for _, line := range p.onTargets() {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	fmt.Fprintf(&b, "\n## Example\n\n```python\n%s```\n\n%s\n", p.Before, sentence(p.Remedy))
	if p.After != "" {
		fmt.Fprintf(&b, "\nIt becomes\n\n```python\n%s```\n\nthat is\n\n```diff\n%s```\n", p.After, p.Diff)
	}
	if p.Silent != "" {
		fmt.Fprintf(&b, "\n## When it is silent\n\n```python\n%s```\n", p.Silent)
	}
	fmt.Fprintf(&b, "\n## More\n\n- TensorFlow: <%s>\n", p.Link)
	return b.String()
}

// sentence is a remark as a sentence or two.
func sentence(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.ToUpper(line[:1]) + line[1:] + "."
	}
	return strings.Join(lines, " ")
}
