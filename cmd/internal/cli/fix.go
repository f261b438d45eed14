package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/verify"
)

// fixing is what the flags of fix say besides those that it shares with lint.
type fixing struct {
	options
	diff, check, allowDirty bool
	onlySaving, predictOnly bool
	savedModel, prove       string
	helperModule            string
	helpers                 *helperModule // nil without one
	colour                  colourMode
}

func newFix() *cobra.Command {
	var opt fixing
	cmd := &cobra.Command{
		Use:   "fix [PATH]...",
		Short: "Rewrite TensorFlow 1 code that saves or loads models to TensorFlow 2",
		Long: "Rewrite TensorFlow 1 code that saves or loads models to TensorFlow 2, in place. What can't be rewritten soundly stays as it is, with the reason.\n" +
			"In the files that run together with a fixed one, the names that TensorFlow 2 lacks are moved too; the rest of the project stays as it is.\n" +
			"With - the program is read from standard input and goes to standard output, rewritten or as it was. What is passed over, and what configures\n" +
			"the run, is as for lint; a site that no rule that is asked for finds stays as it is.\n\n" +
			"A file that git knows, and that has changes which are not committed, is not written, and then nothing is, unless --allow-dirty says so.\n\n" +
			"With --prove CMD the command is run twice, in copies of the git work tree or the current directory: with the files as they are and as the fixes leave them.\n" +
			"Every SavedModel that it writes below that directory is compared as by verify, and the files are written if all of them are the same. Where one is DIFFERENT,\n" +
			"or it is UNKNOWN whether they are the same, nothing is written, and a file that the command does not run is not written either.\n\n" +
			"Exit code 0: nothing is left; 1: findings are left, or, with --diff, there is something to change; 2: usage; 3: a file could not be read, rewritten or written.\n" +
			"With --check it is 1 if there is something to change, and 0 if there is not, whatever is left. With --prove it is 1 for DIFFERENT, and 4 for UNKNOWN.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := opt.verify(cmd, args); err != nil {
				return err
			}
			src, err := findSources(cmd, args, &opt.options)
			if err != nil {
				return err
			}
			if src.seen[stdinPath] && len(args) > 1 {
				return usagef("- writes to standard output and can't be fixed together with files")
			}
			if src.seen[stdinPath] && opt.helpers != nil {
				return usagef("--helper-module: what is read from standard input is no file that could import it")
			}
			return fix(cmd, src, &opt)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&opt.diff, "diff", false, "show what would change, as a patch, and change nothing")
	f.BoolVar(&opt.check, "check", false, "only say what would change, by the exit code as well, and change nothing")
	colourFlag(cmd, &opt.colour)
	opt.flags(cmd)
	f.BoolVar(&opt.unsafe, "unsafe-fixes", false, "also apply fixes that are right only under an assumption they state")
	f.BoolVar(&opt.onlySaving, "only-saving", false, "rewrite the code that saves or loads models, and leave other names that TensorFlow 2 lacks as they are")
	f.BoolVar(&opt.predictOnly, "predict-only", false, "give every signature the method name that tf.saved_model.save writes, though it was made for classify or regress requests")
	f.StringVar(&opt.savedModel, "saved-model", "", "the SavedModel, in `DIR`, that programs load where it can't be found by their own path, to look tensors up in")
	f.StringVar(&opt.helperModule, "helper-module", "", "write the helper functions that fixed code calls into the module `FILE`, and import them, where they would stand in each file")
	f.BoolVar(&opt.allowDirty, "allow-dirty", false, "write files although git has changes in them that are not committed")
	f.StringVar(&opt.prove, "prove", "", "run `CMD` in copies of the project before and after the fixes, verify what it exports, and write nothing that is not shown to be the same")
	offerDirectories(cmd, "saved-model")
	return cmd
}

// verify holds what the flags say against each other. The error is one of usage.
func (opt *fixing) verify(cmd *cobra.Command, args []string) error {
	if cmd.Flags().Changed("saved-model") {
		if _, err := verify.Read(opt.savedModel); err != nil {
			return usagef("--saved-model: %w", err)
		}
	}
	if cmd.Flags().Changed("helper-module") {
		var err error
		if opt.helpers, err = findHelperModule(opt.helperModule); err != nil {
			return err
		}
	}
	switch proves := cmd.Flags().Changed("prove"); {
	case proves && opt.prove == "":
		return usagef("--prove needs a command")
	case proves && !opt.writes():
		return usagef("--prove is for changes that are made, and --diff and --check make none")
	case proves && slices.Contains(args, stdinPath):
		return usagef("--prove is for files, and not for standard input")
	}
	return nil
}

