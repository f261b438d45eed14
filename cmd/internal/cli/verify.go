package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/verify"
	"github.com/tfmigrate/tfmigrate/verify/tfrt"
)

// verifying is a command line of verify.
type verifying struct {
	opt        verify.Options
	all        bool
	format     string
	html       string
	tensorflow string
	oldRuntime string
	newRuntime string
	tagSet     string
	loadsOn    string
	colour     colourMode
	inputs     []string
	example    string
}

func newVerify() *cobra.Command {
	var v verifying
	cmd := &cobra.Command{
		Use:   "verify OLD NEW",
		Short: "Tell whether two SavedModels answer the same",
		Long: `Compare two SavedModels: what their signatures declare, and what they answer.

OLD and NEW are directories that hold a saved_model.pb or saved_model.pbtxt; with --all they are directories below which models
are found and paired by name and version. The verdict is one of

  PROVED     the graphs, constants, variables and assets are the same: equal for every input
  TESTED     the same on every input that was tried (how many and which seed is said)
  DIFFERENT  a client could notice, with the input that shows it
  UNKNOWN    it could not be told, with the reason

and the exit code 0 for the same, 1 for different, 4 for unknown, 2 for a wrong command line, 3 when a model cannot be read.
Models run in a process of their own, by the TensorFlow that you have installed.

With --loads-on DIR nothing is compared: every model that is named is loaded on the TensorFlow in DIR, and the exit code is 0 if
all load, 1 if one does not, and 4 if it could not be told.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("loads-on") {
				if len(args) == 0 {
					return usagef("verify --loads-on DIR takes the models to load; see %s --help", cmd.CommandPath())
				}
				return nil
			}
			return exactly("OLD", "NEW")(cmd, args)
		},
		ValidArgsFunction: directories,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("loads-on") {
				return v.runLoads(cmd, args)
			}
			if err := v.prepare(cmd, args); err != nil {
				return err
			}
			if v.all {
				return v.runAll(cmd, args)
			}
			return v.run(cmd, args)
		},
	}
	f := cmd.Flags()
	colourFlag(cmd, &v.colour)
	f.BoolVar(&v.all, "all", false, "compare all models below OLD and NEW, paired by name and version")
	f.StringVar(&v.format, "format", "text", "text, json, junit or html")
	f.StringVar(&v.html, "html", "", "write the report as one HTML page to this file, too")
	f.Uint64Var(&v.opt.Seed, "seed", 0, "seed of the random inputs (default: a new one, which the report names)")
	f.IntVar(&v.opt.Samples, "samples", 100, "inputs to try for each signature, at least")
	f.Float64Var(&v.opt.Tolerance.Abs, "atol", 0, "allow outputs to differ by this much (default: bits must be equal)")
	f.Float64Var(&v.opt.Tolerance.Rel, "rtol", 0, "allow outputs to differ by this part of the old value")
	f.StringArrayVar(&v.inputs, "inputs", nil, "file of requests to try first: JSON, an .npz, or a TFRecord of tf.Examples")
	f.Uint64Var(&v.opt.Tolerance.ULP, "ulp", 0, "allow outputs to differ by this many units in the last place")
	f.StringVar(&v.example, "counterexample", "", "write the inputs that show a difference to this file, for --inputs")
	f.StringVar(&v.tagSet, "tag-set", "", "compare only the meta graph with these tags, separated by commas")
	f.StringVar(&v.opt.Signature, "signature", "", "compare only this signature")
	f.StringVar(&v.tensorflow, "tensorflow", "", "directory of the TensorFlow to run models with (a virtual environment, or the package itself)")
	f.StringVar(&v.oldRuntime, "old-tensorflow", "", "directory of the TensorFlow for the old model, where it is another one")
	f.StringVar(&v.newRuntime, "new-tensorflow", "", "and for the new model")
	f.StringVar(&v.loadsOn, "loads-on", "", "tell whether the models that are named load on the TensorFlow in this directory")
	f.StringSliceVar(&v.opt.AllowOps, "allow-ops", nil, "run models that use these ops, though they may do more than compute")
	f.DurationVar(&v.opt.Timeout, "timeout", 30*time.Second, "longest time that one input may take")
	f.DurationVar(&v.opt.Budget, "budget", time.Minute, "longest time that the inputs of one signature may take together")
	offer(cmd, "format", "text", "json", "junit", "html")
	offerDirectories(cmd, "tensorflow", "old-tensorflow", "new-tensorflow", "loads-on")
	return cmd
}

// prepare checks the flags and makes the options of them.
func (v *verifying) prepare(cmd *cobra.Command, args []string) error {
	if !slices.Contains([]string{"text", "json", "junit", "html"}, v.format) {
		return usagef("--format %s: text, json, junit or html", v.format)
	}
	if v.opt.Tolerance.Abs < 0 || v.opt.Tolerance.Rel < 0 {
		return usagef("--atol and --rtol cannot be negative")
	}
	for _, name := range []string{"inputs", "counterexample", "tag-set", "signature"} {
		if v.all && cmd.Flags().Changed(name) {
			return usagef("--%s is about two models, and --all compares many", name)
		}
	}
	if !cmd.Flags().Changed("seed") {
		v.opt.Seed = uint64(rand.Uint32())
	}
	v.opt.TagSet = tagFlag(cmd, v.tagSet)
	for _, file := range v.inputs {
		requests, err := verify.ReadRequests(file)
		if err != nil {
			return err
		}
		v.opt.Requests = append(v.opt.Requests, requests...)
	}
	child, err := childCommand()
	if err != nil {
		return err
	}
	v.opt.Runtime = tfrt.Open(cmd.Context(), child, cmp.Or(v.oldRuntime, v.tensorflow), args...)
	if v.oldRuntime != v.newRuntime {
		v.opt.NewRuntime = tfrt.Open(cmd.Context(), child, cmp.Or(v.newRuntime, v.tensorflow), args...)
	}
	return nil
}

// run compares two models.
func (v *verifying) run(cmd *cobra.Command, args []string) error {
	old, err := verify.Read(args[0])
	if err != nil {
		return err
	}
	new, err := verify.Read(args[1])
	if err != nil {
		return err
	}
	report, err := verify.Compare(cmd.Context(), old, new, v.opt)
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	if err != nil {
		return lacking(err)
	}
	written, err := writeCounterexamples(v.example, report)
	if err != nil {
		return err
	}
	command := again(cmd, args, written, v.opt.Seed)
	page := func(w io.Writer) error { return writeHTML(w, pageOf(report, command)) }
	out := cmd.OutOrStdout()
	switch v.format {
	case "json":
		err = writeJSON(out, report)
	case "junit":
		err = writeJUnit(out, report)
	case "html":
		err = page(out)
	default:
		err = writeReport(out, newTerminal(out, v.colour), report, command)
	}
	if err == nil {
		err = writePage(v.html, page)
	}
	if err != nil {
		return err
	}
	return exitWith(verdictCode(report.Verdict))
}

// runAll compares all models below two directories.
func (v *verifying) runAll(cmd *cobra.Command, args []string) error {
	errs := cmd.ErrOrStderr()
	live := newTerminal(errs, colourAuto).width > 0
	report, err := verify.CompareAll(cmd.Context(), args[0], args[1], v.opt, func(p verify.Pair, i, n int) {
		if live {
			fmt.Fprintf(errs, "\r\x1b[K%d of %d: %s", i+1, n, visible(p.Name))
		}
	})
	if live {
		fmt.Fprint(errs, "\r\x1b[K")
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	if err != nil {
		return err
	}
	command := func(m verify.ModelReport) string { return again(cmd, []string{m.Old, m.New}, "", v.opt.Seed) }
	page := func(w io.Writer) error { return writeHTML(w, pageOfAll(report, command)) }
	out := cmd.OutOrStdout()
	switch v.format {
	case "json":
		err = writeJSON(out, report)
	case "junit":
		err = writeAllJUnit(out, report)
	case "html":
		err = page(out)
	default:
		err = writeAll(out, newTerminal(out, v.colour), report, command)
	}
	if err == nil {
		err = writePage(v.html, page)
	}
	if err != nil {
		return err
	}
	code := verdictCode(report.Verdict)
	if code == exitUnknown && report.Failed() {
		code = exitFailed
	}
	return exitWith(code)
}

// tagFlag splits a tag set; nil where the flag was not given, for the empty tag set is one too.
func tagFlag(cmd *cobra.Command, value string) []string {
	if !cmd.Flags().Changed("tag-set") {
		return nil
	}
	return slices.DeleteFunc(strings.Split(value, ","), func(s string) bool { return s == "" })
}

// lacking gives the usage exit code to a tag set or signature that a model does not have.
func lacking(err error) error {
	var e *verify.MissingError
	if errors.As(err, &e) {
		return usagef("%w", err)
	}
	return err
}

// verdictCode is the exit code of a verdict.
func verdictCode(v verify.Verdict) int {
	switch {
	case v.Same():
		return exitOK
	case v == verify.Different:
		return exitFindings
	}
	return exitUnknown
}
