package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/cmd/internal/baseline"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// baselineFlags are the flags about baselines.
type baselineFlags struct {
	write  string
	shrink bool
}

func (b *baselineFlags) flags(cmd *cobra.Command, o *options) {
	cmd.Flags().StringVar(&o.baseline, "baseline", "", "report only what is not in this baseline")
	cmd.Flags().StringVar(&b.write, "write-baseline", "", "write all findings to this baseline, in place of what it held, and report none")
	cmd.Flags().BoolVar(&b.shrink, "update-baseline", false, "take the entries of the baseline that are gone out of it; none is added")
}

func (b *baselineFlags) check(o *options) error {
	if b.write != "" && (o.baseline != "" || b.shrink) {
		return usagef("--write-baseline makes a new baseline and goes neither with --baseline nor with --update-baseline")
	}
	return nil
}

// baselines are those of a run: one that is written, or those that the files are under.
type baselines struct {
	writing string
	found   []baseline.Entry            // for the one that is written
	bases   map[string]*checkedBaseline // by file
}

// checkedBaseline is a baseline and what was seen of it.
type checkedBaseline struct {
	*baseline.Baseline
	places map[string]source // the files that were checked whole, by what the baseline calls them
	seen   map[baseline.Entry]bool
	known  int
}

// read reads the baselines that the files are under.
func (b *baselineFlags) read(src *sources) (*baselines, error) {
	out := &baselines{writing: b.write, bases: map[string]*checkedBaseline{}}
	if b.write != "" {
		return out, nil
	}
	for _, s := range src.files {
		file := s.under.Baseline
		if file == "" || out.bases[file] != nil {
			continue
		}
		base, err := baseline.Read(file)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w; --write-baseline makes one", err)
		}
		if err != nil {
			return nil, err
		}
		out.bases[file] = &checkedBaseline{Baseline: base, places: map[string]source{}, seen: map[baseline.Entry]bool{}}
	}
	if b.shrink && len(out.bases) == 0 {
		return nil, usagef("--update-baseline: no baseline is given or configured")
	}
	return out, nil
}

// file is the baseline that a file is compared with or written to; "" for none.
func (b *baselines) file(s source) string {
	if b.writing != "" {
		return b.writing
	}
	return s.under.Baseline
}

// unknown are the findings that the baseline of a file does not have. It may be called by several goroutines.
func (b *baselines) unknown(s source, f *analyzer.File, found []rules.Finding, r *linted) []rules.Finding {
	file := b.file(s)
	if file == "" {
		return found
	}
	var left []rules.Finding
	place := baseline.Place(file, s.abs)
	for _, x := range found {
		e := r.numbers.Entry(f, place, x)
		r.entries = append(r.entries, e)
		if base := b.bases[file]; base != nil && base.Has(e) {
			continue
		}
		left = append(left, x)
	}
	return left
}

// add takes note of what came of a file.
func (b *baselines) add(s source, r *linted) {
	if b.writing != "" {
		b.found = append(b.found, r.entries...)
		return
	}
	base := b.bases[s.under.Baseline]
	if base == nil || !r.checked {
		return
	}
	for _, e := range r.entries {
		if base.Has(e) {
			base.seen[e.Key()] = true
			base.known++
		}
	}
	if len(r.problems) == 0 {
		base.places[baseline.Place(base.File, s.abs)] = s
	}
}

// known counts the findings that the baselines hide.
func (b *baselines) known() int {
	n := 0
	for _, c := range b.bases {
		n += c.known
	}
	return n
}

// gone are the entries that are not found any more: their file is not there, or it was checked whole and for their rule. Of a file that this
// run did not look at nothing is known.
func (c *checkedBaseline) gone() []baseline.Entry {
	var out []baseline.Entry
	for _, e := range c.Entries {
		s, checked := c.places[e.Path]
		switch {
		case c.seen[e.Key()]:
		case !checked && c.Exists(e):
		case checked && !wantsCode(s, e.Code):
		default:
			out = append(out, e)
		}
	}
	return out
}

// wantsCode tells whether a rule is wanted for a file, or not there any more.
func wantsCode(s source, code string) bool {
	r, ok := rules.ByCode(code)
	return !ok || s.wants()(r)
}

// writeNew writes what was found as a baseline.
func (b *baselines) writeNew(report io.Writer, file string) error {
	text, err := baseline.Encode(b.found)
	if err != nil {
		return err
	}
	before, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = rewrite.CreateFile(file, text)
	case err == nil:
		if _, bad := baseline.Read(file); bad != nil {
			return fmt.Errorf("%w; it is not written over", bad)
		}
		err = rewrite.WriteFile(file, before, text)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(report, "tfmigrate: %s: %s written\n", visible(file), countOf(len(b.found), "entry", "entries"))
	return nil
}

// report says what the baselines hide and what of them is gone, which shrink takes out.
func (b *baselines) report(w io.Writer, shrink bool) error {
	for _, file := range slices.Sorted(maps.Keys(b.bases)) {
		c := b.bases[file]
		name := visible(shownPath(file))
		if c.known > 0 {
			fmt.Fprintf(w, "tfmigrate: %s: %s not reported\n", name, countOf(c.known, "known finding", "known findings"))
		}
		gone := c.gone()
		if len(gone) == 0 {
			continue
		}
		if !shrink {
			fmt.Fprintf(w, "tfmigrate: %s: %s gone; --update-baseline takes them out\n", name, countOf(len(gone), "entry is", "entries are"))
			continue
		}
		text, err := baseline.Encode(c.Without(gone))
		if err != nil {
			return err
		}
		if err := rewrite.WriteFile(file, c.Raw(), text); err != nil {
			return err
		}
		fmt.Fprintf(w, "tfmigrate: %s: %s taken out\n", name, countOf(len(gone), "entry", "entries"))
	}
	return nil
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// shownPath is a path from the current directory if it is below it.
func shownPath(path string) string {
	if rel, err := filepath.Rel(absolute("."), absolute(path)); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