// writes tells whether files are written.
func (opt *fixing) writes() bool { return !opt.diff && !opt.check }

// rewriting are the options for the fixes of one file.
func (opt *fixing) rewriting(src *sources, s source) rewrite.Options {
	return rewrite.Options{Unsafe: s.under.Unsafe, Model: modelsFor(src.name(s.path), opt.savedModel), Wants: s.wants(), Project: src.project,
		OnlySaving: opt.onlySaving, PredictOnly: opt.predictOnly, Helpers: opt.helpers.importedBy(s.path)}
}

// fixed is what came of planning the fixes of one file. d and res are nil where there is nothing in the file to speak of.
type fixed struct {
	d   *rewrite.Document // beside an error only where its bytes could be read
	res *rewrite.Result
	err error

	moved     bool    // a fix was made in it, now or by an earlier run
	keepsV1   bool    // and it turns TensorFlow 1's behaviour on for the whole program
	problem   error   // why it was looked at only in part
	commented int     // findings that comments ignore
	foreign   int     // cells of a notebook in another language
	written   []fixed // what cells of a notebook write to other files, which is only looked at
	support   *support
	held      string // why what would change is not written
}

// raw is what the file becomes.
func (f *fixed) raw() []byte {
	if f.support != nil && f.support.Raw != nil {
		return f.support.Raw
	}
	return f.res.Raw
}

// changes tells whether there is something to write.
func (f *fixed) changes() bool {
	return f.err == nil && f.held == "" && f.d != nil && !bytes.Equal(f.raw(), f.d.Raw)
}

