package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/cmd/internal/baseline"
	"github.com/tfmigrate/tfmigrate/rewrite"
)

func newLint() *cobra.Command {
	var opt options
	var base baselineFlags
	var how reporting
	cmd := &cobra.Command{
		Use:   "lint [PATH]...",
		Short: "Find TensorFlow 1 code that saves or loads models",
		Long: "Find TensorFlow 1 code that saves or loads models in Python files and notebooks. A directory is searched; - is standard input; without a path it is\n" +
			"the current directory. What git ignores, hidden directories, virtual environments and node_modules are passed over, unless a file is named itself.\n\n" +
			"The nearest tfmigrate.toml or pyproject.toml with a table [tool.tfmigrate] configures each file; the command line wins over it.\n\n" +
			"Exit code 0: nothing found; 1: findings; 2: usage; 3: a file could not be checked.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := how.check(); err != nil {
				return err
			}
			if err := base.check(&opt); err != nil {
				return err
			}
			src, err := findSources(cmd, args, &opt)
			if err != nil {
				return err
			}
			return lint(cmd, src, &opt, &base, &how)
		},
	}
	how.flags(cmd)
	opt.flags(cmd)
	base.flags(cmd, &opt)
	return cmd
}

// From so many bytes on the memory of a run over a tree is collected more often: a few files at a time are alive, so most of it is garbage. Of all others
// some 2 KB are kept each.
const (
	lintMemory        = 192 << 20
	lintMemoryPerFile = 3 << 10
)

func lint(cmd *cobra.Command, src *sources, opt *options, flags *baselineFlags, how *reporting) error {
	bases, err := flags.read(src)
	if err != nil {
		return err
	}
	if len(src.files) > 1 && os.Getenv("GOMEMLIMIT") == "" {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(lintMemory + lintMemoryPerFile*int64(len(src.files))))
	}
	rep := &report{findings: []finding{}}
	rep.problems = append(rep.problems, src.problems...)
	commented, foreign := 0, 0
	results := make([]*linted, len(src.files))
	shown := startProgress(cmd.ErrOrStderr(), len(src.files))
	_, err = src.sift(cmd.Context(), opt.jobs, func(i int) *analyzer.File {
		defer shown.step()
		var file *analyzer.File
		results[i], file = lintFile(cmd.Context(), src, src.files[i], bases, how.showsFixes())
		return file
	})
	shown.end()
	if err != nil {
		return err
	}
	for i, r := range results {
		if r == nil { // without any of the words that a finding can't be without
			r = &linted{checked: true}
		}
		for _, problem := range r.problems {
			rep.problems = append(rep.problems, inFile(src.name(src.files[i].path), problem))
		}
		bases.add(src.files[i], r)
		if r.checked {
			rep.checked++
			commented += r.commented
			foreign += r.foreign
			rep.findings = append(rep.findings, r.findings...)
		}
	}
	if flags.write != "" {
		if err := bases.writeNew(cmd.ErrOrStderr(), flags.write); err != nil {
			return err
		}
		rep.findings = nil
	} else {
		rep.known = bases.known()
		if err := how.write(cmd, rep); err != nil {
			return err
		}
	}
	reportProblems(cmd.ErrOrStderr(), rep.problems)
	if err := bases.report(cmd.ErrOrStderr(), flags.shrink); err != nil {
		return err
	}
	reportFlow(cmd.ErrOrStderr(), src, opt, commented, foreign)
	switch {
	case len(rep.problems) > 0:
		return exitWith(exitFailed)
	case len(rep.findings) > 0:
		return exitWith(exitFindings)
	}
	return nil
}

// linted is what came of one file.
type linted struct {
	checked   bool // it was looked at, at least in part
	findings  []finding
	problems  []error          // why it was not checked, or only in part
	commented int              // findings that comments ignore
	foreign   int              // cells of a notebook in another language
	entries   []baseline.Entry // all findings, those of the baseline too, where there is a baseline
	numbers   baseline.Numbering
}

