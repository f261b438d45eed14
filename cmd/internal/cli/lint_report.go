package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// report is what a run of lint has found, for every format.
type report struct {
	findings []finding
	checked  int     // files that were looked at, in part or whole
	known    int     // findings that a baseline hides
	problems []error // what could not be checked, or only in part
}

// lintFormats are the formats of lint, by name.
var lintFormats = []struct {
	name  string
	write func(io.Writer, terminal, *report) error
}{
	{"text", writeLintText},
	{"concise", writeLintConcise},
	{"json", writeLintJSON},
	{"sarif", writeLintSARIF},
	{"github", writeLintGitHub},
	{"gitlab", writeLintGitLab},
	{"junit", writeLintJUnit},
	{"rdjson", writeLintRDJSON},
}

func lintFormatNames() []string {
	var names []string
	for _, f := range lintFormats {
		names = append(names, f.name)
	}
	return names
}

// reporting is how the user wants to be told.
type reporting struct {
	format     string
	output     string // a file for the report; empty for standard output alone
	statistics bool
	colour     colourMode
}

func (r *reporting) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.format, "format", "text", "how to report: "+alternatives(lintFormatNames()))
	cmd.Flags().StringVarP(&r.output, "output", "o", "", "write the report to this file, and text to standard output")
	cmd.Flags().BoolVar(&r.statistics, "statistics", false, "count the findings of each rule, and show nothing else")
	offer(cmd, "format", lintFormatNames()...)
	colourFlag(cmd, &r.colour)
}

// check refuses what does not go together.
func (r *reporting) check() error {
	switch {
	case !slices.Contains(lintFormatNames(), r.format):
		return usagef("unknown format %q: %s", r.format, alternatives(lintFormatNames()))
	case r.statistics && r.format != "text" && r.format != "json":
		return usagef("--statistics has the formats text and json, not %s", r.format)
	case r.output == stdinPath:
		return usagef("--output names a file; without it the report goes to standard output")
	}
	return nil
}

// showsFixes tells whether the format has a place for the text that a fix would write, which takes a plan for each site.
func (r *reporting) showsFixes() bool { return r.format == "sarif" || r.format == "rdjson" }

// write writes the report where it belongs.
func (r *reporting) write(cmd *cobra.Command, rep *report) error {
	out := cmd.OutOrStdout()
	write := writeStatistics
	for _, f := range lintFormats {
		if f.name == r.format && !r.statistics {
			write = f.write
		}
	}
	if r.statistics && r.format == "json" {
		write = writeStatisticsJSON
	}
	if r.output == "" {
		return write(out, newTerminal(out, r.colour), rep)
	}
	var b bytes.Buffer
	err := write(&b, terminal{}, rep)
	if err == nil && (r.format == "text" || r.statistics) { // its names of what was not checked go to standard error
		reportProblems(&b, rep.problems)
	}
	if err == nil {
		err = os.WriteFile(r.output, b.Bytes(), 0o666)
	}
	if err != nil {
		return fmt.Errorf("the report is not written: %w", err)
	}
	if r.statistics {
		return writeStatistics(out, newTerminal(out, r.colour), rep)
	}
	return writeLintText(out, newTerminal(out, r.colour), rep)
}

func alternatives(names []string) string {
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// problem is why a file was not checked, or only in part.
type problem struct {
	path string
	line int  // from 1, in a notebook within the cell; 0 where the whole file is meant
	cell *int // of a notebook
	at   region
	err  error // with the path in it
}

func (p *problem) Error() string { return p.err.Error() }
func (p *problem) Unwrap() error { return p.err }

// inFile says which file an error is about, so that every format can put it there.
func inFile(path string, err error) error {
	var p *problem
	if errors.As(err, &p) {
		return err
	}
	return &problem{path: path, err: err}
}

// located are the problems with their places; a problem that is of no file has none.
func (r *report) located() []problem {
	var out []problem
	for _, err := range r.problems {
		var p *problem
		if !errors.As(err, &p) {
			p = &problem{err: err}
		}
		out = append(out, *p)
	}
	return out
}

// message is what is wrong, without the path.
func (p problem) message() string {
	return strings.TrimPrefix(p.err.Error(), p.path+": ")
}

// reportPath is how a report for machines names a file: from the current directory, with slashes, if the file is below it; else as it was named.
func reportPath(path string) string {
	if filepath.IsAbs(path) {
		if here, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(rel) {
				path = rel
			}
		}
	}
	return filepath.ToSlash(filepath.Clean(path))
}

// said is what a format with one text for each finding says: where in a notebook, what, the other places of the site, and what can be done.
func (f finding) said() string {
	var b strings.Builder
	if f.Cell != nil {
		fmt.Fprintf(&b, "cell %d, line %d: ", *f.Cell, f.Line)
	}
	b.WriteString(f.Message + "\n")
	if len(f.Related) > 0 {
		b.WriteString("belongs together with " + f.others() + "\n")
	}
	b.WriteString(f.remedy())
	return b.String()
}

// others names the places of the site that a finding is not at, cell by cell.
func (f finding) others() string {
	var lines, cells []string
	flush := func(cell *int) {
		if len(lines) == 0 {
			return
		}
		lines = slices.Compact(lines)
		text := "line " + lines[0]
		if n := len(lines); n > 1 {
			text = "lines " + strings.Join(lines[:n-1], ", ") + " and " + lines[n-1]
		}
		if cell != nil && *cell != *f.Cell {
			text = fmt.Sprintf("cell %d %s", *cell, text)
		}
		cells, lines = append(cells, text), nil
	}
	related := sorted(f.Related)
	for i, p := range related {
		if i > 0 && p.Cell != nil && *p.Cell != *related[i-1].Cell {
			flush(related[i-1].Cell)
		}
		lines = append(lines, fmt.Sprint(p.Line))
	}
	if n := len(related); n > 0 {
		flush(related[n-1].Cell)
	}
	return strings.Join(cells, "; ")
}

func sorted(fs []finding) []finding {
	fs = slices.Clone(fs)
	slices.SortStableFunc(fs, inSource)
	return fs
}

// remedy is what can be done.
func (f finding) remedy() string {
	switch f.Fixable {
	case "safe":
		return "fix: " + f.Fix
	case "unsafe":
		return "fix with --unsafe-fixes: " + f.Fix
	}
	if f.ByHand != "" {
		return "no fix: " + f.Reason + "\nby hand: " + f.ByHand
	}
	return "no fix: " + f.Reason
}

// rulePage is the address of a rule's page.
func rulePage(code, name string) string {
	return "https://github.com/tfmigrate/tfmigrate/blob/main/docs/rules/" + code + "-" + name + ".md"
}

const projectPage = "https://github.com/tfmigrate/tfmigrate"

// nothingChecked is what every format with room for it says where there was nothing to look at, which is not the same as nothing found.
const nothingChecked = "no Python file or notebook was checked"
