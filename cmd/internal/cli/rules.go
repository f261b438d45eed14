package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/rules"
)

func newRules() *cobra.Command {
	var format string
	var colour colourMode
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Long: "List the rules: code, name, how much a finding matters, whether it is fixed, and what is found. Severity and fix are those of the rule's own\n" +
			"example; a finding of its own tells what holds for it. tfmigrate explain CODE shows the example.",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains([]string{"text", "markdown", "json"}, format) {
				return usagef("unknown format %q: text, markdown or json", format)
			}
			pages := []*page{}
			for _, r := range rules.All {
				p, err := newPage(cmd.Context(), r)
				if err != nil {
					return fmt.Errorf("%s: %w", r.Code, err)
				}
				pages = append(pages, p)
			}
			out := cmd.OutOrStdout()
			switch format {
			case "json":
				return writeJSON(out, pages)
			case "markdown":
				writeRulesMarkdown(out, pages)
			default:
				writeRulesText(out, newTerminal(out, colour), pages)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, markdown or json")
	offer(cmd, "format", "text", "markdown", "json")
	colourFlag(cmd, &colour)
	return cmd
}

func writeRulesText(w io.Writer, t terminal, pages []*page) {
	rows := [][]string{{"code", "name", "severity", "fix"}}
	for _, p := range pages {
		rows = append(rows, []string{p.Code, p.Name, p.Severity, p.fixability()})
	}
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len(cell))
		}
	}
	margin := 2 * len(width)
	for _, n := range width {
		margin += n
	}
	for i, row := range rows {
		line, what := "", "what is found"
		for j, cell := range row {
			line += fmt.Sprintf("%-*s  ", width[j], cell)
		}
		if i == 0 {
			fmt.Fprintln(w, t.paint(faint, line+what))
			continue
		}
		for _, part := range t.wrap(pages[i-1].What, margin) {
			fmt.Fprintln(w, line+part)
			line = strings.Repeat(" ", margin)
		}
	}
}

// writeRulesMarkdown is the index of docs/rules.
func writeRulesMarkdown(w io.Writer, pages []*page) {
	fmt.Fprint(w, "# Rules\n\nSeverity and fix are those of the example on the rule's page, with the default `--target-version` unless the page says another; each finding\n"+
		"tells what holds for it.\n\n| Rule | Severity | Fix | What is found |\n|---|---|---|---|\n")
	for _, p := range pages {
		fmt.Fprintf(w, "| [%s %s](%s-%s.md) | %s | %s | %s |\n", p.Code, p.Name, p.Code, p.Name, p.Severity, p.fixability(), strings.ReplaceAll(p.What, "|", `\|`))
	}
	fmt.Fprint(w, "\nThese pages are made by `make rule-docs` of the rules themselves; `tfmigrate explain CODE` shows one on a terminal.\n")
}
