package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/rules"
)

// Selector names rules: a code (TFM101), the beginning of codes (TFM1), a rule's name, or ALL.
type Selector struct{ text string } // a struct, for go-toml does not ask a kind of string to read itself

// everything is the selector of all rules.
const everything = "ALL"

// UnmarshalText reads a selector and holds that it names a rule.
func (s *Selector) UnmarshalText(text []byte) error {
	parsed, err := ParseSelector(string(text))
	*s = parsed
	return err
}

// ParseSelector holds that a selector names a rule.
func ParseSelector(text string) (Selector, error) {
	s := Selector{text}
	if slices.ContainsFunc(rules.All, func(r *rules.Rule) bool { return s.matches(r) > 0 }) {
		return s, nil
	}
	if near := rules.Near(text, append(rules.Names(), everything)); near != "" {
		return Selector{}, fmt.Errorf("no rule is named or begins with %q; did you mean %s?", text, near)
	}
	return Selector{}, fmt.Errorf("no rule is named or begins with %q", text)
}

// matches tells how closely a selector names a rule: 0 if it does not, and more the fewer rules it names.
func (s Selector) matches(r *rules.Rule) int {
	switch {
	case s.text == everything:
		return 1
	case s.text == r.Code || s.text == r.Name:
		return 100
	case len(s.text) >= len("TFM") && strings.HasPrefix(r.Code, s.text):
		return 1 + len(s.text)
	}
	return 0
}

func closest(list []Selector, r *rules.Rule) int {
	best := 0
	for _, s := range list {
		best = max(best, s.matches(r))
	}
	return best
}

// layer is one voice about rules: a file's, or the command line's.
type layer struct {
	selected     []Selector // in place of all
	isSelected   bool       // selected was given
	extend       []Selector // besides
	ignored      []Selector
	perFile      []perFile
	isPerFile    bool
	perFilePlace string // the directory that the globs of perFile are relative to
}

type perFile struct {
	glob    Glob
	ignored []Selector
}

// wants tells whether a rule is wanted by a layer above others that want it or not: the closest selector decides, and ignoring wins where
// two are as close.
func (l layer) wants(r *rules.Rule, below bool) bool {
	on, off := closest(l.extend, r), closest(l.ignored, r)
	if l.isSelected {
		on, below = max(on, closest(l.selected, r)), false
	}
	switch {
	case on == 0 && off == 0:
		return below
	default:
		return on > off
	}
}
