//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// treesPart: whole trees, out of the system's memory.
func (b *bench) treesPart(ctx context.Context) (string, error) {
	var s strings.Builder
	fmt.Fprintf(&s, "## A whole tree\n\nThe files are in the system's memory. Medians of %d runs, with the least and the most.\n", b.runs)
	for i, t := range b.trees {
		all, err := alternate(ctx, b.tools.onTree(t.roots...), b.runs, nil)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&s, "\n%s:\n\n%s", t, compared(b.tools.onTree(), all, seconds))
		us, ruff, rg := all[0], all[1], all[4]
		b.aim(fmt.Sprintf("tree %d: lint with every rule is faster than ruff with one pack", i+1), ruff, us, 1)
		b.aim(fmt.Sprintf("tree %d: lint takes at most three times as long as ripgrep for one word", i+1), rg, us, 1.0/3)
	}
	return s.String(), nil
}

// aim notes whether theirs takes at least so many times as long as ours, by both of its times.
func (b *bench) aim(what string, theirs, ours series, least float64) {
	wall, cpu := ratio(theirs.wall().median, ours.wall().median), ratio(theirs.cpu().median, ours.cpu().median)
	b.aims = append(b.aims, aim{what, fmt.Sprintf("%s of its time, %s of its processor time", times(1/wall), times(1/cpu)), min(wall, cpu) >= least})
}

// coldPart: whole trees, from the disk.
func (b *bench) coldPart(ctx context.Context) (string, error) {
	var s strings.Builder
	s.WriteString("## A whole tree, cold\n\nBefore each run the system was asked to forget the bytes of all files of the tree")
	for i, t := range b.trees {
		held, err := forget(t.files)
		if err != nil {
			return s.String() + ", which it can't: " + err.Error() + "\n", nil
		}
		if i == 0 {
			fmt.Fprintf(&s, " (posix_fadvise; directories, and the programs themselves, stay\nin its memory). Of the pages %.1f%% stayed. Medians of %d runs.\n", 100*held, max(b.runs/2, 1))
		}
		all, err := alternate(ctx, b.tools.onTree(t.roots...), max(b.runs/2, 1), func() error {
			_, err := forget(t.files)
			return err
		})
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&s, "\n%s:\n\n%s", t, compared(b.tools.onTree(), all, seconds))
	}
	return s.String(), nil
}

// filesPart: one file, as an editor or a pre-commit hook names it.
func (b *bench) filesPart(ctx context.Context) (string, error) {
	var s strings.Builder
	fmt.Fprintf(&s, "## One file\n\nAs a pre-commit hook runs it: the file is named, from the root of its work tree. Medians of %d runs. The largest files import much of their project, which is\nread for that.\n", b.fileRuns)
	commands := []command{
		{name: "`tfmigrate --version`", args: []string{b.tools.tfmigrate, "--version"}},
		{name: "`ruff --version`", args: []string{b.tools.ruff, "--version"}},
		{name: "`ast-grep --version`", args: []string{b.tools.astGrep, "--version"}},
		{name: "`rg --version`", args: []string{b.tools.ripgrep, "--version"}},
	}
	if b.tools.plain != "" {
		commands = append(commands, command{name: "`tfmigrate --version`, built without the runtime", args: []string{b.tools.plain, "--version"}})
	}
	all, err := alternate(ctx, commands, b.fileRuns, nil)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&s, "\nTo start and to end:\n\n%s", compared(commands, all, milliseconds))
	for i, t := range b.trees {
		found, err := t.found(ctx, &b.tools)
		if err != nil {
			return "", err
		}
		choices, err := t.choose(found)
		if err != nil {
			return "", err
		}
		for _, c := range choices {
			dir := t.project(c.file)
			path, err := filepath.Rel(dir, c.file.path)
			if err != nil {
				return "", err
			}
			all, err := alternate(ctx, b.tools.onFile(dir, path), b.fileRuns, nil)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&s, "\nTree %d, %s: `%s`, %d KB:\n\n%s", i+1, c.what, t.name(c.file), (c.file.bytes+500)/1000, compared(b.tools.onTree(), all, milliseconds))
			wall, cpu := all[0].wall().median, all[0].cpu().median
			b.aims = append(b.aims, aim{fmt.Sprintf("tree %d, %s: one file in under 30 ms", i+1, c.what), fmt.Sprintf("%s, %s of processor time", milliseconds(wall), milliseconds(cpu)), wall < 30*time.Millisecond})
		}
	}
	return s.String(), nil
}

