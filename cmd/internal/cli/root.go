package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Run executes one command line and returns the exit code of the process.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	out := &output{Writer: stdout}
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var e *exitError
	if err != nil && !(errors.As(err, &e) && e.err == nil) {
		fmt.Fprintf(stderr, "tfmigrate: %v\n", err)
	}
	if out.err != nil && !errors.Is(err, out.err) {
		fmt.Fprintf(stderr, "tfmigrate: not all could be said: %v\n", out.err)
		return exitFailed
	}
	return codeOf(err)
}

// output is standard output. It remembers what went wrong with it, so that a report that is cut off is never taken for a whole one.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "tfmigrate",
		Short:         "Move TensorFlow 1 model saving and loading to TensorFlow 2, and prove that the model answers the same",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown command %q; see tfmigrate --help", args[0])
			}
			return nil
		},
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Version: release,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w; see %s --help", err, cmd.CommandPath())
	})
	root.Flags().Bool("version", false, "print the version, the commit it was built of, and whether it runs models")
	root.SetVersionTemplate(version())
	root.AddCommand(newLint(), newFix(), newVerify(), newInspect(), newExplain(), newRules(), newLSP(), newRuntime(), newDump(), newMan())
	return root
}

// exactly is cobra.ExactArgs with the usage exit code and the names of what is missing.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return usagef("%s takes %d argument(s), %v, not %d; see %s --help", cmd.Name(), len(names), names, len(args), cmd.CommandPath())
		}
		return nil
	}
}
