//go:build unix && !race

// The race detector takes ten times as long and tells nothing of time; make test runs this without it.

package main

import (
	"syscall"
	"testing"
	"time"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// TestGrowth: four times as much of anything takes about four times as long, to look at and to fix; what grew with the square would take 16
// times as long. What is nested too deep is declined in no time.
func TestGrowth(t *testing.T) {
	for _, g := range []struct {
		shapes []shape
		n      int
		wrap   func(string) string
	}{
		{generated, 10_000, nil},
		{generated[:1], 10_000, notebook},
		{lines, 8_000, nil},
		{nested, 400, nil},
	} {
		for _, s := range g.shapes {
			path := "x.py"
			if g.wrap != nil {
				path = "x.ipynb"
			}
			t.Run(s.what+path[1:], func(t *testing.T) {
				document := func(n int) *rewrite.Document {
					src := site + s.write(n)
					if g.wrap != nil {
						src = g.wrap(src)
					}
					d, err := rewrite.ReadDocument(path, []byte(src))
					if err != nil {
						t.Fatal(err)
					}
					return d
				}
				small, large := document(g.n), document(4*g.n)
				for what, do := range map[string]func(d *rewrite.Document){
					"Survey": func(d *rewrite.Document) {
						if _, err := rewrite.Survey(t.Context(), d, rules.DefaultTarget, rewrite.Options{Unsafe: true}); err != nil {
							t.Fatal(err)
						}
					},
					"Converge": func(d *rewrite.Document) {
						if _, err := rewrite.Converge(t.Context(), d, rules.DefaultTarget, rewrite.Options{Unsafe: true}); err != nil {
							t.Fatal(err)
						}
					},
				} {
					a, b := leastTime(t, small, do), leastTime(t, large, do)
					t.Logf("%s: %v, %v: %.1f", what, a, b, ratio(b, a))
					if b > 10*a && b > 150*time.Millisecond {
						t.Errorf("%s took %v for %d and %v for four times as much", what, a, g.n, b)
					}
				}
			})
		}
	}
}

// leastTime is the least processor time of three runs, of one that is long.
func leastTime(t *testing.T, d *rewrite.Document, do func(*rewrite.Document)) (least time.Duration) {
	t.Helper()
	for i := range 3 {
		before := processorTime(t)
		do(d)
		took := processorTime(t) - before
		if i == 0 || took < least {
			least = took
		}
		if took > time.Second {
			break
		}
	}
	return least
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
