package main

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/rewrite"
)

// near is how many lines a finding may be away from its label.
const near = 2

// kinds are the kinds of labels in the order they are printed, with what a line of that kind mentions.
var kinds = []struct {
	name     string
	mentions *regexp.Regexp
}{
	{"builder", regexp.MustCompile(`Builder\(`)},
	{"builder_add_meta_graph", regexp.MustCompile(`add_meta_graph`)},
	{"builder_save", regexp.MustCompile(`\.save\(`)},
	{"simple_save", regexp.MustCompile(`simple_save`)},
	{"estimator_export", regexp.MustCompile(`export_save`)},
	{"keras_model_save", regexp.MustCompile(`\.save\(|export_saved_model|save_keras_model`)},
	{"keras_session_save", regexp.MustCompile(`get_session|add_meta_graph|simple_save`)},
	{"loader_load", regexp.MustCompile(`load|from_saved_model`)},
	{"predict_signature", regexp.MustCompile(`predict_signature`)},
	{"build_signature_def", regexp.MustCompile(`build_signature_def`)},
	{"build_tensor_info", regexp.MustCompile(`build_tensor_info`)},
	{"export_meta_graph", regexp.MustCompile(`export_meta_graph`)},
	{"import_meta_graph", regexp.MustCompile(`import_meta_graph`)},
}

// verdict is what the linter made of one label.
type verdict struct {
	label
	text    string  // the labelled line
	cell    int     // notebooks: the first cell that the label may mean
	skipped string  // why the label could not be looked at
	hit     bool    // a finding begins within two lines
	own     bool    // one that no other label has
	finding *record // the nearest of these
	lured   bool    // look-alikes: a finding begins on the line
	shared  bool    // look-alikes: a true label stands on the line
}

// score holds the labels against the findings.
func score(c *corpus, files []*checked) []*verdict {
	found := map[string][]record{}
	for _, f := range files {
		found[f.Path] = f.Findings
	}
	sources := map[string]*source{}
	commits := map[string]string{}
	for _, r := range c.repos {
		commits[r.Name] = r.Commit
	}
	var out []*verdict
	spots := map[*verdict][]place{}
	for _, l := range c.labels {
		v := &verdict{label: l}
		out = append(out, v)
		if commits[l.Repo] != l.Commit {
			v.skipped = "the label is of another commit than the checkout"
			continue
		}
		f := sources[l.file()]
		if f == nil {
			var err error
			if f, err = readLabelled(c.dir, l.file()); err != nil {
				v.skipped = err.Error()
				continue
			}
			sources[l.file()] = f
		}
		if spots[v] = f.spots(l); len(spots[v]) == 0 {
			v.skipped = "the file has no such line"
			continue
		}
		v.cell, v.text = spots[v][0].cell, f.at(spots[v][0])
	}
	spreadCells(out, spots)
	compareWith(out, spots, found)
	return out
}

// source is a labelled file.
type source struct {
	lines []string
	cells []place // notebooks: where each of lines is
}

// place is a line of a cell; -1 is the cell of what is no notebook.
type place struct{ cell, line int }

func readLabelled(dir, path string) (*source, error) {
	raw, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	d, err := rewrite.ReadDocument(path, raw)
	if err != nil {
		return nil, err
	}
	s := &source{lines: strings.Split(string(d.Python), "\n")}
	if d.Notebook != nil {
		for i := range s.lines {
			cell, line := d.Notebook.Cell(i + 1)
			s.cells = append(s.cells, place{cell, line})
		}
	}
	return s, nil
}

// spots are the places in the file that a label may mean.
func (s *source) spots(l label) []place {
	if s.cells == nil {
		if l.Line < 1 || l.Line > len(s.lines) {
			return nil
		}
		return []place{{-1, l.Line}}
	}
	var out []place
	for i, p := range s.cells {
		for _, k := range kinds {
			if p.line == l.Line && k.name == l.Kind && k.mentions.MatchString(s.lines[i]) && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// at is the source of a line.
func (s *source) at(p place) string {
	if s.cells == nil {
		return s.lines[p.line-1]
	}
	text := ""
	for i, q := range s.cells {
		if p == q {
			text = s.lines[i] // the last: the line that marks a cell counts as its first as well
		}
	}
	return text
}

// spreadCells gives labels that say the same about as many cells one cell each.
func spreadCells(labels []*verdict, spots map[*verdict][]place) {
	same := map[label][]*verdict{}
	for _, v := range labels {
		key := label{Repo: v.Repo, Path: v.Path, Line: v.Line, Kind: v.Kind, True: v.True}
		same[key] = append(same[key], v)
	}
	for _, group := range same {
		all := spots[group[0]]
		if len(group) != len(all) {
			continue
		}
		for i, v := range group {
			spots[v], v.cell = all[i:i+1], all[i].cell
		}
	}
}

// compareWith tells hits and lures.
func compareWith(labels []*verdict, spots map[*verdict][]place, findings map[string][]record) {
	type pair struct {
		v        *verdict
		finding  *record
		distance int
	}
	var pairs []pair
	truth := map[string]map[place]bool{}
	for _, v := range labels {
		for _, p := range spots[v] {
			if v.True {
				if truth[v.file()] == nil {
					truth[v.file()] = map[place]bool{}
				}
				truth[v.file()][p] = true
			}
		}
	}
	for _, v := range labels {
		for _, p := range spots[v] {
			v.shared = v.shared || !v.True && truth[v.file()][p]
			found := findings[v.file()]
			for i := range found {
				f := &found[i]
				if cellOf(f) != p.cell {
					continue
				}
				if d := max(f.Line-p.line, p.line-f.Line); v.True && d <= near {
					v.hit = true
					pairs = append(pairs, pair{v, f, d})
				} else if !v.True && d == 0 && !truth[v.file()][p] {
					v.lured = true
				}
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.distance, b.distance) })
	taken := map[*record]bool{}
	for _, p := range pairs {
		if p.v.finding == nil {
			p.v.finding = p.finding
		}
		if !p.v.own && !taken[p.finding] {
			p.v.own, taken[p.finding] = true, true
		}
	}
}

func cellOf(r *record) int {
	if r.Cell == nil {
		return -1
	}
	return *r.Cell
}
