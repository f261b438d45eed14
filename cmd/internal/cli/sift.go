package cli

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// buffers are those that files were read into for a glance.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxKeptBuffer bounds how large a buffer is kept to be used again, in bytes.
const maxKeptBuffer = 8 << 20

// sift calls look for each file that may hold something that a rule finds, with so many workers, and passes over the others. A file that was
// named itself is looked at in any case: whether it can be read as Python is for the user to know. look gives the file as it was parsed, nil
// where it was not; nothing of the project's modules may be asked of it afterwards. The error is for a context that ended.
func (s *sources) sift(ctx context.Context, workers int, look func(i int) *analyzer.File) (*analyzer.Sieve, error) {
	var targets []rules.Version
	index := map[string]int{}
	for i, f := range s.files {
		targets = append(targets, f.under.Target)
		index[filepath.Clean(f.path)] = i
	}
	sieve := rules.Sieve(s.project, targets...)
	all := make([]int, len(s.files))
	for i := range all {
		all[i] = i
	}
	var round []int
	allNamed := !slices.ContainsFunc(s.files, func(f source) bool { return !f.named })
	err := s.inRound(ctx, workers, all, func(i int) bool {
		f := s.files[i]
		if f.path == stdinPath {
			return false // it can be read only once
		}
		b := buffers.Get().(*bytes.Buffer)
		err := s.into(b, f.path)
		if err == nil {
			sieve.Look(f.path, b.Bytes())
		}
		if b.Cap() <= maxKeptBuffer {
			b.Reset()
			buffers.Put(b)
		}
		return err == nil && !f.named
	}, func(i int, glanced bool) {
		if !glanced {
			round = append(round, i)
		}
		if !allNamed {
			sieve.Follow(s.files[i].path) // while others are being looked at
		}
	})
	var inUse sync.RWMutex // the project's modules
	for err == nil {
		var next []string
		if !allNamed { // then no round could add any
			next = sieve.Next()
		}
		if len(round)+len(next) == 0 {
			break
		}
		for _, path := range next {
			if i := index[path]; !slices.Contains(round, i) && !s.files[i].named {
				round = append(round, i)
			}
		}
		err = s.inRound(ctx, workers, round, func(i int) bool {
			inUse.RLock()
			if f := look(i); f != nil && !allNamed {
				sieve.Exposes(f)
			}
			inUse.RUnlock()
			if s.project.Full() {
				inUse.Lock()
				s.project.Forget()
				inUse.Unlock()
			}
			return true
		}, func(int, bool) {})
		round = nil
	}
	return sieve, err
}

// inRound is inOrder for some of the files.
func (s *sources) inRound(ctx context.Context, workers int, round []int, work func(i int) bool, take func(i int, result bool)) error {
	taken := inOrder(ctx, workers, len(round), func(k int) bool { return work(round[k]) }, func(k int, result bool) { take(round[k], result) })
	if taken < len(round) {
		return fmt.Errorf("%s: %w", s.name(s.files[round[taken]].path), ctx.Err())
	}
	return nil
}
