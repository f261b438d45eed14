package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// ruleCount is how many places a rule found, and what can be done about them.
type ruleCount struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Count   int    `json:"count"`
	Fixable struct {
		Safe   int `json:"safe"`
		Unsafe int `json:"unsafe"`
		No     int `json:"no"`
	} `json:"fixable"`
}

// countRules counts places by rule, the most frequent rule first.
func countRules(all []finding) []ruleCount {
	counts := []ruleCount{}
	at := map[string]int{}
	for _, f := range all {
		i, known := at[f.Code]
		if !known {
			i = len(counts)
			at[f.Code] = i
			counts = append(counts, ruleCount{Code: f.Code, Name: f.Name})
		}
		c := &counts[i]
		c.Count++
		switch f.Fixable {
		case "safe":
			c.Fixable.Safe++
		case "unsafe":
			c.Fixable.Unsafe++
		default:
			c.Fixable.No++
		}
	}
	slices.SortFunc(counts, func(a, b ruleCount) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Code, b.Code)
	})
	return counts
}

// writeRuleCounts is a table of what each rule found.
func writeRuleCounts(w io.Writer, t terminal, counts []ruleCount) {
	rows := [][]string{{"places", "fixable now", "--unsafe-fixes", "by hand", "rule"}}
	for _, c := range counts {
		rows = append(rows, []string{fmt.Sprint(c.Count), fmt.Sprint(c.Fixable.Safe), fmt.Sprint(c.Fixable.Unsafe), fmt.Sprint(c.Fixable.No), c.Code + " " + c.Name})
	}
	width := make([]int, len(rows[0])-1)
	for _, row := range rows {
		for i := range width {
			width[i] = max(width[i], len(row[i]))
		}
	}
	for i, row := range rows {
		line := ""
		for j := range width {
			line += fmt.Sprintf("  %*s", width[j], row[j])
		}
		line += "  " + row[len(width)]
		if i == 0 {
			line = t.paint(faint, line)
		}
		fmt.Fprintln(w, line)
	}
}

// writeByRule is the part of the summary that counts by rule; of a single site or rule there is nothing to tell that the rest does not.
func writeByRule(w io.Writer, t terminal, all []finding, sites int) {
	if counts := countRules(all); len(counts) > 1 && sites > 1 {
		writeRuleCounts(w, t, counts)
	}
}

// writeStatistics is the counts by rule and no findings.
func writeStatistics(w io.Writer, t terminal, r *report) error {
	if counts := countRules(r.findings); len(counts) > 0 {
		writeRuleCounts(w, t, counts)
		return nil
	}
	writeCounts(w, t, nil, r.checked, len(r.problems), r.known)
	return nil
}

func writeStatisticsJSON(w io.Writer, _ terminal, r *report) error {
	return writeJSON(w, map[string]any{"rules": countRules(r.findings), "checked": r.checked, "errors": messages(r.problems)})
}
