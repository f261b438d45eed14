package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

// writeReport prints what was measured.
func writeReport(w io.Writer, c *corpus, files []*checked, labels []*verdict) {
	writeFiles(w, c, files)
	writeRecall(w, labels)
	writeLookAlikes(w, labels)
	writeFixes(w, files)
	writeBugs(w, files)
}

func writeFiles(w io.Writer, c *corpus, files []*checked) {
	whole, part, findings := 0, 0, 0
	for _, f := range files {
		findings += len(f.Findings)
		switch {
		case f.Problem == "":
			whole++
		case f.Read:
			part++
		}
	}
	fmt.Fprintf(w, "%d repositories, %d files: %d checked, %d in part, %d not at all; %d findings\n",
		len(c.repos)-len(c.absent), len(files), whole, part, len(files)-whole-part, findings)
	for _, r := range c.absent {
		fmt.Fprintf(w, "  not checked out: %s at %s\n", r.Name, r.Commit)
	}
	for _, l := range c.links {
		fmt.Fprintf(w, "  not followed: %s is a symbolic link\n", l)
	}
	for _, f := range files {
		if f.Problem != "" {
			fmt.Fprintf(w, "  %s: %s\n", f.Path, strings.TrimPrefix(f.Problem, f.Path+": "))
		}
	}
}

func writeRecall(w io.Writer, labels []*verdict) {
	fmt.Fprintf(w, "\nTrue sites (hit: a finding within %d lines; own: one that no other label has)\n", near)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "kind\tlabels\thit\town\trecall\t")
	row := func(name string, of func(*verdict) bool) {
		all, hit, own := 0, 0, 0
		for _, v := range labels {
			if v.True && v.skipped == "" && of(v) {
				all, hit, own = all+1, hit+one(v.hit), own+one(v.own)
			}
		}
		if all > 0 {
			fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%.3f\t\n", name, all, hit, own, float64(hit)/float64(all))
		}
	}
	named := map[string]bool{}
	for _, k := range kinds {
		named[k.name] = true
		row(k.name, func(v *verdict) bool { return v.Kind == k.name })
	}
	row("other", func(v *verdict) bool { return !named[v.Kind] })
	row("all", func(*verdict) bool { return true })
	table.Flush()
	list(w, "Missed", labels, func(v *verdict) bool { return v.True && v.skipped == "" && !v.hit })
	list(w, "Hit only by the finding of another label", labels, func(v *verdict) bool { return v.True && v.hit && !v.own })
	list(w, "Labels skipped", labels, func(v *verdict) bool { return v.skipped != "" })
}

func writeLookAlikes(w io.Writer, labels []*verdict) {
	all, lured, shared := 0, 0, 0
	for _, v := range labels {
		if !v.True && v.skipped == "" {
			all, lured, shared = all+1, lured+one(v.lured), shared+one(v.shared)
		}
	}
	fmt.Fprintf(w, "\nLook-alikes: %d, of which %d share a line with a true label and don't count; %d lured\n", all, shared, lured)
	list(w, "Lures", labels, func(v *verdict) bool { return v.lured })
}

// list prints the labels that want says, with what stands in the source.
func list(w io.Writer, title string, labels []*verdict, want func(*verdict) bool) {
	var some []*verdict
	for _, v := range labels {
		if want(v) {
			some = append(some, v)
		}
	}
	if len(some) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s: %d\n", title, len(some))
	for _, v := range some {
		where := fmt.Sprintf("%s:%d", v.file(), v.Line)
		if v.cell >= 0 && v.text != "" && strings.HasSuffix(v.Path, ".ipynb") {
			where = fmt.Sprintf("%s: cell %d, line %d", v.file(), v.cell, v.Line)
		}
		fmt.Fprintf(w, "  %s: %s: %s\n", where, v.Kind, cmp.Or(v.skipped, strings.TrimSpace(v.text)))
		if v.skipped == "" {
			fmt.Fprintf(w, "      %s; %s\n", v.Why, v.Import)
		}
	}
}

// writeFixes prints what becomes of the sites, by strategy and by reason.
func writeFixes(w io.Writer, files []*checked) {
	changed, withSites, sites := 0, 0, 0
	fixes, refusals := map[string]int{}, map[string]int{}
	for _, f := range files {
		changed += one(f.Result != "")
		withSites += one(len(f.Sites) > 0)
		for _, o := range f.Sites {
			sites++
			if o.Reason == "" {
				fixes[o.Strategy+", "+o.Applicability]++
			} else {
				refusals[general(o.Reason)]++
			}
		}
	}
	fmt.Fprintf(w, "\nFixes: %d sites in %d files; %d files change\n", sites, withSites, changed)
	counts(w, fixes)
	fmt.Fprintln(w, "Left, by reason:")
	counts(w, refusals)
}

var (
	quoted = regexp.MustCompile("`[^`]*`|'[^']*'|\"[^\"]*\"")
	number = regexp.MustCompile(`\d+`)
)

// general is a reason without what is of one file only.
func general(reason string) string {
	return number.ReplaceAllString(quoted.ReplaceAllString(reason, "..."), "N")
}

// counts prints the most frequent first.
func counts(w io.Writer, of map[string]int) {
	keys := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b))
	})
	for _, k := range keys {
		fmt.Fprintf(w, "  %4d  %s\n", of[k], k)
	}
}

func writeBugs(w io.Writer, files []*checked) {
	fmt.Fprintln(w, "\nWhat must not be")
	for _, kind := range bugKinds {
		n := 0
		var lines strings.Builder
		for _, f := range files {
			for _, b := range f.Bugs {
				if b.Kind == kind {
					n++
					fmt.Fprintf(&lines, "        %s: %s\n", f.Path, strings.TrimPrefix(b.Text, f.Path+": "))
				}
			}
		}
		fmt.Fprintf(w, "  %4d  %s\n%s", n, kind, lines.String())
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
