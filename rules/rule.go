package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

// Rule is one thing to find. A rule is a value; Find reports through the pass and keeps no state.
type Rule struct {
	Code string // "TFM101"
	Name string // "saved-model-builder"
	// Part tells that what it finds is mostly a piece of a site that another rule finds too, and is known by: a signature of a Builder, say.
	Part bool
	Doc  Doc
	Find func(*Pass)
}

// Doc is what explain prints and what the rule's test runs.
type Doc struct {
	What   string  // one sentence: what is found
	Why    string  // why it matters on TensorFlow 2
	Target Version // the target that Before and After are for, where it is not the default
	Before string  // a whole file that the rule finds something in
	After  string  // what fixing Before gives; empty where there is no fix
	Silent string  // a whole file of look-alikes in which the rule finds nothing; its comments say why
	Link   string  // TensorFlow's own page
}

// Severity tells how much a finding matters on the target version.
type Severity uint8

// Severities, the worst first.
const (
	Breaks Severity = iota // raises, or means something else, on the target version
	Works                  // still works there, through tf.compat.v1 or the path it is reached by
	Hazard                 // works, and may give another model than meant
)

func (s Severity) String() string { return [...]string{"breaks", "works", "hazard"}[s] }

// Finding is one place that a rule speaks about.
type Finding struct {
	Rule     *Rule
	Span     analyzer.Span
	Message  string
	Severity Severity
	Site     Site   // what the place belongs to; nil where no site is in view
	Reason   string // why there is no fix; only where Site is nil
}

// Pass is one rule's look at one file.
type Pass struct {
	*Facts
	rule     *Rule
	findings *[]Finding
}

// Report adds a finding.
func (p *Pass) Report(f Finding) {
	f.Rule = p.rule
	*p.findings = append(*p.findings, f)
}