// lintFile checks one file, and what the cells of a notebook write to others. With changes the findings hold what the fix of each site would
// write. The file that it parsed comes along; nil where there is none.
func lintFile(ctx context.Context, src *sources, s source, bases *baselines, changes bool) (*linted, *analyzer.File) {
	d, err := src.read(s.path)
	if err != nil {
		return &linted{problems: []error{err}}, nil
	}
	r := &linted{numbers: baseline.Numbering{}}
	file := r.lint(ctx, src, s, d, bases, changes)
	for _, d := range d.Written() {
		r.lint(ctx, src, s, d, bases, changes)
	}
	if d.Notebook != nil {
		r.foreign = d.Notebook.Foreign()
		slices.SortStableFunc(r.findings, inSource) // the cells that were looked at last may come first
	}
	setFingerprints(r.findings)
	for i := range r.findings {
		r.findings[i].site = nil // and with it the whole file
	}
	return r, file
}

func (r *linted) lint(ctx context.Context, src *sources, s source, d *rewrite.Document, bases *baselines, changes bool) *analyzer.File {
	opt := rewrite.Options{Unsafe: true, Model: modelsFor(d.Path, ""), Wants: s.wants(), Project: src.project}
	res, err := rewrite.Survey(ctx, d, s.under.Target, opt)
	if err != nil {
		r.problems = append(r.problems, err)
		return nil
	}
	r.checked = true
	r.commented += res.Facts.Ignored
	res.Findings = bases.unknown(s, res.File, res.Findings, r)
	found := findings(d, res)
	if changes {
		if err := addChanges(found, d, res, opt); err != nil {
			r.problems = append(r.problems, err)
		}
	}
	r.findings = append(r.findings, found...)
	if err := syntaxProblem(d, res); err != nil {
		r.problems = append(r.problems, err)
	}
	return res.File
}

// reportFlow says what was not looked at: always where nothing was, and else where it is asked for.
func reportFlow(w io.Writer, src *sources, opt *options, commented, foreign int) {
	if passed := src.passedOver(); passed != "" && (opt.verbose || len(src.files) == 0) {
		fmt.Fprintf(w, "tfmigrate: passed over: %s\n", passed)
	}
	if left := len(src.leftovers); left > 0 && !src.cleaned {
		fmt.Fprintf(w, "tfmigrate: %s of a run of fix that is at work or was killed; the next one removes what was left\n", count(left, "temporary file"))
	}
	if !opt.verbose {
		return
	}
	for _, line := range src.configurations() {
		fmt.Fprintf(w, "tfmigrate: %s\n", visible(line))
	}
	if foreign > 0 {
		fmt.Fprintf(w, "tfmigrate: %s of notebooks in another language passed over\n", count(foreign, "cell"))
	}
	if commented > 0 {
		fmt.Fprintf(w, "tfmigrate: %s ignored by comments\n", count(commented, "finding"))
	}
}

// syntaxProblem says where a file could not be read as Python.
func syntaxProblem(d *rewrite.Document, res *rewrite.Result) error {
	if len(res.File.Errors) == 0 {
		return nil
	}
	start := res.File.Errors[0].Start
	p := &problem{path: d.Path, at: regionOf(d, res.File, analyzer.Span{Start: start, End: start})}
	p.line, _ = res.File.Position(start)
	where := fmt.Sprintf("line %d", p.line)
	if d.Notebook != nil {
		cell, inCell := d.Notebook.Cell(p.line)
		p.cell, p.line = &cell, inCell
		where = fmt.Sprintf("cell %d, line %d", cell, inCell)
	}
	p.err = fmt.Errorf("%s: %s is not Python that could be read; the file was checked only in part and is never rewritten", d.Path, where)
	return p
}

func messages(problems []error) []string {
	out := []string{}
	for _, p := range problems {
		out = append(out, p.Error())
	}
	return out
}

func reportProblems(w io.Writer, problems []error) {
	for _, p := range problems {
		fmt.Fprintf(w, "tfmigrate: %s\n", visible(p.Error()))
	}
}
