package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// record is one finding, or, without a code, one file that fixing would change.
type record struct {
	Path     string `json:"path"`
	Cell     *int   `json:"cell,omitempty"` // notebooks: from 0, over all cells
	Line     int    `json:"line,omitempty"` // from 1; in a notebook within the cell
	Column   int    `json:"column,omitempty"`
	Code     string `json:"code,omitempty"`
	Fixable  string `json:"fixable,omitempty"`
	Strategy string `json:"strategy,omitempty"`
	Site     int    `json:"site,omitempty"`    // which of the file's sites it is about, from 1; 0 for none
	Assumes  string `json:"assumes,omitempty"` // what an unsafe fix says of itself
	Reason   string `json:"reason,omitempty"`
	Result   string `json:"result,omitempty"` // SHA-256 of the file with all fixes made
}

// checked is what came of one file. A child process sends it as JSON.
type checked struct {
	Path     string
	Read     bool   // it was looked at, at least in part
	Problem  string // why it was not checked, or not all of it
	Findings []record
	Sites    []site
	Diff     string // what all fixes would change
	Result   string // SHA-256 of what they make of it
	Bugs     []bug
	took     time.Duration
}

// site is what becomes of one site: a strategy, or a reason.
type site struct{ Strategy, Applicability, Reason string }

// bug is what no file should ever make the tool do.
type bug struct{ Kind, Text string }

// Kinds of bugs, in the order they are printed.
const (
	died      = "files that end the whole process, or hang"
	panicked  = "panics"
	fixFailed = "fixes that fail with an error"
	unread    = "files that the analyzer can't read and CPython can"
	noPython  = "results that CPython does not read, as it read the file before"
	outside   = "results that differ from the file outside of the edits"
	lost      = "comments that are lost"
	unstable  = "results that change when fixed again"
	unfixed   = "changed files of which CPython could not read the original"
)

var bugKinds = []string{died, panicked, fixFailed, unread, noPython, outside, lost, unstable, unfixed}

// checkFile lints one file and fixes it in memory. A panic is a bug of the tool's, and no reason to leave the other files.
func checkFile(ctx context.Context, path string, project *analyzer.Project, py pythons) (r *checked) {
	r = &checked{Path: path}
	defer func() {
		if v := recover(); v != nil {
			r.Problem = "the check panicked"
			r.bug(panicked, fmt.Sprintf("%v\n%s", v, ownFrames()))
		}
	}()
	raw, err := os.ReadFile(path)
	if err != nil {
		r.Problem = err.Error()
		return r
	}
	d, err := rewrite.ReadDocument(path, raw)
	if err != nil {
		r.Problem = err.Error()
		return r
	}
	res, err := rewrite.Converge(ctx, d, rules.DefaultTarget, rewrite.Options{Unsafe: true, Project: project})
	if err != nil {
		r.Problem = err.Error()
		r.bug(fixFailed, "all: "+err.Error())
	} else {
		r.Read = true
		r.gather(d, res)
		r.judge(ctx, d, res, project, py, "all", true)
	}
	if res, err = rewrite.Converge(ctx, d, rules.DefaultTarget, rewrite.Options{Project: project}); err != nil {
		r.bug(fixFailed, "safe: "+err.Error())
	} else {
		r.judge(ctx, d, res, project, py, "safe", false)
	}
	return r
}

func (r *checked) bug(kind, text string) { r.Bugs = append(r.Bugs, bug{kind, text}) }

