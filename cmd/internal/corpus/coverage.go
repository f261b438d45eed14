package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// labelledSite is a site at which labels stand. Findings without a site are one each.
type labelledSite struct {
	record // of the first of the site's findings that a label belongs to, rather of one that is no mere part of the site
	labels int
}

// labelledSites are those of the true labels, in the order of these, and the labels that no finding hits.
func labelledSites(labels []*verdict) (sites []*labelledSite, missed []*verdict) {
	type key struct {
		path, at string
	}
	known := map[key]*labelledSite{}
	for _, v := range labels {
		if !v.True || v.skipped != "" {
			continue
		}
		if v.finding == nil {
			missed = append(missed, v)
			continue
		}
		k := key{v.finding.Path, fmt.Sprint("site ", v.finding.Site)}
		if v.finding.Site == 0 {
			k.at = v.finding.where()
		}
		if known[k] == nil {
			known[k] = &labelledSite{record: *v.finding}
			sites = append(sites, known[k])
		}
		if isPart(known[k].Code) && !isPart(v.finding.Code) {
			known[k].record = *v.finding
		}
		known[k].labels++
	}
	return sites, missed
}

func isPart(code string) bool {
	return slices.ContainsFunc(rules.All, func(r *rules.Rule) bool { return r.Code == code && r.Part })
}

// tally counts sites by what becomes of them.
type tally struct{ safe, unsafe, left int }

func (t *tally) add(s *labelledSite) {
	switch s.Fixable {
	case rewrite.Safe.String():
		t.safe++
	case rewrite.Unsafe.String():
		t.unsafe++
	default:
		t.left++
	}
}

func (t tally) all() int { return t.safe + t.unsafe + t.left }

// groups are what sites are, by the packs of the rules that found them.
var groups = []struct{ title, packs string }{
	{"Places that write a model", "TFM1"},
	{"Places that load a model", "TFM2"},
	{"Signatures and TensorInfos that stand apart from the export, where only its rewrite takes them away", "TFM3"},
	{"Places that write or read a graph without a model", "TFM4"},
	{"Others", "TFM5 TFM9"},
}

func notFound(missed []*verdict) string {
	if len(missed) == 1 {
		return "1 line is not found"
	}
	return fmt.Sprintf("%d lines are not found", len(missed))
}

