package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// where is path:line:column, or path:cell N:line:column.
func (f finding) where() string {
	if f.Cell != nil {
		return fmt.Sprintf("%s:cell %d:%d:%d", visible(f.Path), *f.Cell, f.Line, f.Column)
	}
	return fmt.Sprintf("%s:%d:%d", visible(f.Path), f.Line, f.Column)
}

func (f finding) concise() string {
	return fmt.Sprintf("%s: %s %s [%s]", f.where(), f.Code, f.Message, f.Severity)
}

// writeLintText is for people: every site with its source, and the summary.
func writeLintText(w io.Writer, t terminal, r *report) error {
	writeText(w, t, r.findings)
	writeCounts(w, t, r.findings, r.checked, len(r.problems), r.known)
	return nil
}

// writeLintConcise is a line for each finding, and for each file that was not checked.
func writeLintConcise(w io.Writer, _ terminal, r *report) error {
	for _, f := range r.findings {
		fmt.Fprintln(w, f.concise())
	}
	for _, p := range r.problems {
		fmt.Fprintln(w, visible(p.Error())+" [not checked]")
	}
	return nil
}

// severityStyle is the colour of a severity.
var severityStyle = map[string]string{"breaks": red, "works": yellow, "hazard": yellow}

// fixableStyle is the colour of what can be done.
var fixableStyle = map[string]string{"safe": green, "unsafe": yellow, "no": red}

// writeText shows each site once: one of its places as the head, all its places with their lines of source, and what can be done about it.
func writeText(w io.Writer, t terminal, all []finding) {
	for _, f := range all {
		if f.secondary {
			continue
		}
		writeHead(w, t, f)
		places := append([]finding{f}, f.Related...)
		slices.SortStableFunc(places[1:], inSource)
		gutter := 0
		for _, p := range places {
			gutter = max(gutter, len(p.lineLabel(f)))
		}
		for i, p := range places {
			writePlace(w, t, f, p, i == 0, gutter)
		}
		writeRemedy(w, t, f, gutter)
		fmt.Fprintln(w)
	}
}

func inSource(a, b finding) int {
	if a.Cell != nil && b.Cell != nil && *a.Cell != *b.Cell {
		return *a.Cell - *b.Cell
	}
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	return a.Column - b.Column
}

// writeHead is where, what and how bad.
func writeHead(w io.Writer, t terminal, f finding) {
	lines := t.wrap(f.concise(), 2)
	for i, line := range lines {
		if i == 0 {
			if rest, ok := strings.CutPrefix(line, f.where()+": "+f.Code); ok {
				line = t.paint(bold, f.where()) + ": " + t.paint(severityStyle[f.Severity], f.Code) + rest
			}
		} else {
			line = "  " + line
		}
		if i == len(lines)-1 {
			label := "[" + f.Severity + "]"
			line = strings.TrimSuffix(line, label) + t.paint(severityStyle[f.Severity], label)
		}
		fmt.Fprintln(w, line)
	}
}

// lineLabel is the number of a place's line, with the cell where it is another than the head's.
func (f finding) lineLabel(head finding) string {
	if f.Cell != nil && head.Cell != nil && *f.Cell != *head.Cell {
		return fmt.Sprintf("cell %d:%d", *f.Cell, f.Line)
	}
	return fmt.Sprint(f.Line)
}

// writePlace is a line of source with what is meant underlined: with carets and no more words at the head, with dashes and its own
// message at the other places of the site.
func writePlace(w io.Writer, t terminal, head, f finding, first bool, gutter int) {
	bar := t.paint(blue, "|")
	source := strings.TrimRight(f.source, "\r\n")
	start, width := f.Column-1, f.EndColumn-f.Column
	if f.EndLine != f.Line {
		width = len([]rune(source)) - start
	}
	width = max(1, width)
	source, start, width = t.clip(source, start, width, gutter+6)
	fmt.Fprintf(w, "  %s %s %s\n", t.paint(blue, fmt.Sprintf("%*s", gutter, f.lineLabel(head))), bar, visible(source))
	margin := fmt.Sprintf("  %*s %s ", gutter, "", bar)
	if first {
		fmt.Fprintf(w, "%s%s%s\n", margin, blankOut(source, start), t.paint(severityStyle[f.Severity], strings.Repeat("^", width)))
		return
	}
	fmt.Fprintf(w, "%s%s%s\n", margin, blankOut(source, start), t.paint(cyan, strings.Repeat("-", width)))
	for _, line := range t.wrap(f.Code+" "+f.Message, gutter+7) {
		fmt.Fprintf(w, "%s  %s\n", margin, line)
	}
}

