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

func newFix() *cobra.Command {
	var diff bool
	var opt options
	cmd := &cobra.Command{
		Use:   "fix [PATH]...",
		Short: "Rewrite TensorFlow 1 code that saves or loads models to TensorFlow 2",
		Long: "Rewrite TensorFlow 1 code that saves or loads models to TensorFlow 2, in place. What can't be rewritten soundly stays as it is, with the reason.\n" +
			"With - the program is read from standard input and goes to standard output, rewritten or as it was. What is passed over, and what configures\n" +
			"the run, is as for lint; a site that no rule that is asked for finds stays as it is.\n\n" +
			"Exit code 0: nothing is left; 1: findings are left, or, with --diff, there is something to change; 2: usage; 3: a file could not be read, rewritten or written.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			src, err := findSources(cmd, args, &opt)
			if err != nil {
				return err
			}
			if src.seen[stdinPath] && len(args) > 1 {
				return usagef("- writes to standard output and can't be fixed together with files")
			}
			return fix(cmd, src, &opt, diff)
		},
	}
	cmd.Flags().BoolVar(&diff, "diff", false, "show what would change, as a patch, and change nothing")
	opt.flags(cmd)
	cmd.Flags().BoolVar(&opt.unsafe, "unsafe-fixes", false, "also apply fixes that are right only under an assumption they state")
	return cmd
}

// fixed is what came of planning the fixes of one file.
type fixed struct {
	d   *rewrite.Document // beside an error only where its bytes could be read
	res *rewrite.Result
	err error

	written []fixed // what cells of a notebook write to other files, which is only looked at
}

func fix(cmd *cobra.Command, src *sources, opt *options, diff bool) error {
	// Where standard output is a patch or a program, it is nothing else.
	out, report := cmd.OutOrStdout(), cmd.OutOrStdout()
	if diff || src.seen[stdinPath] {
		report = cmd.ErrOrStderr()
	}
	// All is planned before anything is written: no plan depends on what another file has become.
	plans := make([]fixed, len(src.files))
	shown := startProgress(cmd.ErrOrStderr(), len(src.files))
	taken := inOrder(cmd.Context(), opt.jobs, len(src.files), func(i int) fixed {
		defer shown.step()
		return planFile(cmd.Context(), src, src.files[i])
	}, func(i int, f fixed) { plans[i] = f })
	shown.end()
	if taken < len(src.files) {
		return fmt.Errorf("%s: %w; nothing was written", src.name(src.files[taken].path), cmd.Context().Err())
	}
	problems := src.problems
	left, changed, commented, foreign := 0, 0, 0, 0
	for i, s := range src.files {
		d, res, err, written := plans[i].d, plans[i].res, plans[i].err, plans[i].written
		plans[i] = fixed{}
		if cmd.Context().Err() != nil {
			return fmt.Errorf("%s: %w; it and what follows were not written", src.name(s.path), cmd.Context().Err())
		}
		if err != nil {
			problems = append(problems, err)
			if s.path == stdinPath && d != nil && !diff { // a filter that fails must not lose what went in
				if _, err := out.Write(d.Raw); err != nil {
					return err
				}
			}
			continue
		}
		commented += res.Facts.Ignored
		if err := syntaxProblem(d, res); err != nil {
			problems = append(problems, err)
		}
		if !bytes.Equal(res.Raw, d.Raw) {
			changed++
		}
		if err := deliver(out, src, s.path, d, res, diff); err != nil {
			problems = append(problems, err)
			continue
		}
		left += reportFix(report, d, res)
		for _, w := range written {
			if w.err == nil {
				w.err = syntaxProblem(w.d, w.res)
			}
			if w.err != nil {
				problems = append(problems, w.err)
			}
			if w.res != nil {
				left += reportFix(report, w.d, w.res)
			}
		}
		if d.Notebook != nil {
			foreign += d.Notebook.Foreign()
		}
	}
	reportProblems(cmd.ErrOrStderr(), problems)
	reportFlow(cmd.ErrOrStderr(), src, opt, commented, foreign)
	switch {
	case len(problems) > 0:
		return exitWith(exitFailed)
	case left > 0 || diff && changed > 0:
		return exitWith(exitFindings)
	}
	return nil
}

// planFile reads a file and plans its fixes.
func planFile(ctx context.Context, src *sources, s source) fixed {
	raw, err := src.bytes(s.path)
	if err != nil {
		return fixed{err: err}
	}
	d, err := rewrite.ReadDocument(src.name(s.path), raw)
	if err != nil {
		return fixed{d: &rewrite.Document{Raw: raw}, err: err}
	}
	res, err := rewrite.Converge(ctx, d, s.under.Target, rewrite.Options{Unsafe: s.under.Unsafe, Model: modelsFor(d.Path), Wants: s.wants(), Project: src.project})
	if err != nil {
		return fixed{d: d, err: err}
	}
	f := fixed{d: d, res: res}
	for _, w := range d.Written() {
		res, err := rewrite.Converge(ctx, w, s.under.Target, rewrite.Options{Wants: s.wants(), Project: src.project})
		f.written = append(f.written, fixed{d: w, res: res, err: err})
	}
	return f
}

// deliver puts a result where it belongs.
func deliver(out io.Writer, src *sources, path string, d *rewrite.Document, res *rewrite.Result, diff bool) error {
	switch {
	case diff:
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
		for _, site := range f.Covers {
			applied[site] = true
		}
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
	for _, s := range res.Stale {
		left++
		where := fmt.Sprintf("%s:%d", visible(d.Path), s.Line)
		if s.Cell >= 0 {
			where = fmt.Sprintf("%s:cell %d:%d", visible(d.Path), s.Cell, s.Line)
		}
		fmt.Fprintf(w, "%s: %s left: in the rewritten file %s; %s\n", where, s.Finding.Rule.Code, s.Finding.Message, s.Finding.Reason)
	}
	return left
}
