package cli

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

type fixFlags struct {
	diff, unsafe bool
	target       string
}

func newFix() *cobra.Command {
	var flags fixFlags
	cmd := &cobra.Command{
		Use:   "fix [PATH]...",
		Short: "Rewrite TensorFlow 1 code that saves or loads models to TensorFlow 2",
		Long: "Rewrite TensorFlow 1 code that saves or loads models to TensorFlow 2, in place. What can't be rewritten soundly stays as it is, with the reason.\n\n" +
			"Exit code 0: nothing is left; 1: findings are left, or, with --diff, there is something to change; 2: usage; 3: a file could not be read, rewritten or written.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			version, err := rules.ParseVersion(flags.target)
			if err != nil {
				return usagef("%w", err)
			}
			if len(args) == 0 {
				args = []string{"."}
			}
			return fix(cmd, args, version, flags)
		},
	}
	cmd.Flags().BoolVar(&flags.diff, "diff", false, "show what would change, as a patch, and change nothing")
	cmd.Flags().BoolVar(&flags.unsafe, "unsafe-fixes", false, "also apply fixes that are right only under an assumption they state")
	cmd.Flags().StringVar(&flags.target, "target-version", rules.DefaultTarget.String(), "the TensorFlow to migrate to")
	return cmd
}

func fix(cmd *cobra.Command, paths []string, target rules.Version, flags fixFlags) error {
	files, problems := findSources(paths)
	left, changed := 0, 0
	for _, path := range files {
		d, err := readDocument(path)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		res, err := rewrite.Converge(cmd.Context(), d, target, rewrite.Options{Unsafe: flags.unsafe, Model: modelsFor(path)})
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if err := syntaxProblem(d, res); err != nil {
			problems = append(problems, err)
		}
		if !bytes.Equal(res.Raw, d.Raw) {
			changed++
			if flags.diff {
				fmt.Fprint(cmd.OutOrStdout(), rewrite.UnifiedDiff(path, d.Raw, res.Raw))
			} else if err := rewrite.WriteFile(path, d.Raw, res.Raw); err != nil {
				problems = append(problems, err)
				continue
			}
		}
		left += reportFix(cmd, d, res, flags)
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

// reportFix says what became of each site of a file, and returns how many of its findings are left. With --diff it goes to standard
// error, so that standard output is the patch alone.
func reportFix(cmd *cobra.Command, d *rewrite.Document, res *rewrite.Result, flags fixFlags) (left int) {
	w := cmd.OutOrStdout()
	if flags.diff {
		w = cmd.ErrOrStderr()
	}
	applied := map[rules.Site]bool{}
	for _, f := range res.Applied {
		applied[f.Site] = true
	}
	said := map[rules.Site]bool{}
	for i, f := range findings(d, res) {
		site := res.Findings[i].Site
		if site != nil && applied[site] {
			if !said[site] {
				o, _ := res.Patch.OutcomeOf(site)
				fmt.Fprintf(w, "%s: %s fixed: %s\n", f.where(), f.Code, o.Fix.Message)
			}
			said[site] = true
			continue
		}
		left++
		if site != nil && said[site] {
			continue
		}
		if site != nil {
			said[site] = true
		}
		switch f.Fixable {
		case "unsafe":
			o, _ := res.Patch.OutcomeOf(site)
			fmt.Fprintf(w, "%s: %s left: --unsafe-fixes would fix it: %s\n", f.where(), f.Code, o.Fix.Message)
		case "safe":
			fmt.Fprintf(w, "%s: %s left: it waits for another fix; run again\n", f.where(), f.Code)
		default:
			fmt.Fprintf(w, "%s: %s left: %s\n", f.where(), f.Code, f.Reason)
			if f.ByHand != "" {
				fmt.Fprintf(w, "  by hand: %s\n", f.ByHand)
			}
		}
	}
	return left
}