// fixPart: rewriting, beside TensorFlow's own script, which can only copy.
func (b *bench) fixPart(ctx context.Context) (string, error) {
	if b.tools.upgrade == "" {
		return "## Rewriting\n\nThere was no tf_upgrade_v2 to compare with.\n", nil
	}
	part, err := b.project()
	if err != nil {
		return "", err
	}
	dir := part.roots[0]
	copied := filepath.Join(b.scratch, "upgraded")
	defer os.RemoveAll(copied)
	commands := []command{
		{name: "`tfmigrate fix --diff --unsafe-fixes`", args: []string{b.tools.tfmigrate, "fix", "--diff", "--unsafe-fixes", "--isolated", "--no-respect-gitignore", "--exclude", "nothing", dir}},
		{name: "`tf_upgrade_v2 --intree --outtree`", args: []string{b.tools.upgrade, "--intree", dir, "--outtree", copied, "--reportfile", filepath.Join(b.scratch, "report.txt")}},
	}
	runs := min(b.runs, 3)
	all, err := alternate(ctx, commands, runs, nil)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("## Rewriting\n\nTensorFlow's own script takes its names as they are spelled, and writes a copy of the tree. %s, medians of %d runs:\n\n%s", part, runs, compared(commands, all, seconds)), nil
}

// project is one package: tensorflow_estimator, which has many sites, or the first directory where that isn't among the trees.
func (b *bench) project() (*tree, error) {
	t := b.trees[0]
	dir := filepath.Join(t.roots[0], "tensorflow_estimator")
	if _, err := os.Stat(dir); err != nil {
		dir = filepath.Join(t.files[0].root, firstDir(t.files[0]))
	}
	return readTree("`"+filepath.Base(dir)+"`", false, dir)
}

// growthPart: trees of more and more copies of one.
func (b *bench) growthPart(ctx context.Context) (string, error) {
	t, err := b.project()
	if err != nil {
		return "", err
	}
	sizes := []int{1, 4, 16, 64}
	root := filepath.Join(b.scratch, "copies")
	defer os.RemoveAll(root)
	var commands []command
	for _, n := range sizes {
		dir := filepath.Join(root, fmt.Sprint(n))
		for i := range n {
			if err := t.copyTo(filepath.Join(dir, fmt.Sprint("copy", i), filepath.Base(t.roots[0]))); err != nil {
				return "", err
			}
		}
		commands = append(commands, command{args: b.tools.lint("."), dir: dir}, command{args: b.tools.check("AIR", "."), dir: dir})
	}
	runs := min(b.runs, 3)
	all, err := alternate(ctx, commands, runs, nil)
	if err != nil {
		return "", err
	}
	var s strings.Builder
	fmt.Fprintf(&s, "## Trees that grow\n\nCopies of %s beside each other, medians of %d runs. Processor time and memory:\n\n| Copies | Files | lint | | ruff, AIR | |\n|---:|---:|---:|---:|---:|---:|\n", t.what, runs)
	for i, n := range sizes {
		us, ruff := all[2*i], all[2*i+1]
		fmt.Fprintf(&s, "| %d | %s | %s | %s | %s | %s |\n", n, thousands(n*len(t.files)), seconds(us.cpu().median), megabytes(us.resident()), seconds(ruff.cpu().median), megabytes(ruff.resident()))
	}
	first, last := all[0], all[2*len(sizes)-2]
	time := exponent(first.cpu().median, last.cpu().median, float64(sizes[len(sizes)-1]))
	memory := float64(last.resident()) / float64(first.resident())
	fmt.Fprintf(&s, "\nThe time of lint grows with the tree's size to the power of %.2f, its memory %.1f times from one copy to %d.\n", time, memory, sizes[len(sizes)-1])
	b.aims = append(b.aims,
		aim{"time that grows with the tree and no faster", fmt.Sprintf("size^%.2f", time), time < 1.15},
		aim{"memory that does not grow with the tree", fmt.Sprintf("%s for one copy, %s for %d", megabytes(first.resident()), megabytes(last.resident()), sizes[len(sizes)-1]), memory < 1.25})
	return s.String(), nil
}