// gather keeps the findings and what all fixes would make of the file.
func (r *checked) gather(d *rewrite.Document, res *rewrite.Result) {
	for _, o := range res.Patch.Outcomes {
		if o.Fix != nil {
			r.Sites = append(r.Sites, site{Strategy: o.Fix.Strategy, Applicability: o.Fix.Applicability.String()})
		} else {
			r.Sites = append(r.Sites, site{Reason: o.Refusal.Reason})
		}
	}
	for _, f := range res.Findings {
		line, column := res.File.Position(f.Span.Start)
		rec := record{Path: r.Path, Line: line, Column: column, Code: f.Rule.Code, Fixable: rewrite.Display.String(), Reason: f.Reason}
		if d.Notebook != nil {
			cell, inCell := d.Notebook.Cell(line)
			rec.Cell, rec.Line = &cell, inCell
		}
		if at := outcomeAt(res.Patch, f); at >= 0 {
			rec.Site = 1 + at
			switch o := res.Patch.Outcomes[at]; {
			case o.Fix != nil:
				rec.Fixable, rec.Strategy, rec.Reason = o.Fix.Applicability.String(), o.Fix.Strategy, ""
				if o.Fix.Applicability == rewrite.Unsafe {
					rec.Assumes = o.Fix.Message
				}
			case o.Refusal != nil:
				rec.Reason = o.Refusal.Reason
			}
		}
		r.Findings = append(r.Findings, rec)
	}
	if !bytes.Equal(res.Raw, d.Raw) {
		r.Diff = rewrite.UnifiedDiff(r.Path, d.Raw, res.Raw)
		sum := sha256.Sum256(res.Raw)
		r.Result = hex.EncodeToString(sum[:])
	}
}

// outcomeAt is the index of the outcome of a finding's site: of the one whose fix deals with it, where it is another one's or none's; -1 where there is none.
func outcomeAt(p *rewrite.Patch, f rules.Finding) int {
	at := slices.IndexFunc(p.Outcomes, func(o rewrite.Outcome) bool {
		return o.Fix != nil && f.Site != nil && slices.Contains(o.Fix.Covers, f.Site)
	})
	switch fix := p.FixAt(f.Span); {
	case at >= 0:
		return at
	case f.Site != nil:
		return slices.IndexFunc(p.Outcomes, func(o rewrite.Outcome) bool { return o.Site == f.Site })
	case fix != nil:
		return slices.IndexFunc(p.Outcomes, func(o rewrite.Outcome) bool { return o.Fix == fix })
	}
	return -1
}

// judge holds what was read and written against CPython, and fixes the result once more.
func (r *checked) judge(ctx context.Context, d *rewrite.Document, res *rewrite.Result, project *analyzer.Project, py pythons, which string, unsafe bool) {
	broken, changed := len(res.File.Errors) > 0, !bytes.Equal(res.Raw, d.Raw)
	if !broken && !changed {
		return
	}
	before, reads := py.compile(d.Python)
	if broken {
		line, _ := res.File.Position(res.File.Errors[0].Start)
		if r.Problem == "" {
			r.Problem = fmt.Sprintf("line %d is not Python that could be read", line)
			if before == "" {
				r.bug(unread, fmt.Sprintf("line %d: %s", line, strings.TrimSpace(res.File.Text(res.File.LineSpan(res.File.Errors[0])))))
			}
		}
	}
	if !changed {
		return
	}
	r.holdLaws(d, res, which)
	again, err := rewrite.ReadDocument(r.Path, res.Raw)
	if err != nil {
		r.bug(unstable, which+": "+err.Error())
		return
	}
	if before != "" {
		r.bug(unfixed, which+": "+before)
	} else if after := reads.compile(again.Python); after != "" {
		r.bug(noPython, which+": "+after)
	}
	second, err := rewrite.Converge(ctx, again, rules.DefaultTarget, rewrite.Options{Unsafe: unsafe, Project: project})
	if err != nil {
		r.bug(unstable, which+": "+err.Error())
	} else if !bytes.Equal(second.Raw, again.Raw) {
		r.bug(unstable, which+":\n"+rewrite.UnifiedDiff(r.Path, again.Raw, second.Raw))
	}
}

// ownFrames are the frames of a panic that are the project's own, without what differs between two runs.
func ownFrames() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var out strings.Builder
	for {
		f, more := frames.Next()
		if _, name, ok := strings.Cut(f.Function, "tfmigrate/tfmigrate/"); ok {
			fmt.Fprintf(&out, "  %s (%s:%d)\n", name, filepath.Base(f.File), f.Line)
		}
		if !more {
			return strings.TrimSuffix(out.String(), "\n")
		}
	}
}