// writeCoverage writes docs/coverage.md.
func writeCoverage(w io.Writer, c *corpus, files []*checked, labels []*verdict) {
	sites, missed := labelledSites(labels)
	var total tally
	byRule, byStrategy := map[string]*tally{}, map[string]*tally{}
	assumptions, reasons := map[string]int{}, map[string]int{}
	lines := 0
	for _, s := range sites {
		lines += s.labels
		total.add(s)
		tallyOf(byRule, ruleLink(s.Code)).add(s)
		if s.Strategy != "" {
			tallyOf(byStrategy, s.Strategy).add(s)
		} else {
			reasons[plainly(s.Reason)]++
		}
		for _, a := range assumed(s.Assumes) {
			assumptions[a]++
		}
	}
	fmt.Fprint(w, `# What fix rewrites in other people's code

<!-- generated: make coverage CORPUS=DIR writes this page -->

`+"`make coverage CORPUS=DIR`"+` fixes a directory of public repositories in memory and counts what becomes of the lines that people labelled by hand as uses of
TensorFlow 1's saving and loading. [accuracy.md](accuracy.md) says where the labels come from and which of them `+"`lint`"+` finds. Several lines are often one
site: a Builder, its signatures, its `+"`add_meta_graph_and_variables` and its `save`"+`. A site is fixed whole or not at all.

`)
	fmt.Fprintf(w, "%d repositories, %d files. %d labelled lines stand at %d sites; %s.\n\n", len(c.repos)-len(c.absent), len(files), lines, len(sites), notFound(missed))
	for _, g := range groups {
		var t tally
		for _, s := range sites {
			if strings.Contains(g.packs, s.Code[:len("TFM1")]) {
				t.add(s)
			}
		}
		if t.all() == 0 {
			continue
		}
		fmt.Fprintf(w, "- %s: %d. **%d rewritten** (%d by safe fixes, %d with `--unsafe-fixes`), %d left.\n", g.title, t.all(), t.safe+t.unsafe, t.safe, t.unsafe, t.left)
	}

	fmt.Fprint(w, "\n## By rule\n\nEach site by the rule that found it, and not by those that found its parts.\n\n| Rule | Sites | Safe | Unsafe | Left |\n|---|---:|---:|---:|---:|\n")
	for _, name := range slices.Sorted(maps.Keys(byRule)) {
		t := byRule[name]
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d |\n", name, t.all(), t.safe, t.unsafe, t.left)
	}
	fmt.Fprintf(w, "| all | %d | %d | %d | %d |\n", total.all(), total.safe, total.unsafe, total.left)

	fmt.Fprint(w, "\n## By strategy\n\n| Strategy | Safe | Unsafe |\n|---|---:|---:|\n")
	for _, name := range slices.SortedFunc(maps.Keys(byStrategy), func(a, b string) int {
		return cmp.Or(cmp.Compare(byStrategy[b].all(), byStrategy[a].all()), cmp.Compare(a, b))
	}) {
		fmt.Fprintf(w, "| %s | %d | %d |\n", name, byStrategy[name].safe, byStrategy[name].unsafe)
	}

	writeCounted(w, "## What unsafe fixes assume\n\nWhat the messages say; a fix may say several. `...` stands for a name of the program.", "Sites", "The fix is right if, or means that", assumptions)
	writeCounted(w, "## What is left, and why", "Sites", "Reason", reasons)

	fmt.Fprint(w, "\n## Held of every file\n\nWith safe fixes and with all, of every file of the repositories, labelled or not:\n\n| Must be 0 | |\n|---|---:|\n")
	for _, kind := range bugKinds {
		n := 0
		for _, f := range files {
			for _, b := range f.Bugs {
				n += one(b.Kind == kind)
			}
		}
		fmt.Fprintf(w, "| %s | %d |\n", kind, n)
	}
	changed := 0
	for _, f := range files {
		changed += one(f.Result != "")
	}
	fmt.Fprintf(w, "\n%d of the %d files change.\n", changed, len(files))

	fmt.Fprint(w, "\n## The repositories\n\n| Repository | Commit |\n|---|---|\n")
	for _, r := range c.repos {
		fmt.Fprintf(w, "| %s | `%s` |\n", r.Name, r.Commit)
	}
}

func tallyOf(m map[string]*tally, key string) *tally {
	if m[key] == nil {
		m[key] = &tally{}
	}
	return m[key]
}

// ruleLink is a rule with the link to its page.
func ruleLink(code string) string {
	for _, r := range rules.All {
		if r.Code == code {
			return fmt.Sprintf("[%s](rules/%s-%s.md) %s", r.Code, r.Code, r.Name, r.Name)
		}
	}
	return code
}

// Pieces of messages that are of one file only, and what stands for them.
var ofOneFile = []struct {
	piece *regexp.Regexp
	short string
}{
	{quoted, "..."},
	{regexp.MustCompile(`\bline \d+`), "a line"},
	{regexp.MustCompile(`\S+\.py\b`), "a file"},
	{regexp.MustCompile(`tf\.contrib\.[\w.]+`), "tf.contrib"},
	{regexp.MustCompile(`right if [\w.]+, which`), "right if a module, which"},
	{regexp.MustCompile(` \([^()]*\)`), ""},
}

// plainly is a message without what is of one file only.
func plainly(message string) string {
	for _, p := range ofOneFile {
		message = p.piece.ReplaceAllString(message, p.short)
	}
	return message
}

// assumed are what an unsafe fix says behind what it does, each for itself.
func assumed(message string) []string {
	if message == "" {
		return nil
	}
	parts := strings.Split(plainly(message), ": ")
	return parts[min(1, len(parts)-1):]
}

// writeCounted writes a table of texts, the most frequent first; nothing where there are none.
func writeCounted(w io.Writer, title, number, what string, of map[string]int) {
	if len(of) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n\n| %s | %s |\n|---:|---|\n", title, number, what)
	for _, k := range slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b))
	}) {
		fmt.Fprintf(w, "| %d | %s |\n", of[k], strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;").Replace(k))
	}
}
