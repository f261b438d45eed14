//go:build unix

package main

import (
	"fmt"
	"strings"
	"time"
)

// compared is a table of commands with their times beside those of the first.
func compared(commands []command, all []series, unit func(time.Duration) string) string {
	var s strings.Builder
	s.WriteString("| | Time | Processor time | Memory | Ratio | of processor time |\n|---|---:|---:|---:|---:|---:|\n")
	us := all[0]
	for i, theirs := range all {
		wall, cpu := theirs.wall(), theirs.cpu()
		of := "| | |"
		if i > 0 {
			of = fmt.Sprintf("| %s | %s |", times(ratio(wall.median, us.wall().median)), times(ratio(cpu.median, us.cpu().median)))
		}
		fmt.Fprintf(&s, "| %s | %s (%s–%s) | %s | %s %s\n", commands[i].name, unit(wall.median), number(wall.least, unit), number(wall.most, unit), unit(cpu.median), megabytes(theirs.resident()), of)
	}
	return s.String()
}

func number(d time.Duration, unit func(time.Duration) string) string {
	n, _, _ := strings.Cut(unit(d), " ")
	return n
}

func seconds(d time.Duration) string      { return fmt.Sprintf("%.2f s", d.Seconds()) }
func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }
func megabytes(n int64) string            { return fmt.Sprintf("%d MB", (n+500_000)/1_000_000) }
func megas(n int) string                  { return strings.TrimSuffix(fmt.Sprintf("%.2f", float64(n)/1e6), "0") + " MB" }

func times(r float64) string {
	if r >= 10 {
		return fmt.Sprintf("%.0f×", r)
	}
	return fmt.Sprintf("%.2f×", r)
}

func thousands(n int) string {
	if n >= 1000 {
		return thousands(n/1000) + fmt.Sprintf(",%03d", n%1000)
	}
	return fmt.Sprint(n)
}

func (t *tree) String() string {
	return fmt.Sprintf("%s, %s files, %s MB", strings.ToUpper(t.what[:1])+t.what[1:], thousands(len(t.files)), thousands(int((t.bytes()+500_000)/1_000_000)))
}

// head says when and on what.
func (b *bench) head(load string) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s, on %s.", time.Now().Format("2006-01-02"), machine())
	if load != "" {
		fmt.Fprintf(&s, " At the start %s threads of other things wanted to run (the load of the last minute).", load)
	}
	fmt.Fprintf(&s, "\n%s; %s; %s; %s.\n", b.tools.tfmigrateIs, b.tools.ruffIs, b.tools.astGrepIs, b.tools.ripgrepIs)
	for i, t := range b.trees {
		fmt.Fprintf(&s, "\n%d. %s", i+1, t)
	}
	return s.String() + "\n"
}

func (b *bench) aimsTable() string {
	var s strings.Builder
	s.WriteString("| Aim | Measured | |\n|---|---|---|\n")
	for _, a := range b.aims {
		met := "**not met**"
		if a.met {
			met = "met"
		}
		fmt.Fprintf(&s, "| %s | %s | %s |\n", a.what, a.measured, met)
	}
	return s.String()
}

func (b *bench) page(load string, sections []string) string {
	return fmt.Sprintf(`# How fast lint and fix are

<!-- generated: make bench writes this page -->

`+"`make bench`"+` runs tfmigrate beside ruff, ast-grep, ripgrep and tf_upgrade_v2, which it installs into an environment of their own, all on the same files and in
turn (A B C A B C), and writes this page. What holds elsewhere are the ratios: theirs by ours, so that above 1 tfmigrate takes less. Times are those of processes from their start to their
end; processor time is that of all their threads, in user and system mode; memory is the most that was resident, and at least that of the program that measures, which is %s at first and
%s when it has generated files. All use as many threads as they do by themselves, take Python
files and notebooks (ast-grep reads no notebooks), keep no cache and read no configuration and no .gitignore.

`, megabytes(b.atFirst), megabytes(ownMemory())) + b.head(load) + `
ruff has no rules about TensorFlow. AIR, its rules for the move from Airflow 2 to 3, is a pack such as tfmigrate's; as no file here imports Airflow, it is the least that ruff can do, and what the
aims are judged by. UP, the move to newer Python, finds something to do in most files. What is searched for with ripgrep is one word, and what ast-grep looks for is one pattern of calls.

## Aims

An aim about a ratio is met where both ratios meet it, that of the time and that of the processor time.

` + b.aimsTable() + "\n" + strings.Join(sections, "\n")
}
