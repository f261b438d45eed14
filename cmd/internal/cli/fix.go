package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

type fixFlags struct {
	diff, unsafe      bool
	target, stdinName string
}

func newFix() *cobra.Command {
	var flags fixFlags
	cmd := &cobra.Command{
		Use:   "fix [PATH]...",
		Short: "Rewrite TensorFlow 1 code that saves or loads models to TensorFlow 2",
		Long: "Rewrite TensorFlow 1 code that saves or loads models to TensorFlow 2, in place. What can't be rewritten soundly stays as it is, with the reason.\n" +
			"With - the program is read from standard input and goes to standard output, rewritten or as it was.\n\n" +
			"Exit code 0: nothing is left; 1: findings are left, or, with --diff, there is something to change; 2: usage; 3: a file could not be read, rewritten or written.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			version, err := rules.ParseVersion(flags.target)
			if err != nil {
				return usagef("%w", err)
			}
			src, err := findSources(cmd, args, flags.stdinName)
			if err != nil {
				return err
			}
			if src.seen[stdinPath] && len(args) > 1 {
				return usagef("- writes to standard output and can't be fixed together with files")
			}
			return fix(cmd, src, version, flags)
		},
	}
	cmd.Flags().BoolVar(&flags.diff, "diff", false, "show what would change, as a patch, and change nothing")
	cmd.Flags().BoolVar(&flags.unsafe, "unsafe-fixes", false, "also apply fixes that are right only under an assumption they state")
	cmd.Flags().StringVar(&flags.target, "target-version", rules.DefaultTarget.String(), "the TensorFlow to migrate to")
	stdinFlag(cmd, &flags.stdinName)
	return cmd
}

func fix(cmd *cobra.Command, src *sources, target rules.Version, flags fixFlags) error {
	// Where standard output is a patch or a program, it is nothing else.
	out, report := cmd.OutOrStdout(), cmd.OutOrStdout()
	if flags.diff || src.seen[stdinPath] {
		report = cmd.ErrOrStderr()
	}
	problems := src.problems
	left, changed := 0, 0
	for _, path := range src.paths {
		d, res, err := fixed(cmd.Context(), src, path, target, flags)
		if cmd.Context().Err() != nil {
			return fmt.Errorf("%s: %w", src.name(path), cmd.Context().Err())
		}
		if err != nil {
			problems = append(problems, err)
			if path == stdinPath && d != nil && !flags.diff { // a filter that fails must not lose what went in
				if _, err := out.Write(d.Raw); err != nil {
					return err
				}
			}
			continue
		}
		if err := syntaxProblem(d, res); err != nil {
			problems = append(problems, err)
		}
		if !bytes.Equal(res.Raw, d.Raw) {
			changed++
		}
		if err := deliver(out, src, path, d, res, flags); err != nil {
			problems = append(problems, err)
			continue
		}
		left += reportFix(report, d, res)
	}
	reportProblems(cmd.ErrOrStderr(), problems)
	switch {
	case len(problems) > 0:
		return exitWith(exitFailed)
	case left > 0 || flags.diff && changed > 0:
		return exitWith(exitFindings)
	}
	return nil
}

// fixed reads a file and plans its fixes. Beside an error there is a document where its bytes could at least be read.
func fixed(ctx context.Context, src *sources, path string, target rules.Version, flags fixFlags) (*rewrite.Document, *rewrite.Result, error) {
	raw, err := src.bytes(path)
	if err != nil {
		return nil, nil, err
	}
	d, err := rewrite.ReadDocument(src.name(path), raw)
	if err != nil {
		return &rewrite.Document{Raw: raw}, nil, err
	}
	res, err := rewrite.Converge(ctx, d, target, rewrite.Options{Unsafe: flags.unsafe, Model: modelsFor(d.Path), Project: src.project})
	return d, res, err
}

// deliver puts a result where it belongs.
func deliver(out io.Writer, src *sources, path string, d *rewrite.Document, res *rewrite.Result, flags fixFlags) error {
	switch {
	case flags.diff:
		name := patchName(path)
		if path == stdinPath {
			name = src.name(path)
		}
		_, err := io.WriteString(out, rewrite.UnifiedDiff(name, d.Raw, res.Raw))
		return err
	case path == stdinPath:
		_, err := out.Write(res.Raw)
		return err
	case bytes.Equal(res.Raw, d.Raw):
		return nil
	}
	return rewrite.WriteFile(path, d.Raw, res.Raw)
}

// patchName is how a patch names a file: seen from the current directory if it is below it, and from the root otherwise, for patch follows
// neither .. nor symbolic links.
func patchName(path string) string {
	real, here := realPath(path), realPath(".")
	if rel, err := filepath.Rel(here, real); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return real
}

// reportFix says what became of each site of a file, and returns how many of its findings are left.
func reportFix(w io.Writer, d *rewrite.Document, res *rewrite.Result) (left int) {
	applied := map[rules.Site]bool{}
	for _, f := range res.Applied {
		applied[f.Site] = true
	}
	for i, f := range findings(d, res) {
		site := res.Findings[i].Site
		fixed := site != nil && applied[site]
		if !fixed {
			left++
		}
		if f.secondary {
			continue
		}
		verdict := f.where() + ": " + f.Code
		switch {
		case fixed:
			fmt.Fprintf(w, "%s fixed: %s\n", verdict, f.Fix)
		case f.Fixable == "unsafe":
			fmt.Fprintf(w, "%s left: --unsafe-fixes would fix it: %s\n", verdict, f.Fix)
		case f.Fixable == "safe":
			fmt.Fprintf(w, "%s left: it waits for another fix; run again\n", verdict)
		default:
			fmt.Fprintf(w, "%s left: %s\n", verdict, f.Reason)
			if f.ByHand != "" {
				fmt.Fprintf(w, "  by hand: %s\n", f.ByHand)
			}
		}
	}
	return left
}
