package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// records are what -save keeps: the findings, and the files that fixing changes.
func records(files []*checked) []record {
	var out []record
	for _, f := range files {
		out = append(out, f.Findings...)
		if f.Result != "" {
			out = append(out, record{Path: f.Path, Result: f.Result})
		}
	}
	return out
}

// where names a record for people.
func (r record) where() string {
	switch {
	case r.Code == "":
		return r.Path + ": what fixing makes of it"
	case r.Cell != nil:
		return fmt.Sprintf("%s: cell %d, %d:%d %s", r.Path, *r.Cell, r.Line, r.Column, r.Code)
	}
	return fmt.Sprintf("%s:%d:%d %s", r.Path, r.Line, r.Column, r.Code)
}

// what is all of a record that may change while it stays the same finding.
func (r record) what() string {
	switch {
	case r.Code == "":
		return "sha256 " + r.Result[:12]
	case r.Strategy != "":
		return r.Fixable + ", " + r.Strategy
	}
	return r.Fixable + ", " + r.Reason
}

// writeComparison prints what is new, gone and changed against an earlier run.
func writeComparison(w io.Writer, before, after []record) {
	old, now := byPlace(before), byPlace(after)
	var places []string
	for p := range old {
		places = append(places, p)
	}
	for p := range now {
		if _, ok := old[p]; !ok {
			places = append(places, p)
		}
	}
	slices.Sort(places)
	count := map[string]int{}
	var lines []string
	for _, p := range places {
		was, is := old[p], now[p]
		for i := range max(len(was), len(is)) {
			switch {
			case i >= len(was):
				count["new"]++
				lines = append(lines, fmt.Sprintf("new      %s: %s", p, is[i].what()))
			case i >= len(is):
				count["gone"]++
				lines = append(lines, fmt.Sprintf("gone     %s: %s", p, was[i].what()))
			case was[i].what() != is[i].what():
				count["changed"]++
				lines = append(lines, fmt.Sprintf("changed  %s: %s -> %s", p, was[i].what(), is[i].what()))
			}
		}
	}
	fmt.Fprintf(w, "\nAgainst the earlier run: %d new, %d gone, %d changed\n", count["new"], count["gone"], count["changed"])
	for _, l := range lines {
		fmt.Fprintln(w, "  "+l)
	}
}

// byPlace groups records; two findings of one rule in one place are told apart by what they say.
func byPlace(all []record) map[string][]record {
	out := map[string][]record{}
	for _, r := range all {
		out[r.where()] = append(out[r.where()], r)
	}
	for _, group := range out {
		slices.SortFunc(group, func(a, b record) int { return cmp.Compare(a.what(), b.what()) })
	}
	return out
}
