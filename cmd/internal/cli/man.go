package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

// newMan is for those who make packages of tfmigrate; its users find the pages installed.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages into a directory",
		Hidden: true,
		Args:   exactly("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			root.DisableAutoGenTag = true // the date of the day would make every build another
			// The pages go through Markdown, where four spaces keep lines as they are, and underscores may be emphasis.
			for _, c := range root.Commands() {
				c.Long = strings.ReplaceAll(c.Long, "\n  ", "\n    ")
				c.Flags().VisitAll(func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "_", `\_`) })
			}
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return fmt.Errorf("manual pages: %w", err)
			}
			header := &doc.GenManHeader{Section: "1", Source: "tfmigrate " + release, Manual: "User Commands", Date: builtOf()}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return fmt.Errorf("manual pages: %w", err)
			}
			return nil
		},
	}
}

// builtOf is when the source was committed, nil where that is not known: today is the date then.
func builtOf() *time.Time {
	for _, s := range buildInfo().Settings {
		if at, err := time.Parse(time.RFC3339, s.Value); err == nil && s.Key == "vcs.time" {
			return &at
		}
	}
	return nil
}
