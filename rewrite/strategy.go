package rewrite

import (
	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// Applicability tells how far a fix may be trusted. The zero value is the most careful one.
type Applicability uint8

// Applicabilities.
const (
	Display Applicability = iota // a sketch for a person; never applied
	Unsafe                       // right under an assumption that the message states
	Safe                         // the same signatures by construction, and no comment lost
)

func (a Applicability) String() string { return [...]string{"no", "unsafe", "safe"}[a] }

// Mode is how the code that a fix writes has to run.
type Mode uint8

// Modes.
const (
	AnyMode   Mode = iota
	EagerMode      // calls functions and reads their results: no graph mode around it
	GraphMode      // the site's graph is still built in graph mode
)

// Fix is what becomes of one site.
type Fix struct {
	Site          rules.Site
	Strategy      string
	Message       string
	Applicability Applicability
	Mode          Mode
	Edits         []Edit
	Helpers       []need       // helper functions that the edits call
	Covers        []rules.Site // other sites that the edits deal with as well
	// Wrapped are the functions and classes that build graphs for a function that wrap_function takes, and for nothing else.
	Wrapped []analyzer.Node
	// Elsewhere are such functions and classes of other files, by the files' paths.
	Elsewhere map[string][]analyzer.Span
}

// Refusal is why a site stays as it is, and what a person can do.
type Refusal struct {
	Site   rules.Site
	Reason string
	ByHand string
}

// strategy turns a site into a fix or says why it can't. Both nil: the strategy is not for this kind of site.
type strategy struct {
	name string
	emit func(*program, rules.Site) (*Fix, *Refusal)
}

// strategies are tried in this order, the most idiomatic first. The refusal that a user sees is that of the last one.
var strategies = []strategy{
	{"function", emitFunction},
	{"frozen graph", emitFrozen},
	{"frozen graph", emitFrozenGraph},
	{"variables", emitVariables},
	{"wrapped", emitWrapped},
	{"keras", emitKeras},
	{"session", emitSession},
	{"estimator", emitEstimator},
	{"estimator", emitExporter},
	{"load", emitLoad},
	{"load", emitLoadGraph},
	{"load", emitDirectory},
	{"predictor", emitPredictor},
	{"meta graph", emitMetaGraph},
	{"freeze", emitFreeze},
}

func refuse(site rules.Site, byHand, reason string) *Refusal {
	return &Refusal{Site: site, Reason: reason, ByHand: byHand}
}
