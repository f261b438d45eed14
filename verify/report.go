package verify

import (
	"encoding/json"
	"fmt"
)

// Verdict is what a comparison may say. The order is of strength: the verdict of a whole is the weakest of its parts, but for a
// difference, which settles it. The zero value is Unknown, so nothing is called the same by forgetting to say.
type Verdict uint8

const (
	Unknown   Verdict = iota // it could not be told, and the detail says why
	Different                // a client could notice
	Tested                   // the same on every input that was tried
	Proved                   // the same for every input
)

var verdictWords = [...]string{Unknown: "UNKNOWN", Different: "DIFFERENT", Tested: "TESTED", Proved: "PROVED"}

// String is the word that reports print.
func (v Verdict) String() string { return verdictWords[v] }

// MarshalJSON writes the word.
func (v Verdict) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// Same tells whether the verdict means that old and new answer alike.
func (v Verdict) Same() bool { return v == Tested || v == Proved }

// weakest joins the verdicts of the parts: different if any is, else unknown if any is or there are none, else the weaker of
// tested and proved.
func weakest(parts []Verdict) Verdict {
	if len(parts) == 0 {
		return Unknown
	}
	all := Proved
	for _, v := range parts {
		if v == Different {
			return Different
		}
		all = min(all, v)
	}
	return all
}

// Report is the result of a comparison.
type Report struct {
	Verdict    Verdict           `json:"verdict"`
	Detail     string            `json:"detail"`
	Old        string            `json:"old"`
	New        string            `json:"new"`
	Seed       uint64            `json:"seed"`
	Tolerance  Tolerance         `json:"tolerance"`
	Runtime    string            `json:"runtime,omitempty"` // what ran the models; empty when nothing was run
	Signatures []SignatureReport `json:"signatures"`
	Changes    []Change          `json:"changes"` // of what belongs to no one signature
	Notes      []string          `json:"notes"`
}

// SignatureReport is the result for one signature of one meta graph.
type SignatureReport struct {
	TagSet         []string        `json:"tag_set"`
	Key            string          `json:"key"`
	Verdict        Verdict         `json:"verdict"`
	Detail         string          `json:"detail"`
	Inputs         int             `json:"inputs"`             // how many inputs ran on both and were compared
	Requests       int             `json:"requests"`           // how many of them were requests, the user's or the model's own
	Failed         int             `json:"failed"`             // how many more failed on both, and say nothing
	NoProof        string          `json:"no_proof,omitempty"` // why it is not proved
	Errors         *Errors         `json:"errors,omitempty"`   // where numbers differ, or a tolerance was asked for
	Changes        []Change        `json:"changes"`            // of what the signature declares; the breaking ones are in the detail, too
	Notes          []string        `json:"notes,omitempty"`
	Counterexample *Counterexample `json:"counterexample,omitempty"`
	// What the two models declare; nil where one lacks the signature.
	Old *SignatureSummary `json:"old,omitempty"`
	New *SignatureSummary `json:"new,omitempty"`

	unloadable bool // a TensorFlow loads neither model
}

// Counterexample is an input on which old and new differ, made as small as it could be.
type Counterexample struct {
	Note   string            `json:"note"` // how the input was made
	Inputs map[string]string `json:"inputs"`
	Output string            `json:"output,omitempty"`
	Old    string            `json:"old"`
	New    string            `json:"new"`
	Where  string            `json:"where,omitempty"`

	signature string // what WriteJSON writes
	values    map[string]*Tensor
}

// summary is the overall detail.
func (r *Report) summary() string {
	count := map[Verdict]int{}
	for _, s := range r.Signatures {
		count[s.Verdict]++
	}
	n := len(r.Signatures)
	switch r.Verdict {
	case Different:
		return fmt.Sprintf("%d of %d signatures differ", count[Different], n)
	case Unknown:
		return fmt.Sprintf("%d of %d signatures could not be told", count[Unknown], n)
	case Proved:
		return fmt.Sprintf("%s the same for every input", plural(n, "signature is", "signatures are"))
	}
	inputs := 0
	for _, s := range r.Signatures {
		inputs += s.Inputs
	}
	return fmt.Sprintf("%s %v on %d inputs, seed %d", plural(n, "signature", "signatures"), r.Tolerance, inputs, r.Seed)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
