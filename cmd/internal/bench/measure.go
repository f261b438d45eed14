//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// command is one thing to run.
type command struct {
	name string
	args []string
	dir  string // where it runs; empty for here
}

// sample is what one run took.
type sample struct {
	wall, cpu time.Duration // cpu is user and system time of all its threads
	resident  int64         // bytes, at most at one time
}

// series are the runs of one command. Times are told by their median and their extremes, memory by the most.
type series []sample

func (s series) wall() spread { return spreadOf(s, func(m sample) time.Duration { return m.wall }) }
func (s series) cpu() spread  { return spreadOf(s, func(m sample) time.Duration { return m.cpu }) }

func (s series) resident() (most int64) {
	for _, m := range s {
		most = max(most, m.resident)
	}
	return most
}

type spread struct{ median, least, most time.Duration }

func spreadOf(s series, what func(sample) time.Duration) spread {
	var all []time.Duration
	for _, m := range s {
		all = append(all, what(m))
	}
	if len(all) == 0 {
		return spread{}
	}
	slices.Sort(all)
	return spread{(all[(len(all)-1)/2] + all[len(all)/2]) / 2, all[0], all[len(all)-1]}
}

// ratio is how many times as long theirs takes.
func ratio(theirs, ours time.Duration) float64 {
	return float64(theirs) / float64(max(ours, time.Microsecond))
}

// exponent is the e of time ~ size^e between two sizes. What a process takes to start is no part of the times.
func exponent(small, large time.Duration, times float64) float64 {
	return math.Log(ratio(large, max(small, time.Microsecond))) / math.Log(times)
}

// alternate runs all commands once, so that what they read is in memory, and then runs times each in turn (A B C A B C), so that what else
// the machine does meets all of them. With before, which is called before every run, the first round is left out.
func alternate(ctx context.Context, commands []command, runs int, before func() error) ([]series, error) {
	all := make([]series, len(commands))
	first := 0
	if before == nil {
		first = -1
	}
	for round := first; round < runs; round++ {
		for i, c := range commands {
			if before != nil {
				if err := before(); err != nil {
					return nil, err
				}
			}
			m, _, err := c.run(ctx)
			if err != nil {
				return nil, err
			}
			if round >= 0 {
				all[i] = append(all[i], m)
			}
		}
	}
	return all, nil
}

// counter takes what a command prints. To /dev/null some programs print less.
type counter struct{ bytes int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	return len(p), nil
}

// run runs the command. That it finds something is no failure, and neither is that some file is no Python; that it crashes is.
func (c command) run(ctx context.Context) (m sample, said string, err error) {
	var out counter
	var errs bytes.Buffer
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, &out, &errs
	start := time.Now()
	err = cmd.Run()
	m.wall = time.Since(start)
	said = errs.String()
	if ctx.Err() != nil {
		return m, said, fmt.Errorf("%s: %w", c, ctx.Err())
	}
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && (exit.ExitCode() == 1 || exit.ExitCode() == 3)) {
		return m, said, fmt.Errorf("%s: %w: %.2000s", c, err, said)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return m, said, errors.New("this system does not tell what a process used")
	}
	m.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	m.resident = usage.Maxrss << 10
	return m, said, nil
}

// ownMemory is the most that this process has had resident: a process begins as a copy of the one that starts it, and no less is told of it.
func ownMemory() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return usage.Maxrss << 10
}

func (c command) String() string {
	s := strings.Join(c.args, " ")
	if len(s) > 300 {
		s = s[:300] + "..."
	}
	return s
}