func fix(cmd *cobra.Command, src *sources, opt *fixing) error {
	// Where standard output is a patch or a program, it is nothing else.
	out, report := cmd.OutOrStdout(), cmd.OutOrStdout()
	if opt.diff || src.seen[stdinPath] {
		report = cmd.ErrOrStderr()
	}
	plans, sieve, err := planAll(cmd, src, opt)
	if err != nil {
		return err
	}
	outside, err := supportFixed(cmd.Context(), src, plans, sieve, opt)
	if err != nil {
		return err
	}
	if opt.writes() && !opt.allowDirty {
		if err := refuseDirty(cmd.Context(), src, plans); err != nil {
			return err
		}
	}
	verdict, err := proveAll(cmd, report, src, plans, opt)
	if err != nil {
		return err
	}
	problems := src.problems
	said := fixReport{w: report, t: newTerminal(report, opt.colour), would: !opt.writes()}
	shown := newTerminal(out, opt.colour)
	done := &written{}
	if opt.writes() {
		if done, err = writeFixed(cmd.Context(), cmd.ErrOrStderr(), src, plans, opt); err != nil {
			return err
		}
		problems = append(problems, done.problems...)
	}
	if opt.helpers != nil {
		if err := deliverHelpers(out, shown, plans, opt, done, &said); err != nil {
			return err
		}
	}
	commented, foreign := 0, 0
	for i, s := range src.files {
		f := plans[i]
		plans[i] = fixed{}
		if cmd.Context().Err() != nil && !opt.writes() { // what is written is said
			return fmt.Errorf("%s: %w", src.name(s.path), cmd.Context().Err())
		}
		if f.err != nil {
			problems = append(problems, f.err)
			if s.path == stdinPath && f.d != nil && opt.writes() { // a filter that fails must not lose what went in
				if _, err := out.Write(f.d.Raw); err != nil {
					return err
				}
			}
			continue
		}
		commented += f.commented
		foreign += f.foreign
		if f.problem != nil {
			problems = append(problems, f.problem)
		}
		if f.d == nil {
			continue
		}
		if f.changes() {
			said.changed++
		}
		err := done.errs[i]
		if err == nil {
			err = deliver(out, shown, src, s.path, &f, opt)
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		said.file(&f)
		for _, w := range f.written {
			if w.err == nil {
				w.err = w.problem
			}
			if w.err != nil {
				problems = append(problems, w.err)
			}
			if w.res != nil {
				said.file(&w)
			}
		}
	}
	said.outside(outside)
	said.summary()
	reportProblems(cmd.ErrOrStderr(), problems)
	reportFlow(cmd.ErrOrStderr(), src, &opt.options, commented, foreign)
	switch {
	case len(problems) > 0:
		return exitWith(exitFailed)
	case verdict != exitOK:
		return exitWith(verdict)
	case opt.check && said.changed > 0, !opt.check && said.left > 0, opt.diff && said.changed > 0:
		return exitWith(exitFindings)
	}
	return nil
}

// deliverHelpers shows what becomes of the module of helpers.
func deliverHelpers(out io.Writer, t terminal, plans []fixed, opt *fixing, done *written, said *fixReport) error {
	if opt.writes() && !done.helpers {
		return nil
	}
	var err error
	if !opt.writes() {
		before, after, wrong := opt.helpers.text(plans)
		if wrong != nil || bytes.Equal(before, after) {
			return wrong
		}
		if opt.diff {
			_, err = io.WriteString(out, t.paintDiff(rewrite.UnifiedDiff(patchName(opt.helpers.path), before, after)))
		}
	}
	if err == nil {
		said.changed++
		said.say(visible(opt.helpers.path), "", green, said.done("written"), "the helpers that fixed files import")
	}
	return err
}

// planAll plans the fixes of all files in which there may be something to fix. That is done before anything is written: no plan depends on what another
// file has become.
func planAll(cmd *cobra.Command, src *sources, opt *fixing) ([]fixed, *analyzer.Sieve, error) {
	plans := make([]fixed, len(src.files))
	shown := startProgress(cmd.ErrOrStderr(), len(src.files))
	sieve, err := src.sift(cmd.Context(), opt.jobs, func(i int) *analyzer.File {
		defer shown.step()
		f := planFile(cmd.Context(), src, src.files[i], opt)
		plans[i] = f
		if f.res == nil {
			return nil
		}
		if f.idle() && src.files[i].path != stdinPath {
			plans[i].d, plans[i].res, plans[i].written = nil, nil, nil
		}
		return f.res.File
	})
	shown.end()
	if err != nil {
		return nil, nil, fmt.Errorf("%w; nothing was written", err)
	}
	return plans, sieve, nil
}

// planFile reads a file and plans its fixes.
func planFile(ctx context.Context, src *sources, s source, opt *fixing) fixed {
	raw, err := src.bytes(s.path)
	if err != nil {
		return fixed{err: err}
	}
	d, err := rewrite.ReadDocument(src.name(s.path), raw)
	if err != nil {
		return fixed{d: &rewrite.Document{Raw: raw}, err: err}
	}
	f := planDocument(ctx, d, s, opt.rewriting(src, s))
	for _, w := range d.Written() {
		f.written = append(f.written, planDocument(ctx, w, s, rewrite.Options{Wants: s.wants(), Project: src.project}))
	}
	return f
}

func planDocument(ctx context.Context, d *rewrite.Document, s source, opt rewrite.Options) fixed {
	res, err := rewrite.Converge(ctx, d, s.under.Target, opt)
	if err != nil {
		return fixed{d: d, err: err}
	}
	f := fixed{d: d, res: res, problem: syntaxProblem(d, res), commented: res.Facts.Ignored, moved: res.Moved()}
	f.keepsV1 = f.moved && res.KeepsV1()
	if d.Notebook != nil {
		f.foreign = d.Notebook.Foreign()
	}
	return f
}

// idle tells whether there is nothing in the file to speak of.
func (f *fixed) idle() bool {
	return f.err == nil && !f.moved && len(f.res.Findings) == 0 && len(f.res.Stale) == 0 && !slices.ContainsFunc(f.written, func(w fixed) bool { return w.err != nil || w.problem != nil || !w.idle() })
}

// deliver puts a result where it belongs that is no file.
func deliver(out io.Writer, t terminal, src *sources, path string, f *fixed, opt *fixing) error {
	switch {
	case opt.diff:
		name := patchName(path)
		if path == stdinPath {
			name = src.name(path)
		}
		_, err := io.WriteString(out, t.paintDiff(rewrite.UnifiedDiff(name, f.d.Raw, f.raw())))
		return err
	case opt.check:
		return nil
	case path == stdinPath:
		_, err := out.Write(f.raw())
		return err
	}
	return nil
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
