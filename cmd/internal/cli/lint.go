package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/cmd/internal/baseline"
	"github.com/tfmigrate/tfmigrate/rewrite"
)

func newLint() *cobra.Command {
	var format string
	var opt options
	var base baselineFlags
	cmd := &cobra.Command{
		Use:   "lint [PATH]...",
		Short: "Find TensorFlow 1 code that saves or loads models",
		Long: "Find TensorFlow 1 code that saves or loads models in Python files and notebooks. A directory is searched; - is standard input; without a path it is\n" +
			"the current directory. What git ignores, hidden directories, virtual environments and node_modules are passed over, unless a file is named itself.\n\n" +
			"The nearest tfmigrate.toml or pyproject.toml with a table [tool.tfmigrate] configures each file; the command line wins over it.\n\n" +
			"Exit code 0: nothing found; 1: findings; 2: usage; 3: a file could not be checked.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" && format != "concise" {
				return usagef("unknown format %q: text, concise or json", format)
			}
			if err := base.check(&opt); err != nil {
				return err
			}
			src, err := findSources(cmd, args, &opt)
			if err != nil {
				return err
			}
			return lint(cmd, src, &opt, &base, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to report: text, concise or json")
	opt.flags(cmd)
	base.flags(cmd, &opt)
	return cmd
}

func lint(cmd *cobra.Command, src *sources, opt *options, flags *baselineFlags, format string) error {
	bases, err := flags.read(src)
	if err != nil {
		return err
	}
	problems := src.problems
	all := []finding{}
	checked, commented, foreign := 0, 0, 0
	shown := startProgress(cmd.ErrOrStderr(), len(src.files))
	taken := inOrder(cmd.Context(), opt.jobs, len(src.files), func(i int) *linted {
		defer shown.step()
		return lintFile(cmd.Context(), src, src.files[i], bases)
	}, func(i int, r *linted) {
		problems = append(problems, r.problems...)
		bases.add(src.files[i], r)
		if r.checked {
			checked++
			commented += r.commented
			foreign += r.foreign
			all = append(all, r.findings...)
		}
	})
	shown.end()
	if taken < len(src.files) {
		return fmt.Errorf("%s: %w", src.name(src.files[taken].path), cmd.Context().Err())
	}
	if flags.write != "" {
		if err := bases.writeNew(cmd.ErrOrStderr(), flags.write); err != nil {
			return err
		}
		all = nil
	} else {
		out := cmd.OutOrStdout()
		switch format {
		case "json":
			if err := writeJSON(out, map[string]any{"findings": all, "checked": checked, "errors": messages(problems)}); err != nil {
				return err
			}
		case "concise":
			for _, f := range all {
				fmt.Fprintln(out, f.concise())
			}
		default:
			t := newTerminal(out)
			writeText(out, t, all)
			writeCounts(out, t, all, checked, len(problems), bases.known())
		}
	}
	reportProblems(cmd.ErrOrStderr(), problems)
	if err := bases.report(cmd.ErrOrStderr(), flags.shrink); err != nil {
		return err
	}
	reportFlow(cmd.ErrOrStderr(), src, opt, commented, foreign)
	switch {
	case len(problems) > 0:
		return exitWith(exitFailed)
	case len(all) > 0:
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

// lintFile checks one file, and what the cells of a notebook write to others.
func lintFile(ctx context.Context, src *sources, s source, bases *baselines) *linted {
	d, err := src.read(s.path)
	if err != nil {
		return &linted{problems: []error{err}}
	}
	r := &linted{numbers: baseline.Numbering{}}
	for _, d := range append([]*rewrite.Document{d}, d.Written()...) {
		r.lint(ctx, src, s, d, bases)
	}
	if d.Notebook != nil {
		r.foreign = d.Notebook.Foreign()
		slices.SortStableFunc(r.findings, inSource) // the cells that were looked at last may come first
	}
	return r
}

func (r *linted) lint(ctx context.Context, src *sources, s source, d *rewrite.Document, bases *baselines) {
	res, err := rewrite.Converge(ctx, d, s.under.Target, rewrite.Options{Unsafe: true, Model: modelsFor(d.Path), Wants: s.wants(), Project: src.project})
	if err != nil {
		r.problems = append(r.problems, err)
		return
	}
	r.checked = true
	r.commented += res.Facts.Ignored
	res.Findings = bases.unknown(s, res.File, res.Findings, r)
	r.findings = append(r.findings, findings(d, res)...)
	if err := syntaxProblem(d, res); err != nil {
		r.problems = append(r.problems, err)
	}
}

// reportFlow says what was not looked at: always where nothing was, and else where it is asked for.
func reportFlow(w io.Writer, src *sources, opt *options, commented, foreign int) {
	if passed := src.passedOver(); passed != "" && (opt.verbose || len(src.files) == 0) {
		fmt.Fprintf(w, "tfmigrate: passed over: %s\n", passed)
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
	line, _ := res.File.Position(res.File.Errors[0].Start)
	where := fmt.Sprintf("line %d", line)
	if d.Notebook != nil {
		cell, inCell := d.Notebook.Cell(line)
		where = fmt.Sprintf("cell %d, line %d", cell, inCell)
	}
	return fmt.Errorf("%s: %s is not Python that could be read; the file was checked only in part and is never rewritten", d.Path, where)
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
