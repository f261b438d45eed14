package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

func newLint() *cobra.Command {
	var format, target string
	cmd := &cobra.Command{
		Use:   "lint [PATH]...",
		Short: "Find TensorFlow 1 code that saves or loads models",
		Long: "Find TensorFlow 1 code that saves or loads models in Python files and notebooks. A directory is searched; without a path it is the current one.\n\n" +
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
			if len(args) == 0 {
				args = []string{"."}
			}
			return lint(cmd, args, version, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to report: text, concise or json")
	cmd.Flags().StringVar(&target, "target-version", rules.DefaultTarget.String(), "the TensorFlow to migrate to")
	return cmd
}

func lint(cmd *cobra.Command, paths []string, target rules.Version, format string) error {
	files, problems := findSources(paths)
	all := []finding{}
	checked := 0
	for _, path := range files {
		found, err := lintFile(cmd, path, target)
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
		writeText(out, all)
		writeCounts(out, all, checked, len(problems))
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
func lintFile(cmd *cobra.Command, path string, target rules.Version) ([]finding, error) {
	d, err := readDocument(path)
	if err != nil {
		return nil, err
	}
	res, err := rewrite.Converge(cmd.Context(), d, target, rewrite.Options{Unsafe: true, Model: modelsFor(path)})
	if err != nil {
		return nil, err
	}
	found := findings(d, res)
	if found == nil {
		found = []finding{}
	}
	return found, syntaxProblem(d, res)
}

func readDocument(path string) (*rewrite.Document, error) {
	raw, err := readSource(path)
	if err != nil {
		return nil, err
	}
	return rewrite.ReadDocument(path, raw)
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
		fmt.Fprintf(w, "tfmigrate: %v\n", p)
	}
}
