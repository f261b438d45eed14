package behave

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// Limit is the time that one program may take; the slowest needs a few seconds.
const Limit = 2 * time.Minute

// Tool runs tfmigrate with a command line and returns what the process would: exit code, stdout, stderr.
type Tool func(ctx context.Context, args ...string) (exit int, stdout, stderr string)

// Bench is what a check needs.
type Bench struct {
	Root     string // of the work tree
	TF1, TF2 *Server
	Tool     Tool
}

// Finding is a finding of `lint --format json`, or one of its related places.
type Finding struct {
	Code, Severity, Path, Message, Fixable, Reason string
	Line, Column                                   int
	EndLine                                        int  `json:"end_line"`
	EndColumn                                      int  `json:"end_column"`
	Cell                                           *int // in a notebook
	Related                                        []Finding
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %s %s", filepath.Base(f.Path), f.Line, f.Column, f.Code, f.Message)
}

// Verdict is what verify said about one export.
type Verdict struct {
	Export     string `json:"-"`
	Exit       int    `json:"-"`
	Verdict    string
	Detail     string
	Signatures []struct{ Key, Verdict, Detail string }
}

// Outcome is what became of one program on its whole way.
type Outcome struct {
	Program  *Program
	Findings []Finding // before the fix
	Missed   []Site    // sites that no finding names
	Source   []byte    // the program
	Fixed    []byte    // the program after the fix
	Again    []byte    // after fixing that once more
	Said     string    // what fix printed
	Left     []Finding // after the fix, without those at sites that may stay
	Old, New Result    // the runs before and after
	Verdicts []Verdict // for each export, in the order of names
}

// Check takes a program the whole way in an empty directory: it runs the original under TensorFlow 1, lints and fixes a copy,
// lints and fixes that again, runs it under TensorFlow 2 and verifies each export against the original's. A program without sites is
// only linted and fixed. The error is about the equipment, or about output of the tool that cannot be read; whatever is wrong
// with the program is in the Outcome.
func (b *Bench) Check(ctx context.Context, p *Program, dir string) (*Outcome, error) {
	source, err := os.ReadFile(p.Path)
	if err != nil {
		return nil, err
	}
	o := &Outcome{Program: p, Source: source}
	before, after := filepath.Join(dir, "before"), filepath.Join(dir, "after")
	for _, d := range []string{before, after} {
		if err := b.Prepare(p, d); err != nil {
			return nil, err
		}
	}
	name := filepath.Base(p.Path)
	copied := filepath.Join(after, name)

	if o.Findings, err = b.lint(ctx, copied); err != nil {
		return nil, err
	}
	for _, s := range p.Sites {
		if !named(s, o.Findings) {
			o.Missed = append(o.Missed, s)
		}
	}
	if o.Said, err = b.fix(ctx, p, copied); err != nil {
		return nil, err
	}
	if o.Fixed, err = os.ReadFile(copied); err != nil {
		return nil, err
	}
	left, err := b.lint(ctx, copied)
	if err != nil {
		return nil, err
	}
	if _, err := b.fix(ctx, p, copied); err != nil {
		return nil, err
	}
	if o.Again, err = os.ReadFile(copied); err != nil {
		return nil, err
	}
	for _, f := range left {
		if !p.stays(f, o.Fixed) {
			o.Left = append(o.Left, f)
		}
	}
	if len(p.Sites) == 0 {
		return o, nil
	}

	if o.Old, err = b.TF1.Run(filepath.Join(before, name), before, Limit); err != nil {
		return nil, err
	}
	if o.New, err = b.TF2.Run(copied, after, Limit); err != nil {
		return nil, err
	}
	if o.Old.Err() != nil || o.New.Err() != nil {
		return o, nil
	}
	for _, export := range p.Exports {
		v, err := b.verify(ctx, export, before, after)
		if err != nil {
			return nil, err
		}
		o.Verdicts = append(o.Verdicts, v...)
	}
	return o, nil
}

// Prepare makes dir, copies the program into it and runs its fixtures there.
func (b *Bench) Prepare(p *Program, dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	source, err := os.ReadFile(p.Path)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(p.Path)), source, 0o666); err != nil {
		return err
	}
	for _, fixture := range p.Fixtures {
		r, err := b.TF1.Run(filepath.Join(filepath.Dir(p.Path), "fixtures", fixture), dir, Limit)
		if err == nil {
			err = r.Err()
		}
		if err != nil {
			return fmt.Errorf("fixture %s of %s: %w", fixture, p.Name, err)
		}
	}
	return nil
}

