package verify

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Pair is two SavedModels that belong together, found below two directories by name and version.
type Pair struct {
	Name string // the path below the directories, without the version; "." for the directories themselves
	// The directories of the models, "" where that side has none, and their versions, "" where the path ends in no number.
	Old, New               string
	OldVersion, NewVersion string
}

// AllReport is the result of comparing all models below two directories.
type AllReport struct {
	Verdict   Verdict       `json:"verdict"`
	Detail    string        `json:"detail"`
	Old       string        `json:"old"`
	New       string        `json:"new"`
	Seed      uint64        `json:"seed"`
	Tolerance Tolerance     `json:"tolerance"`
	Models    []ModelReport `json:"models"`
	Notes     []string      `json:"notes"`
}

// ModelReport is the result for one pair.
type ModelReport struct {
	Name       string  `json:"name"`
	OldVersion string  `json:"old_version,omitempty"`
	NewVersion string  `json:"new_version,omitempty"`
	Old        string  `json:"old,omitempty"`
	New        string  `json:"new,omitempty"`
	Verdict    Verdict `json:"verdict"`
	Detail     string  `json:"detail"`
	Failed     bool    `json:"failed,omitempty"` // one of the two could not be read
	Report     *Report `json:"report,omitempty"` // nil where nothing was compared
}

// place is a SavedModel below a root.
type place struct{ name, version, dir string }

// places finds the SavedModels below a root. Symbolic links to directories are not followed, and told.
func places(root string) (found []place, notes []string, err error) {
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", root, plain(err))
	}
	err = filepath.WalkDir(real, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", path, plain(err))
		}
		rel, err := filepath.Rel(real, path)
		if err != nil {
			return err
		}
		at := filepath.Join(root, rel)
		if d.Type()&fs.ModeSymlink != 0 && isModelDir(path) {
			notes = append(notes, fmt.Sprintf("%s is a symbolic link to a SavedModel and was not followed", at))
		}
		if !d.IsDir() || !isModelDir(path) {
			return nil
		}
		p := place{name: filepath.ToSlash(rel), dir: at}
		if parent, last := filepath.Split(rel); isVersion(last) {
			p.name, p.version = filepath.ToSlash(filepath.Clean(parent)), last
		}
		found = append(found, p)
		return filepath.SkipDir
	})
	return found, notes, err
}

