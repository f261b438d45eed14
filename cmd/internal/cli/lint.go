package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

func newLint() *cobra.Command {
	var target, stdinName string
	var how reporting
	cmd := &cobra.Command{
		Use:   "lint [PATH]...",
		Short: "Find TensorFlow 1 code that saves or loads models",
		Long: "Find TensorFlow 1 code that saves or loads models in Python files and notebooks. A directory is searched; - is standard input; without a path it is\n" +
			"the current directory. Hidden directories, virtual environments and node_modules are passed over.\n\n" +
			"Exit code 0: nothing found; 1: findings; 2: usage; 3: a file could not be checked.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			version, err := rules.ParseVersion(target)
			if err != nil {
				return usagef("%w", err)
			}
			if err := how.check(); err != nil {
				return err
			}
			src, err := findSources(cmd, args, stdinName)
			if err != nil {
				return err
			}
			return lint(cmd, src, version, &how)
		},
	}
	how.flags(cmd)
	cmd.Flags().StringVar(&target, "target-version", rules.DefaultTarget.String(), "the TensorFlow to migrate to")
	stdinFlag(cmd, &stdinName)
	return cmd
}

func lint(cmd *cobra.Command, src *sources, target rules.Version, how *reporting) error {
	rep := &report{findings: []finding{}, problems: src.problems}
	for _, path := range src.paths {
		found, err := lintFile(cmd.Context(), src, path, target, how.showsFixes())
		if cmd.Context().Err() != nil {
			return fmt.Errorf("%s: %w", src.name(path), cmd.Context().Err())
		}
		if err != nil {
			rep.problems = append(rep.problems, inFile(src.name(path), err))
		}
		if found != nil {
			rep.checked++
			rep.findings = append(rep.findings, found...)
		}
	}
	if err := how.write(cmd, rep); err != nil {
		return err
	}
	reportProblems(cmd.ErrOrStderr(), rep.problems)
	switch {
	case len(rep.problems) > 0:
		return exitWith(exitFailed)
	case len(rep.findings) > 0:
		return exitWith(exitFindings)
	}
	return nil
}

// lintFile checks one file. A nil slice says that the file could not be looked at at all; an error beside findings, that it
// could be only in part. With changes the findings hold what the fix of each site would write.
func lintFile(ctx context.Context, src *sources, path string, target rules.Version, changes bool) ([]finding, error) {
	d, err := src.read(path)
	if err != nil {
		return nil, err
	}
	opt := rewrite.Options{Unsafe: true, Model: modelsFor(d.Path), Project: src.project}
	res, err := rewrite.Converge(ctx, d, target, opt)
	if err != nil {
		return nil, err
	}
	found := findings(d, res)
	if found == nil {
		found = []finding{}
	}
	if changes {
		if err := addChanges(found, d, res, opt); err != nil {
			return nil, err
		}
	}
	setFingerprints(found)
	return found, syntaxProblem(d, res)
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
