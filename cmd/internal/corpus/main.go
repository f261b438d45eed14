package main

import (
	"bytes"
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
	save, compare, diff, coverage, laws string
	python, python2                     string
	workers                             int
}

// pythons are the programs that are named.
func (o options) pythons() []string {
	if o.python2 == "" {
		return []string{o.python}
	}
	return []string{o.python, o.python2}
}

func main() {
	if len(os.Args) > 3 && os.Args[1] == childArg {
		if err := serve(context.Background(), os.Stdin, os.Stdout, os.Args[2], os.Args[3:]); err != nil {
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
	flag.StringVar(&opt.python2, "python2", "", "the CPython 2 that must read what fixes write where only it could read the file before")
	flag.StringVar(&opt.coverage, "coverage", "", "write what becomes of the labelled sites to this file, in Markdown")
	flag.StringVar(&opt.laws, "laws", "", "instead of all that, run this tfmigrate on copies of the checkouts, and hold what it leaves on disk against the laws")
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
	if opt.laws != "" {
		return fixOnDisk(ctx, out, c, opt.laws, opt.pythons())
	}
	var before []record
	if opt.compare != "" {
		if before, err = readLines[record](opt.compare); err != nil {
			return err
		}
	}
	py, versions, err := startPythons(opt.pythons())
	if err != nil {
		return err
	}
	if err := py.close(); err != nil {
		return err
	}
	start := time.Now()
	files, err := checkAll(ctx, c, opt.pythons(), opt.workers)
	if err != nil {
		return err
	}
	took := time.Since(start)
	labels := score(c, files)
	writeReport(out, c, files, labels)
	if opt.coverage != "" {
		var page bytes.Buffer
		writeCoverage(&page, c, files, labels)
		if err := os.WriteFile(opt.coverage, page.Bytes(), 0o666); err != nil {
			return err
		}
	}
	if opt.compare != "" {
		writeComparison(out, before, records(files))
	}
	writeTimes(times, files, took, opt.workers, strings.Join(versions, " and "))
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