// isVersion tells whether a directory is named like a version for TensorFlow Serving: by a number.
func isVersion(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// newer orders versions as numbers of any size; a model without one is the oldest.
func newer(a, b place) int {
	x, y := strings.TrimLeft(a.version, "0"), strings.TrimLeft(b.version, "0")
	return cmp.Or(cmp.Compare(len(y), len(x)), strings.Compare(y, x), cmp.Compare(min(len(b.version), 1), min(len(a.version), 1)))
}

// Pairs finds what belongs together below two directories. Models of one name are paired by equal versions; where no version is on both
// sides, the newest of either are a pair. What is left over has a pair of its own with one side empty, but for versions that are older than
// one that is paired: these are told in the notes.
func Pairs(oldRoot, newRoot string) (pairs []Pair, notes []string, err error) {
	old, notes, err := places(oldRoot)
	if err != nil {
		return nil, nil, err
	}
	new, more, err := places(newRoot)
	if err != nil {
		return nil, nil, err
	}
	notes = append(notes, more...)
	names := map[string]bool{}
	for _, p := range slices.Concat(old, new) {
		names[p.name] = true
	}
	for _, name := range sortedKeys(names) {
		a, b := named(old, name), named(new, name)
		var both []Pair
		var left []Pair
		lastOld, lastNew := -1, -1 // the newest of either side that is paired
		pair := func(i, j int) {
			both = append(both, Pair{name, a[i].dir, b[j].dir, a[i].version, b[j].version})
			if lastOld < 0 {
				lastOld, lastNew = i, j
			}
		}
		taken := make([]bool, len(b))
		for i := range a {
			j := slices.IndexFunc(b, func(p place) bool { return newer(a[i], p) == 0 })
			if j >= 0 {
				pair(i, j)
				taken[j] = true
			} else {
				left = append(left, Pair{Name: name, Old: a[i].dir, OldVersion: a[i].version})
			}
		}
		if len(both) == 0 && len(a) > 0 && len(b) > 0 {
			pair(0, 0)
			taken[0] = true
			left = left[1:]
		}
		for j := range b {
			if !taken[j] {
				left = append(left, Pair{Name: name, New: b[j].dir, NewVersion: b[j].version})
			}
		}
		pairs = append(pairs, both...)
		for _, p := range left {
			side, last, dir := a, lastOld, p.Old
			if p.Old == "" {
				side, last, dir = b, lastNew, p.New
			}
			at := slices.IndexFunc(side, func(q place) bool { return q.dir == dir })
			if last >= 0 && at > last {
				notes = append(notes, fmt.Sprintf("%s was not compared: there is no such version on the other side, and a newer one was", dir))
			} else {
				pairs = append(pairs, p)
			}
		}
	}
	return pairs, notes, nil
}

// named are the places of one name, the newest first.
func named(all []place, name string) (found []place) {
	for _, p := range all {
		if p.name == name {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, newer)
	return found
}

// CompareAll compares every pair below two directories; before is called ahead of each with its number, from 0, and how many there are.
// A model that cannot be read is told in its report and does not keep the others from being compared. The error is that no model
// was found, or that the context ended.
func CompareAll(ctx context.Context, oldRoot, newRoot string, opt Options, before func(p Pair, i, n int)) (*AllReport, error) {
	pairs, notes, err := Pairs(oldRoot, newRoot)
	if err != nil {
		return nil, err
	}
	if len(pairs) == 0 {
		return nil, fmt.Errorf("%s and %s: no SavedModel below either", oldRoot, newRoot)
	}
	all := &AllReport{Old: oldRoot, New: newRoot, Seed: opt.Seed, Tolerance: opt.Tolerance, Notes: append([]string{}, notes...)}
	var verdicts []Verdict
	for i, p := range pairs {
		before(p, i, len(pairs))
		m := ModelReport{Name: p.Name, OldVersion: p.OldVersion, NewVersion: p.NewVersion, Old: p.Old, New: p.New}
		switch {
		case p.New == "":
			m.Detail = "only among the old models: nothing to compare it with"
		case p.Old == "":
			m.Detail = "only among the new models: nothing to compare it with"
		default:
			if m.Report, err = comparePair(ctx, p, opt); ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				m.Failed, m.Detail = true, err.Error()
			} else {
				m.Verdict, m.Detail = m.Report.Verdict, m.Report.Detail
			}
		}
		verdicts = append(verdicts, m.Verdict)
		all.Models = append(all.Models, m)
	}
	all.Verdict = weakest(verdicts)
	all.Detail = all.summary()
	return all, nil
}

func comparePair(ctx context.Context, p Pair, opt Options) (*Report, error) {
	old, err := Read(p.Old)
	if err != nil {
		return nil, err
	}
	new, err := Read(p.New)
	if err != nil {
		return nil, err
	}
	return Compare(ctx, old, new, opt)
}

// Failed tells whether a model could not be read.
func (r *AllReport) Failed() bool {
	return slices.ContainsFunc(r.Models, func(m ModelReport) bool { return m.Failed })
}

// summary counts the models by what was found.
func (r *AllReport) summary() string {
	count := map[string]int{}
	for _, m := range r.Models {
		switch {
		case m.Failed:
			count["could not be read"]++
		case m.Report == nil:
			count["without a counterpart"]++
		default:
			count[m.Verdict.String()]++
		}
	}
	var parts []string
	for _, what := range []string{"DIFFERENT", "could not be read", "without a counterpart", "UNKNOWN", "TESTED", "PROVED"} {
		if count[what] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[what], what))
		}
	}
	return fmt.Sprintf("%s: %s", plural(len(r.Models), "model", "models"), strings.Join(parts, ", "))
}
