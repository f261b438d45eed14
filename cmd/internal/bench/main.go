//go:build unix

package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	var b bench
	flag.StringVar(&b.tools.tfmigrate, "program", "bin/tfmigrate", "the tfmigrate to measure")
	flag.StringVar(&b.tools.plain, "plain", "", "the same without the runtime that runs models, for how long it takes to start")
	peers := flag.String("peers", ".venv-bench/bin", "the directory with ruff, ast-grep and rg")
	flag.StringVar(&b.tools.upgrade, "upgrade", "", "tf_upgrade_v2; without it nothing is compared with it")
	packages := flag.String("packages", "", "a directory of installed packages, to be measured as a tree")
	flag.StringVar(&b.library, "library", "", "a directory of Python in which nothing uses TensorFlow, to be measured as a tree")
	flag.StringVar(&b.scratch, "scratch", ".cache/bench", "a directory for what is generated")
	flag.IntVar(&b.runs, "runs", 7, "how often a command is run on a tree")
	flag.IntVar(&b.fileRuns, "file-runs", 50, "how often a command is run on one file")
	flag.DurationVar(&b.limit, "limit", time.Minute, "how long a generated file may take")
	page := flag.String("page", "", "write the page to this file")
	only := flag.String("only", "", "measure only the parts with these names, with commas between: "+strings.Join(partNames(), ", "))
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: bench [flags] [DIR]...   where each directory in DIR is a project")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.main(ctx, os.Stdout, *peers, *packages, flag.Args(), *only, *page); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run of everything.
type bench struct {
	tools          tools
	library        string
	trees          []*tree
	scratch        string
	runs, fileRuns int
	limit          time.Duration
	aims           []aim
	atFirst        int64 // the memory of this process before anything is measured
}

// aim is what should hold, and what was measured.
type aim struct {
	what, measured string
	met            bool
}

// part is a section of the page.
type part struct {
	name  string
	write func(*bench, context.Context) (string, error)
}

var parts = []part{
	{"trees", (*bench).treesPart},
	{"cold", (*bench).coldPart},
	{"files", (*bench).filesPart},
	{"fix", (*bench).fixPart},
	{"growth", (*bench).growthPart},
	{"sizes", (*bench).sizesPart},
	{"lines", (*bench).linesPart},
	{"nesting", (*bench).nestingPart},
}

func partNames() (names []string) {
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

func (b *bench) main(ctx context.Context, out io.Writer, peers, packages string, dirs []string, only, page string) error {
	wanted := partNames()
	if only != "" {
		wanted = strings.Split(only, ",")
		for _, w := range wanted {
			if !slices.Contains(partNames(), w) {
				return fmt.Errorf("-only: no part is called %q, only %s", w, strings.Join(partNames(), ", "))
			}
		}
		if page != "" {
			return errors.New("-page: the page is of all parts")
		}
	}
	if err := absolute(&b.scratch); err != nil {
		return err
	}
	if err := b.tools.find(ctx, peers); err != nil {
		return err
	}
	if err := b.readTrees(packages, dirs); err != nil {
		return err
	}
	if err := os.MkdirAll(b.scratch, 0o777); err != nil {
		return err
	}
	before := load()
	b.atFirst = ownMemory()
	fmt.Fprintln(out, b.head(before))
	var sections []string
	for _, p := range parts {
		if !slices.Contains(wanted, p.name) {
			continue
		}
		start := time.Now()
		section, err := p.write(b, ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Fprintf(out, "%s\n(%s: %.0f s)\n\n", section, p.name, time.Since(start).Seconds())
		sections = append(sections, section)
	}
	fmt.Fprintln(out, b.aimsTable())
	if page == "" {
		return nil
	}
	return os.WriteFile(page, []byte(b.page(before, sections)), 0o666)
}

// find completes the table of programs, with their versions.
func (t *tools) find(ctx context.Context, peers string) error {
	t.ruff, t.astGrep, t.ripgrep = filepath.Join(peers, "ruff"), filepath.Join(peers, "ast-grep"), filepath.Join(peers, "rg")
	if err := absolute(&t.tfmigrate, &t.ruff, &t.astGrep, &t.ripgrep); err != nil {
		return err
	}
	for program, is := range map[string]*string{t.tfmigrate: &t.tfmigrateIs, t.ruff: &t.ruffIs, t.astGrep: &t.astGrepIs, t.ripgrep: &t.ripgrepIs} {
		v, err := version(ctx, program)
		if err != nil {
			return fmt.Errorf("%w; `make bench` builds tfmigrate and installs the others", err)
		}
		*is = v
	}
	if info, err := buildinfo.ReadFile(t.tfmigrate); err == nil {
		t.tfmigrateIs += ", built with " + info.GoVersion
	}
	return nil
}

func (b *bench) readTrees(packages string, dirs []string) error {
	if packages != "" {
		t, err := readTree("the packages that `make venv` installs: TensorFlow 2.15.1 and what it needs", false, packages)
		if err != nil {
			return err
		}
		b.trees = append(b.trees, t)
	}
	if len(dirs) > 0 {
		t, err := readTree("", true, dirs...)
		if err != nil {
			return err
		}
		projects := map[string]bool{}
		for _, f := range t.files {
			projects[t.project(f)] = true
		}
		t.what = fmt.Sprintf("%d public repositories that use TensorFlow", len(projects))
		b.trees = append(b.trees, t)
	}
	if b.library != "" {
		t, err := readTree("CPython's library, and what is installed beside it: next to nothing uses TensorFlow", false, b.library)
		if err != nil {
			return err
		}
		b.trees = append(b.trees, t)
	}
	if len(b.trees) == 0 {
		return errors.New("nothing to measure: name a directory of projects, or one of packages with -packages")
	}
	return nil
}
