package cli

import (
	"fmt"
	"io"
	"strings"
)

// where is path:line:column, or path:cell N:line:column.
func (f finding) where() string {
	if f.Cell != nil {
		return fmt.Sprintf("%s:cell %d:%d:%d", f.Path, *f.Cell, f.Line, f.Column)
	}
	return fmt.Sprintf("%s:%d:%d", f.Path, f.Line, f.Column)
}

func (f finding) concise() string {
	return fmt.Sprintf("%s: %s %s [%s]", f.where(), f.Code, f.Message, f.Severity)
}

// writeText shows each finding with its line of source, and what can be done about it.
func writeText(w io.Writer, all []finding) {
	for _, f := range all {
		fmt.Fprintf(w, "%s: %s %s [%s]\n", f.where(), f.Code, f.Message, f.Severity)
		source := strings.TrimRight(f.source, "\r\n")
		number := fmt.Sprint(f.Line)
		fmt.Fprintf(w, "  %s | %s\n", number, source)
		width := f.EndColumn - f.Column
		if f.EndLine != f.Line {
			width = len([]rune(source)) - f.Column + 1
		}
		fmt.Fprintf(w, "  %s | %s%s\n", strings.Repeat(" ", len(number)), blankOut(source, f.Column-1), strings.Repeat("^", max(1, width)))
		switch f.Fixable {
		case "no":
			fmt.Fprintf(w, "  %s = no fix: %s\n", strings.Repeat(" ", len(number)), f.Reason)
		default:
			fmt.Fprintf(w, "  %s = %s fix, strategy %s\n", strings.Repeat(" ", len(number)), f.Fixable, f.Strategy)
		}
		fmt.Fprintln(w)
	}
}

// blankOut is the first n characters of a line as blanks, with its tabs kept so that what follows stands below the same place.
func blankOut(line string, n int) string {
	var out strings.Builder
	for i, r := range []rune(line) {
		if i == n {
			break
		}
		if r != '\t' {
			r = ' '
		}
		out.WriteRune(r)
	}
	return out.String()
}

// writeCounts counts by what can be done.
func writeCounts(w io.Writer, all []finding, checked, failed int) {
	counts := map[string]int{}
	for _, f := range all {
		counts[f.Fixable]++
	}
	switch {
	case len(all) > 0:
		fmt.Fprintf(w, "%s in %s: %d fixable, %d with --unsafe-fixes, %d by hand\n",
			count(len(all), "finding"), count(checked, "file"), counts["safe"], counts["unsafe"], counts["no"])
	case failed == 0 && checked > 0:
		fmt.Fprintf(w, "%s checked, nothing found\n", count(checked, "file"))
	case checked == 0:
		fmt.Fprintln(w, "no Python file or notebook was checked")
	}
	if failed > 0 {
		fmt.Fprintf(w, "%s not be checked\n", count(failed, "path")+" could")
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
