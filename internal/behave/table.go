package behave

import (
	"fmt"
	"strings"
)

// The README holds the table of the guide's examples between these two lines.
const (
	TableStart = "<!-- guide table: make guide-table prints it -->\n"
	TableEnd   = "<!-- end of guide table -->\n"
)

// Table is the Markdown table of outcomes that README.md shows, one line for each example of TensorFlow's guide.
func Table(outcomes []*Outcome, version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| Example of the guide | Sites found | Left after `fix` | Runs on %s | Prints | `verify` |\n", version)
	b.WriteString("|---|---|---|---|---|---|\n")
	for _, o := range outcomes {
		if o.Program.Guide == "" {
			continue
		}
		prints, runs := "other values", "yes"
		if o.Old.Stdout == o.New.Stdout {
			prints = "the same"
		}
		if o.Old.Err() != nil || o.New.Err() != nil {
			prints, runs = "-", "no"
		}
		fmt.Fprintf(&b, "| %s (`%s`) | %d of %d | %d | %s | %s | %s |\n", o.Program.Guide, o.Program.Name,
			len(o.Program.Sites)-len(o.Missed), len(o.Program.Sites), len(o.Left), runs, prints, verdicts(o))
	}
	return b.String()
}

// verdicts is each verdict with how many exports have it, in the order of exports.
func verdicts(o *Outcome) string {
	if len(o.Program.Exports) == 0 {
		return "exports nothing"
	}
	counts := map[string]int{}
	var order, cells []string
	for _, v := range o.Verdicts {
		if counts[v.Verdict] == 0 {
			order = append(order, v.Verdict)
		}
		counts[v.Verdict]++
	}
	for _, name := range order {
		if counts[name] > 1 {
			name = fmt.Sprintf("%s (%d exports)", name, counts[name])
		}
		cells = append(cells, name)
	}
	if len(cells) == 0 {
		return "-"
	}
	return strings.Join(cells, ", ")
}

// Section is what stands between the table's two marks in a README.
func Section(readme string) (string, error) {
	_, rest, ok := strings.Cut(readme, TableStart)
	if !ok {
		return "", fmt.Errorf("no line %q", strings.TrimSpace(TableStart))
	}
	section, _, ok := strings.Cut(rest, TableEnd)
	if !ok {
		return "", fmt.Errorf("no line %q after the table", strings.TrimSpace(TableEnd))
	}
	return section, nil
}
