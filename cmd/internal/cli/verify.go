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

func newVerify() *cobra.Command {
	var (
		opt        verify.Options
		format     string
		tensorflow string
		oldRuntime string
		newRuntime string
		tagSet     string
		inputs     []string
		example    string
	)
	cmd := &cobra.Command{
		Use:   "verify OLD NEW",
		Short: "Tell whether two SavedModels answer the same",
		Long: `Compare two SavedModels: what their signatures declare, and what they answer.

OLD and NEW are directories that hold a saved_model.pb or saved_model.pbtxt. The verdict is one of

  PROVED     the graphs, constants, variables and assets are the same: equal for every input
  TESTED     the same on every input that was tried (how many and which seed is said)
  DIFFERENT  a client could notice, with the input that shows it
  UNKNOWN    it could not be told, with the reason

and the exit code 0 for the same, 1 for different, 4 for unknown, 2 for a wrong command line, 3 when a model cannot be read.
Models run in a process of their own, by the TensorFlow that you have installed.`,
		Args: exactly("OLD", "NEW"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"text", "json", "junit"}, format) {
				return usagef("--format %s: text, json or junit", format)
			}
			if opt.Tolerance.Abs < 0 || opt.Tolerance.Rel < 0 {
				return usagef("--atol and --rtol cannot be negative")
			}
			if !cmd.Flags().Changed("seed") {
				opt.Seed = uint64(rand.Uint32())
			}
			opt.TagSet = tagFlag(cmd, tagSet)
			old, err := verify.Read(args[0])
			if err != nil {
				return err
			}
			new, err := verify.Read(args[1])
			if err != nil {
				return err
			}
			for _, file := range inputs {
				requests, err := verify.ReadRequests(file)
				if err != nil {
					return err
				}
				opt.Requests = append(opt.Requests, requests...)
			}
			child, err := childCommand()
			if err != nil {
				return err
			}
			opt.Runtime = tfrt.Open(cmd.Context(), child, cmp.Or(oldRuntime, tensorflow), args...)
			if oldRuntime != newRuntime {
				opt.NewRuntime = tfrt.Open(cmd.Context(), child, cmp.Or(newRuntime, tensorflow), args...)
			}
			report, err := verify.Compare(cmd.Context(), old, new, opt)
			if errors.Is(err, context.Canceled) {
				return errors.New("interrupted")
			}
			if err != nil {
				return lacking(err)
			}
			written, err := writeCounterexamples(example, report)
			if err != nil {
				return err
			}
			switch format {
			case "json":
				err = writeJSON(cmd.OutOrStdout(), report)
			case "junit":
				err = writeJUnit(cmd.OutOrStdout(), report)
			default:
				err = writeReport(cmd.OutOrStdout(), report, again(cmd, args, written, opt.Seed))
			}
			if err != nil {
				return err
			}
			return exitWith(verdictCode(report.Verdict))
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "text", "text, json or junit")
	f.Uint64Var(&opt.Seed, "seed", 0, "seed of the random inputs (default: a new one, which the report names)")
	f.IntVar(&opt.Samples, "samples", 100, "inputs to try for each signature, at least")
	f.Float64Var(&opt.Tolerance.Abs, "atol", 0, "allow outputs to differ by this much (default: bits must be equal)")
	f.Float64Var(&opt.Tolerance.Rel, "rtol", 0, "allow outputs to differ by this part of the old value")
	f.StringArrayVar(&inputs, "inputs", nil, "file of requests to try first: JSON, an .npz, or a TFRecord of tf.Examples")
	f.Uint64Var(&opt.Tolerance.ULP, "ulp", 0, "allow outputs to differ by this many units in the last place")
	f.StringVar(&example, "counterexample", "", "write the inputs that show a difference to this file, for --inputs")
	f.StringVar(&tagSet, "tag-set", "", "compare only the meta graph with these tags, separated by commas")
	f.StringVar(&opt.Signature, "signature", "", "compare only this signature")
	f.StringVar(&tensorflow, "tensorflow", "", "directory of the TensorFlow to run models with (a virtual environment, or the package itself)")
	f.StringVar(&oldRuntime, "old-tensorflow", "", "directory of the TensorFlow for the old model, where it is another one")
	f.StringVar(&newRuntime, "new-tensorflow", "", "and for the new model")
	f.StringSliceVar(&opt.AllowOps, "allow-ops", nil, "run models that use these ops, though they may do more than compute")
	f.DurationVar(&opt.Timeout, "timeout", 30*time.Second, "longest time that one input may take")
	f.DurationVar(&opt.Budget, "budget", time.Minute, "longest time that the inputs of one signature may take together")
	return cmd
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

// writeReport is the summary for people: a line for each signature, what shows a difference and how to see it again, and the verdict last.
func writeReport(w io.Writer, r *verify.Report, again string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "old  %s\nnew  %s\n", r.Old, r.New)
	if r.Runtime != "" {
		fmt.Fprintf(&b, "run  %s\n", r.Runtime)
	}
	b.WriteByte('\n')
	width := 0
	for _, s := range r.Signatures {
		width = max(width, len(signatureName(r, s)))
	}
	for _, s := range r.Signatures {
		fmt.Fprintf(&b, "  %-*s  %-9s  %s\n", width, signatureName(r, s), s.Verdict, s.Detail)
		if c := s.Counterexample; c != nil {
			fmt.Fprintf(&b, "      on this input (%s):\n", c.Note)
			names := make([]string, 0, len(c.Inputs))
			for name := range c.Inputs {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				fmt.Fprintf(&b, "        %s = %s\n", name, c.Inputs[name])
			}
			what := "the model"
			if c.Output != "" {
				what = c.Output
			}
			fmt.Fprintf(&b, "      old %s: %s\n      new %s: %s\n", what, c.Old, what, c.New)
			fmt.Fprintf(&b, "      again: %s\n", again)
		}
		if s.NoProof != "" && s.Verdict == verify.Tested {
			fmt.Fprintf(&b, "      not proved: %s\n", s.NoProof)
		}
		if s.Errors != nil {
			fmt.Fprintf(&b, "      errors: %v\n", s.Errors)
		}
		for _, n := range s.Notes {
			fmt.Fprintf(&b, "      note: %s\n", n)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	if len(r.Signatures)+len(r.Notes) > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s: %s\n", r.Verdict, r.Detail)
	_, err := io.WriteString(w, b.String())
	return err
}

// signatureName is the key, with the tag set where there are several.
func signatureName(r *verify.Report, s verify.SignatureReport) string {
	for _, other := range r.Signatures {
		if !slices.Equal(other.TagSet, s.TagSet) || s.Key == "" {
			return "[" + strings.Join(s.TagSet, ",") + "] " + s.Key
		}
	}
	return s.Key
}
