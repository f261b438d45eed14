package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

func newLint() *cobra.Command {
	var format, target, stdinName string
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
			if format != "text" && format != "json" && format != "concise" {
				return usagef("unknown format %q: text, concise or json", format)
			}
			src, err := findSources(cmd, args, stdinName)
			if err != nil {
				return err
			}
			return lint(cmd, src, version, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to report: text, concise or json")
	cmd.Flags().StringVar(&target, "target-version", rules.DefaultTarget.String(), "the TensorFlow to migrate to")
	stdinFlag(cmd, &stdinName)
	return cmd
}

func lint(cmd *cobra.Command, src *sources, target rules.Version, format string) error {
	problems := src.problems
	all := []finding{}
	checked := 0
	for _, path := range src.paths {
		found, err := lintFile(cmd.Context(), src, path, target)
		if cmd.Context().Err() != nil {
			return fmt.Errorf("%s: %w", src.name(path), cmd.Context().Err())
		}
		if err != nil {
			problems = append(problems, err)
		}
		if found != nil {
			checked++
			all = append(all, found...)
		}
	}
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
		writeCounts(out, t, all, checked, len(problems))
	}
	reportProblems(cmd.ErrOrStderr(), problems)
	switch {
	case len(problems) > 0:
		return exitWith(exitFailed)
	case len(all) > 0:
		return exitWith(exitFindings)
	}
	return nil
}

// lintFile checks one file. A nil slice says that the file could not be looked at at all; an error beside findings, that it
// could be only in part.
func lintFile(ctx context.Context, src *sources, path string, target rules.Version) ([]finding, error) {
	d, err := src.read(path)
	if err != nil {
		return nil, err
	}
	res, err := rewrite.Converge(ctx, d, target, rewrite.Options{Unsafe: true, Model: modelsFor(d.Path), Project: src.project})
	if err != nil {
		return nil, err
	}
	found := findings(d, res)
	if found == nil {
		found = []finding{}
	}
	return found, syntaxProblem(d, res)
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
