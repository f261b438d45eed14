package rules

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// severity tells whether the way a function is reached still works on the target.
func (p *Pass) severity(c *analyzer.Call) Severity {
	if api, ok := p.Callee(c); ok && api.WorksOn(p.Target) {
		return Works
	}
	return Breaks
}

// WorksOn tells whether the name is there on a target, reached as it is, and means what it meant in TensorFlow 1. Of the releases two are
// known: 2.15.1 speaks for all up to 2.15, and 2.21.0 for those from 2.16 on.
func (a API) WorksOn(target Version) bool {
	status, there := a.Symbol.In215, a.Symbol.Private.In215
	if target.HasKeras3() {
		status, there = a.Symbol.In221, a.Symbol.Private.In221
	}
	switch {
	case strings.HasPrefix(a.Name, "contrib."):
		return false
	case a.Root == Compat || a.Either:
		return status != symbols.Gone
	case a.Root == Private:
		return there
	}
	return status == symbols.Same
}

// HasKeras3 tells whether tf.keras is Keras 3 in the release: 2.16 is the first.
func (v Version) HasKeras3() bool { return v.Minor >= 16 }
