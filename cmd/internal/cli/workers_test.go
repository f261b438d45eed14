package cli

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestInOrder holds that results are taken in order and each once, whatever the number of workers and however long each takes.
func TestInOrder(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8, 100} {
		for _, n := range []int{0, 1, 2, 50} {
			var got []int
			taken := inOrder(t.Context(), workers, n, func(i int) int {
				time.Sleep(time.Duration(rand.Intn(200)) * time.Microsecond)
				return i * i
			}, func(i, square int) {
				if square != i*i {
					t.Errorf("%d: %d", i, square)
				}
				got = append(got, i)
			})
			if taken != n || len(got) != n {
				t.Errorf("%d workers took %d of %d", workers, taken, n)
			}
			for i, g := range got {
				if i != g {
					t.Fatalf("%d workers: %v", workers, got)
				}
			}
		}
	}
}

// TestInOrderStops holds that the end of the context ends the work, even where a worker does not notice.
func TestInOrderStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	hold := make(chan struct{})
	defer close(hold)
	taken := inOrder(ctx, 2, 100, func(i int) int {
		if i == 5 {
			cancel()
			<-hold
		}
		return i
	}, func(int, int) {})
	if taken > 5 {
		t.Errorf("%d results were taken", taken)
	}
}

// TestJobs holds that lint and fix print the same with any number of workers.
func TestJobs(t *testing.T) {
	root := filepath.Join("..", "..", "..", "testdata")
	for _, command := range [][]string{{"lint"}, {"lint", "--format", "json"}, {"fix", "--diff"}, {"fix", "--diff", "--unsafe-fixes"}} {
		want := ""
		for _, jobs := range []int{1, 8} {
			code, out, errs := run(t, append(command, "--jobs", fmt.Sprint(jobs), filepath.Join(root, "programs"), filepath.Join(root, "analyzer"))...)
			got := fmt.Sprintf("%d\n%s\n%s", code, out, errs)
			if !strings.Contains(got, "builder_add_two") || command[0] == "fix" && !strings.Contains(got, "+++ b") {
				t.Fatalf("%v shows little:\n%s", command, got)
			}
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%v --jobs %d prints other things than --jobs 1", command, jobs)
			}
		}
	}
}

// TestInterrupted holds that a run that is ended writes nothing and says where it was.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "programs", "builder_add_two.py"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "a.py")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, command := range []string{"lint", "fix"} {
		var out, errs bytes.Buffer
		code := Run(ctx, []string{command, dir}, strings.NewReader(""), &out, &errs)
		if code != exitFailed || out.Len() > 0 || !strings.Contains(errs.String(), "a.py: context canceled") {
			t.Errorf("%s: code %d\n%s%s", command, code, out.String(), errs.String())
		}
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, text) {
		t.Errorf("the file was changed: %v", err)
	}
}

// TestProgress holds what is shown of long work, and that nothing of it stays.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	begin, tick := make(chan time.Time), make(chan time.Time)
	p := showProgress(&out, 3, begin, tick)
	p.step()
	begin <- time.Time{}
	tick <- time.Time{}
	p.end()
	if want := "\r\x1b[K1 of 3 files\r\x1b[K1 of 3 files\r\x1b[K"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}

	out.Reset()
	p = showProgress(&out, 3, begin, tick) // it is done before its time
	p.step()
	p.end()
	if out.Len() > 0 {
		t.Errorf("short work shows %q", out.String())
	}

	p = startProgress(&out, 3) // no terminal
	p.step()
	p.end()
	if out.Len() > 0 {
		t.Errorf("a pipe gets %q", out.String())
	}
}
