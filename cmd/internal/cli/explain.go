package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/rules"
)

func newExplain() *cobra.Command {
	var format string
	var colour colourMode
	cmd := &cobra.Command{
		Use:   "explain CODE|NAME...",
		Short: "Explain rules: what they find, why it matters, an example before and after",
		Long: "Explain rules: what they find, why it matters, an example before and after, and where they are silent.\n" +
			"A rule goes by its code (TFM101) or its name (saved-model-builder); tfmigrate rules lists them.",
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return rules.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"text", "markdown", "json"}, format) {
				return usagef("unknown format %q: text, markdown or json", format)
			}
			if len(args) == 0 {
				return usagef("explain takes the code or the name of a rule; tfmigrate rules lists them")
			}
			pages := []*page{}
			for _, arg := range args {
				r, ok := findRule(arg)
				if !ok {
					return usagef("no rule is called %q%s", arg, didYouMean(arg))
				}
				p, err := newPage(cmd.Context(), r)
				if err != nil {
					return fmt.Errorf("%s: %w", r.Code, err)
				}
				pages = append(pages, p)
			}
			return writePages(cmd.OutOrStdout(), colour, format, pages)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, markdown or json")
	offer(cmd, "format", "text", "markdown", "json")
	colourFlag(cmd, &colour)
	return cmd
}

// findRule finds a rule by its code or its name, upper or lower case.
func findRule(arg string) (*rules.Rule, bool) {
	for _, name := range []string{arg, strings.ToUpper(arg), strings.ToLower(arg)} {
		if r, ok := rules.ByCode(name); ok {
			return r, true
		}
	}
	return nil, false
}

// didYouMean names the rule that a word is most like.
func didYouMean(arg string) string {
	if near := rules.Near(arg, rules.Names()); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; tfmigrate rules lists them"
}

func writePages(w io.Writer, colour colourMode, format string, pages []*page) error {
	if format == "json" {
		return writeJSON(w, pages)
	}
	for i, p := range pages {
		if i > 0 {
			fmt.Fprintln(w)
		}
		text := p.markdown()
		if format == "text" {
			text = p.text(newTerminal(w, colour))
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

// text is the page for a terminal.
func (p *page) text(t terminal) string {
	var b strings.Builder
	paragraph := func(label, text string) {
		for i, line := range t.wrap(text, len(label)+1) {
			if i == 0 {
				line = t.paint(bold, label) + line
			} else {
				line = strings.Repeat(" ", len(label)) + line
			}
			fmt.Fprintln(&b, line)
		}
	}
	code := func(label, code string, line func(string) string) {
		fmt.Fprintf(&b, "\n%s\n\n", t.paint(bold, label))
		for l := range strings.Lines(code) {
			fmt.Fprintln(&b, strings.TrimRight("    "+line(strings.TrimRight(l, "\n")), " "))
		}
	}
	plain := func(s string) string { return s }
	fmt.Fprintln(&b, t.paint(bold, p.Code+" "+p.Name))
	fmt.Fprintln(&b)
	paragraph("", p.What)
	fmt.Fprintln(&b)
	paragraph("", p.Why)
	fmt.Fprintln(&b)
	for _, line := range p.onTargets() {
		paragraph("on ", line)
	}
	code("Before", p.Before, plain)
	fmt.Fprintln(&b)
	for line := range strings.Lines(p.Remedy) {
		paragraph("= ", strings.TrimRight(line, "\n"))
	}
	if p.After != "" {
		code("After", p.After, plain)
		code("Diff", p.Diff, func(s string) string { return t.paint(diffStyle(s), s) })
	}
	if p.Silent != "" {
		code("Silent", p.Silent, plain)
	}
	fmt.Fprintln(&b)
	fmt.Fprintf(&b, "TensorFlow: %s\n", p.Link)
	fmt.Fprintf(&b, "Page:       %s\n", p.Page)
	return b.String()
}

// diffStyle is the colour of a line of a diff.
func diffStyle(line string) string {
	switch {
	case strings.HasPrefix(line, "+"):
		return green
	case strings.HasPrefix(line, "-"):
		return red
	case strings.HasPrefix(line, "@@"):
		return cyan
	}
	return "0"
}
