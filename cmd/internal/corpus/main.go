package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

type options struct {
	save, compare, diff, python string
	workers                     int
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == childArg {
		if err := serve(context.Background(), os.Stdin, os.Stdout, os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, "corpus:", err)
			os.Exit(1)
		}
		return
	}
	var opt options
	flag.StringVar(&opt.save, "save", "", "write all findings and what becomes of them to this file, as JSON lines")
	flag.StringVar(&opt.compare, "compare", "", "print what is new, gone and changed against a file that -save wrote")
	flag.StringVar(&opt.diff, "diff", "", "write what all fixes would change to this file, as a patch")
	flag.StringVar(&opt.python, "python", "python3", "the CPython that must read what fixes write")
	flag.IntVar(&opt.workers, "workers", runtime.GOMAXPROCS(0), "how many files are checked at a time")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: corpus [flags] DIR")
		flag.PrintDefaults()
		os.Exit(2)
	}
	if err := run(context.Background(), os.Stdout, os.Stderr, flag.Arg(0), opt); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, times io.Writer, dir string, opt options) error {
	c, err := openCorpus(dir)
	if err != nil {
		return err
	}
	var before []record
	if opt.compare != "" {
		if before, err = readLines[record](opt.compare); err != nil {
			return err
		}
	}
	py, version, err := startInterpreter(opt.python)
	if err != nil {
		return err
	}
	if err := py.close(); err != nil {
		return err
	}
	start := time.Now()
	files, err := checkAll(ctx, c, opt.python, opt.workers)
	if err != nil {
		return err
	}
	took := time.Since(start)
	writeReport(out, c, files, score(c, files))
	if opt.compare != "" {
		writeComparison(out, before, records(files))
	}
	writeTimes(times, files, took, opt.workers, version)
	if opt.save != "" {
		if err := writeLines(opt.save, records(files)); err != nil {
			return err
		}
	}
	if opt.diff != "" {
		var patch strings.Builder
		for _, f := range files {
			patch.WriteString(f.Diff)
		}
		return os.WriteFile(opt.diff, []byte(patch.String()), 0o666)
	}
	return nil
}

// writeTimes prints what differs between two runs.
func writeTimes(w io.Writer, files []*checked, took time.Duration, workers int, version string) {
	fmt.Fprintf(w, "\n%.1f s with %d workers, %.0f files per second (each linted, fixed twice, and held against CPython %s)\n",
		took.Seconds(), workers, float64(len(files))/took.Seconds(), version)
	slowest := slices.SortedFunc(slices.Values(files), func(a, b *checked) int { return cmp.Compare(b.took, a.took) })
	for _, f := range slowest[:min(5, len(slowest))] {
		fmt.Fprintf(w, "  %.2f s  %s\n", f.took.Seconds(), f.Path)
	}
}
