package cli

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/verify/tfrt"
)

// runtimeCommand is the hidden command by which this program starts itself to run one model (see package tfrt). A test binary whose
// tests verify models has to answer to it as well: TestMain calls Run when its first argument is this.
const runtimeCommand = "runtime"

func newRuntime() *cobra.Command {
	return &cobra.Command{
		Use:    runtimeCommand + " DIR",
		Short:  "Run one model for another tfmigrate, over file descriptors 3 and 4",
		Hidden: true,
		Args:   exactly("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			requests, answers := os.NewFile(3, "requests"), os.NewFile(4, "answers")
			if requests == nil || answers == nil {
				return usagef("%s is started by tfmigrate itself", runtimeCommand)
			}
			return tfrt.Serve(args[0], requests, answers)
		},
	}
}

// childCommand starts this program as a child that runs a model.
func childCommand() ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return []string{self, runtimeCommand}, nil
}