// Problems says what is wrong with an outcome; nothing for a program that was migrated, or left alone where it had to be.
func (o *Outcome) Problems() []string {
	var all []string
	problem := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if !bytes.Equal(o.Fixed, o.Again) {
		problem("fixing it twice is not fixing it once:\n%s", o.Again)
	}
	if len(o.Program.Sites) == 0 {
		for _, f := range o.Findings {
			problem("has nothing to find, but %s", f)
		}
		if !bytes.Equal(o.Source, o.Fixed) {
			problem("has nothing to fix, but became:\n%s", o.Fixed)
		}
		return all
	}
	for _, s := range o.Missed {
		problem("line %d: no finding for %s", s.Line, s.API)
	}
	for _, f := range o.Left {
		problem("after the fix: %s (%s)", f, f.Reason)
	}
	if err := o.Old.Err(); err != nil {
		problem("before the fix, under TensorFlow 1: %v", err)
	}
	if err := o.New.Err(); err != nil {
		problem("after the fix, under TensorFlow 2: %v\nThe fixed program:\n%s", err, o.Fixed)
	}
	if len(all) > 0 {
		return all
	}
	if o.Program.SameStdout && o.Old.Stdout != o.New.Stdout {
		problem("prints\n%sand after the fix\n%s", o.Old.Stdout, o.New.Stdout)
	}
	for _, v := range o.Verdicts {
		if (v.Verdict != "PROVED" && v.Verdict != "TESTED") || v.Exit != 0 {
			problem("%s: verify says %s, exit code %d: %s %v", v.Export, v.Verdict, v.Exit, v.Detail, v.Signatures)
		}
	}
	if len(o.Program.Exports) > 0 && len(o.Verdicts) == 0 {
		problem("nothing was verified")
	}
	return all
}

func (b *Bench) lint(ctx context.Context, path string) ([]Finding, error) {
	exit, stdout, stderr := b.Tool(ctx, "lint", "--format", "json", path)
	var report struct{ Findings []Finding }
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || exit > 1 {
		return nil, fmt.Errorf("lint %s: exit code %d, %v\n%s%s", path, exit, err, stdout, stderr)
	}
	if (exit == 1) != (len(report.Findings) > 0) {
		return nil, fmt.Errorf("lint %s: exit code %d with %d findings", path, exit, len(report.Findings))
	}
	return report.Findings, nil
}

func (b *Bench) fix(ctx context.Context, p *Program, path string) (string, error) {
	args := []string{"fix", path}
	if p.Unsafe {
		args = append(args, "--unsafe-fixes")
	}
	exit, stdout, stderr := b.Tool(ctx, args...)
	if exit > 1 {
		return "", fmt.Errorf("fix %s: exit code %d\n%s%s", path, exit, stdout, stderr)
	}
	return stdout + stderr, nil
}

// verify compares what both runs wrote at export, which may be a glob.
func (b *Bench) verify(ctx context.Context, export, before, after string) ([]Verdict, error) {
	old, err := exports(before, export)
	if err != nil {
		return nil, err
	}
	new, err := exports(after, export)
	if err != nil {
		return nil, err
	}
	if len(old) == 0 || len(old) != len(new) {
		return []Verdict{{Export: export, Verdict: "UNKNOWN", Exit: 4,
			Detail: fmt.Sprintf("the original wrote %d, the fixed program %d", len(old), len(new))}}, nil
	}
	var verdicts []Verdict
	for i := range old {
		exit, stdout, stderr := b.Tool(ctx, "verify", "--format", "json", old[i], new[i])
		v := Verdict{Export: export, Exit: exit}
		if err := json.Unmarshal([]byte(stdout), &v); err != nil {
			return nil, fmt.Errorf("verify %s %s: exit code %d, %w\n%s%s", old[i], new[i], exit, err, stdout, stderr)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// exports are the SavedModels below dir that match a glob, sorted.
func exports(dir, glob string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dir, glob, "saved_model.pb"))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i] = filepath.Dir(found[i])
	}
	sort.Strings(found)
	return found, nil
}

// named tells whether a finding or one of its related places starts within the lines of a site.
func named(s Site, findings []Finding) bool {
	for _, f := range findings {
		sameCell := s.Cell == nil || (f.Cell != nil && *f.Cell == *s.Cell)
		if (sameCell && s.Line <= f.Line && f.Line <= s.EndLine) || named(s, f.Related) {
			return true
		}
	}
	return false
}

// stays tells whether a finding in the fixed program is at a call that a fix may keep.
func (p *Program) stays(f Finding, fixed []byte) bool {
	if f.Cell != nil {
		cells, err := notebookCells(fixed)
		if err != nil || *f.Cell >= len(cells) {
			return false
		}
		fixed = []byte(cells[*f.Cell])
	}
	lines := strings.Split(string(fixed), "\n")
	for _, s := range p.Sites {
		if s.Stays && f.Line >= 1 && f.Line <= len(lines) && strings.Contains(lines[f.Line-1], s.API+"(") {
			return true
		}
	}
	return false
}

// notebookCells is the source of each cell.
func notebookCells(notebook []byte) ([]string, error) {
	var n struct {
		Cells []struct{ Source []string }
	}
	if err := json.Unmarshal(notebook, &n); err != nil {
		return nil, err
	}
	var cells []string
	for _, c := range n.Cells {
		cells = append(cells, strings.Join(c.Source, ""))
	}
	return cells, nil
}
