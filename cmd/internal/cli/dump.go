package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// newDump is for those who work on tfmigrate itself: it prints what the analyzer believes of a file, inline in the source.
func newDump() *cobra.Command {
	cmd := &cobra.Command{
		Use:    "dump scopes|values|sites FILE",
		Short:  "Print what is known of a Python file, inline in its source",
		Hidden: true,
		Args:   exactly("scopes|values|sites", "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			src, err := os.ReadFile(args[1])
			if err != nil {
				return pathError(args[1], err)
			}
			f, err := projectOf(nil, nil).Parse(cmd.Context(), args[1], src)
			if err != nil {
				return err
			}
			var text string
			switch args[0] {
			case "scopes":
				text = f.DumpScopes()
			case "values":
				text = f.DumpValues(rules.Known)
			case "sites":
				text = dumpSites(f)
			default:
				return usagef("dump %s: scopes, values or sites", args[0])
			}
			_, err = io.WriteString(cmd.OutOrStdout(), text)
			return err
		},
	}
	return cmd
}

// dumpSites lists the findings with the kind of site that each belongs to.
func dumpSites(f *analyzer.File) string {
	_, findings := rules.Check(f, rules.DefaultTarget)
	var b strings.Builder
	for _, x := range findings {
		line, column := f.Position(x.Span.Start)
		site := "no site: " + x.Reason
		if x.Site != nil {
			site = strings.TrimPrefix(fmt.Sprintf("%T", x.Site), "*rules.")
		}
		fmt.Fprintf(&b, "%d:%d %s %s (%s)\n    %s\n", line, column, x.Rule.Code, x.Rule.Name, x.Severity, site)
	}
	return b.String()
}