// clip cuts a line of source, with the marks below it, to what fits beside a margin, so that the terminal does not break it.
func (t terminal) clip(source string, start, width, margin int) (string, int, int) {
	line := []rune(source)
	room := t.width - margin
	if t.width == 0 || room < 20 || len(line) <= room {
		return source, start, width
	}
	if skip := min(start-8, len(line)-room); start >= room/2 && skip > 0 {
		line = append([]rune{'…'}, line[skip+1:]...)
		start -= skip
	}
	if len(line) > room {
		line = append(line[:room-1:room-1], '…')
	}
	return string(line), start, min(width, max(1, len(line)-start))
}

// writeRemedy is what can be done about a site.
func writeRemedy(w io.Writer, t terminal, f finding, gutter int) {
	say := func(style, label, text string) {
		margin := gutter + 5
		for i, line := range t.wrap(label+": "+text, margin) {
			if i == 0 {
				line = t.paint(style, label) + strings.TrimPrefix(line, label)
				fmt.Fprintf(w, "  %*s = %s\n", gutter, "", line)
				continue
			}
			fmt.Fprintf(w, "  %*s   %s\n", gutter, "", line)
		}
	}
	style := fixableStyle[f.Fixable]
	switch f.Fixable {
	case "no":
		say(style, "no fix", f.Reason)
		if f.ByHand != "" {
			say(faint, "by hand", f.ByHand)
		}
	case "unsafe":
		say(style, "fix with --unsafe-fixes", f.Fix)
	default:
		say(style, "fix", f.Fix)
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

// writeCounts counts sites by what can be done, and says why nothing can be done about some. known are findings that a baseline hides.
func writeCounts(w io.Writer, t terminal, all []finding, checked, failed, known int) {
	counts, reasons, files := map[string]int{}, map[string]int{}, map[string]bool{}
	sites := 0
	for _, f := range all {
		if f.secondary {
			continue
		}
		sites++
		counts[f.Fixable]++
		files[f.Path] = true
		if f.Fixable == "no" {
			reasons[f.Reason]++
		}
	}
	switch {
	case sites > 0:
		summary := fmt.Sprintf("%s in %d of %s", count(sites, "site"), len(files), count(checked, "file"))
		fmt.Fprintf(w, "%s: %d fixable now, %d with --unsafe-fixes, %d by hand\n", t.paint(bold, summary), counts["safe"], counts["unsafe"], counts["no"])
		writeByRule(w, t, all, sites)
		for _, reason := range byCount(reasons) {
			times := fmt.Sprint(reasons[reason])
			for _, line := range t.wrap("by hand: "+reason, 7) {
				fmt.Fprintf(w, "  %3s  %s\n", times, line)
				times = ""
			}
		}
	case known > 0:
		in := ""
		if failed > 0 {
			in = " in what could be read"
		}
		fmt.Fprintf(w, "%s checked, nothing new found%s; %s in the baseline\n", count(checked, "file"), in, countOf(known, "finding is", "findings are"))
	case failed == 0 && checked > 0:
		fmt.Fprintf(w, "%s checked, nothing found\n", count(checked, "file"))
	case checked == 0:
		fmt.Fprintln(w, nothingChecked)
	default:
		fmt.Fprintf(w, "%s checked, nothing found in what could be read\n", count(checked, "file"))
	}
	if failed > 0 {
		fmt.Fprintf(w, "%s could not be checked, or only in part\n", count(failed, "path"))
	}
}

// byCount are the keys of m, the most frequent first.
func byCount(m map[string]int) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if m[a] != m[b] {
			return m[b] - m[a]
		}
		return strings.Compare(a, b)
	})
	return keys
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
