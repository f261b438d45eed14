package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/tfmigrate/tfmigrate/rewrite"
)

// written is what came of writing the files that change.
type written struct {
	helpers  bool          // the module of helpers
	errs     map[int]error // why a file was not written, by its place among the sources
	problems []error
}

// writeFixed writes all files that change. Their bytes are all on the disk before the first of them takes its place: where the disk is full, or the run is asked to stop, nothing
// has changed. From then on it is not stopped any more but by force, and the files go in an order in which the next run finds what is left to do: first what fixed
// files import, then what runs together with them, then these, whose sites are the reason for the others.
func writeFixed(ctx context.Context, stderr io.Writer, src *sources, plans []fixed, opt *fixing) (*written, error) {
	w := &written{errs: map[int]error{}}
	var batch rewrite.Batch
	defer batch.Close()
	var helpers *rewrite.Staged
	if opt.helpers != nil {
		var err error
		if helpers, err = opt.helpers.stage(&batch, plans); err != nil {
			return nil, err
		}
	}
	staged := map[int]*rewrite.Staged{}
	var order []int
	dirs := map[string]bool{}
	for i, s := range src.files {
		f := &plans[i]
		if s.path == stdinPath || !f.changes() {
			continue
		}
		one, err := batch.Replace(s.path, f.d.Raw, f.raw())
		if full(err) {
			return nil, fmt.Errorf("%w, nor to any other file", err)
		}
		if err != nil {
			w.errs[i] = err
			continue
		}
		staged[i] = one
		order = append(order, i)
		dirs[filepath.Dir(realPath(s.path))] = true
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w; nothing was written", err)
	}
	w.problems = clean(stderr, src, dirs)
	if helpers != nil {
		if err := helpers.Commit(); err != nil {
			return nil, err
		}
		w.helpers = true
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(&plans[a]) - rank(&plans[b]) })
	for _, i := range order {
		if err := staged[i].Commit(); err != nil {
			w.errs[i] = err
		}
	}
	return w, nil
}

// rank is 0 for a file that changes because of fixed ones, and 1 for these.
func rank(f *fixed) int {
	if f.support != nil && f.support.Raw != nil {
		return 0
	}
	return 1
}

// full tells whether writing failed in a way in which it will fail for other files as well.
func full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EIO) || errors.Is(err, syscall.EMFILE)
}

// clean takes away the temporary files that runs have left because they were killed, where they were come upon and beside the files that are written.
func clean(stderr io.Writer, src *sources, dirs map[string]bool) (problems []error) {
	src.cleaned = true
	left := slices.Clone(src.leftovers)
	for dir := range dirs {
		entries, _ := os.ReadDir(dir) // what can't be listed was written all the same
		for _, e := range entries {
			if rewrite.IsLeftover(e.Name()) {
				left = append(left, filepath.Join(dir, e.Name()))
			}
		}
	}
	for i, path := range left {
		left[i] = filepath.Join(realPath(filepath.Dir(path)), filepath.Base(path))
	}
	slices.Sort(left)
	n := 0
	for _, path := range slices.Compact(left) {
		removed, err := rewrite.RemoveLeftover(path)
		if err != nil {
			problems = append(problems, pathError(path, err))
		}
		if removed {
			n++
		}
	}
	if n > 0 {
		fmt.Fprintf(stderr, "tfmigrate: %s of a run that was killed removed\n", count(n, "temporary file"))
	}
	return problems
}
