package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/rewrite"
)

// fileOnDisk is a file as it is below a directory.
type fileOnDisk struct {
	data []byte
	mode fs.FileMode
}

// fixOnDisk runs the program itself on a copy of each repository, twice, and holds what is on disk then against what has to be true. It
// prints what is not; the error counts that.
func fixOnDisk(ctx context.Context, w io.Writer, c *corpus, program string, python []string) error {
	py, _, err := startPythons(python)
	if err != nil {
		return err
	}
	defer py.close()
	if program, err = filepath.Abs(program); err != nil {
		return err
	}
	checked, changed, broken := 0, 0, 0
	for _, r := range c.repos {
		if slices.Contains(c.absent, r) {
			continue
		}
		l := &lawsOnDisk{program: program, py: py}
		if err := l.hold(ctx, filepath.Join(c.dir, r.folder())); err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		checked, changed, broken = checked+l.files, changed+l.changed, broken+len(l.broken)
		fmt.Fprintf(w, "%s: %d files, %d changed\n", r.Name, l.files, l.changed)
		for _, b := range l.broken {
			fmt.Fprintf(w, "  %s\n", b)
		}
	}
	if err := py.failed(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d files, %d changed; %d times something that must not be\n", checked, changed, broken)
	if broken > 0 {
		return fmt.Errorf("%d laws are broken", broken)
	}
	return nil
}

// lawsOnDisk are the laws for one repository.
type lawsOnDisk struct {
	program        string
	py             pythons
	files, changed int
	broken         []string
}

func (l *lawsOnDisk) breaks(format string, args ...any) {
	l.broken = append(l.broken, fmt.Sprintf(format, args...))
}

func (l *lawsOnDisk) hold(ctx context.Context, repo string) (err error) {
	dir, err := os.MkdirTemp("", "corpus-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.CopyFS(dir, os.DirFS(repo)); err != nil {
		return err
	}
	before, err := filesOnDisk(dir)
	if err != nil {
		return err
	}
	l.files = len(before)
	report, code := l.fix(ctx, dir)
	if code < 0 || code == 2 || code > 3 {
		l.breaks("the first run ends with exit code %d: %s", code, report)
	}
	after, err := filesOnDisk(dir)
	if err != nil {
		return err
	}
	l.compare(before, after, report)
	report, _ = l.fix(ctx, dir)
	if named := saidChanged(report); len(named) > 0 {
		l.breaks("the second run says that it changes %s", strings.Join(slices.Sorted(maps.Keys(named)), ", "))
	}
	again, err := filesOnDisk(dir)
	if err != nil {
		return err
	}
	for path := range after {
		if !bytes.Equal(after[path].data, again[path].data) {
			l.breaks("%s: the second run changes it", path)
		}
	}
	return nil
}

// fix runs the program, and gives what it printed and its exit code.
func (l *lawsOnDisk) fix(ctx context.Context, dir string) (report string, code int) {
	cmd := exec.CommandContext(ctx, l.program, "fix", "--isolated", "--no-respect-gitignore", "--unsafe-fixes", ".")
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil {
		return err.Error(), -1
	}
	if code := cmd.ProcessState.ExitCode(); code < 0 || code == 2 || code > 3 {
		return errs.String(), code
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// saysChanged is how a report says that a file was written.
var saysChanged = regexp.MustCompile(`(?m)^(.+?):(?:(?:cell \d+:)?\d+:\d+: TFM\d+ fixed \(| changed: )`)

func saidChanged(report string) map[string]bool {
	out := map[string]bool{}
	for _, m := range saysChanged.FindAllStringSubmatch(report, -1) {
		out[m[1]] = true
	}
	return out
}

// compare holds what a run has left against what was there.
func (l *lawsOnDisk) compare(before, after map[string]fileOnDisk, report string) {
	said := saidChanged(report)
	for path := range after {
		if _, ok := before[path]; !ok {
			l.breaks("%s: it is new", path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(before)) {
		was := before[path]
		is, ok := after[path]
		switch {
		case !ok:
			l.breaks("%s: it is gone", path)
		case was.mode != is.mode:
			l.breaks("%s: its mode was %v and is %v", path, was.mode, is.mode)
		case bytes.Equal(was.data, is.data):
			if said[path] {
				l.breaks("%s: it is said to be changed, and is not", path)
			}
		default:
			l.changed++
			if !said[path] {
				l.breaks("%s: it is changed, and that is not said", path)
			}
			for _, why := range l.changedFile(path, was.data, is.data) {
				l.breaks("%s: %s", path, why)
			}
		}
	}
}

// changedFile tells what is wrong with a file as it was changed.
func (l *lawsOnDisk) changedFile(path string, was, is []byte) (wrong []string) {
	old, err := rewrite.ReadDocument(path, was)
	if err != nil {
		return []string{"it was changed, and can't be read: " + err.Error()}
	}
	new, err := rewrite.ReadDocument(path, is)
	if err != nil {
		return []string{err.Error()}
	}
	why, reads := l.py.compile(old.Python)
	if why != "" {
		wrong = append(wrong, "it was changed, and no Python could read it: "+why)
	} else if why := reads.compile(new.Python); why != "" {
		wrong = append(wrong, "the Python that could read it can't any more: "+why)
	}
	bom := []byte("\ufeff")
	if bytes.HasPrefix(was, bom) != bytes.HasPrefix(is, bom) {
		wrong = append(wrong, "its byte order mark has changed")
	}
	if ends := lineEnds(was); len(ends) == 1 && !reflect.DeepEqual(ends, lineEnds(is)) {
		wrong = append(wrong, fmt.Sprintf("its line ends were %q and are %q", ends, lineEnds(is)))
	}
	if !bytes.HasSuffix(was, []byte("\n")) && bytes.HasSuffix(is, []byte("\n")) {
		wrong = append(wrong, "it ends in a newline now")
	}
	if old.Notebook != nil {
		a, errA := aroundCode(was)
		b, errB := aroundCode(is)
		if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
			wrong = append(wrong, "the notebook has changed outside of its code")
		}
		if a, b := magics(was), magics(is); !slices.Equal(a, b) {
			wrong = append(wrong, fmt.Sprintf("its magics were %q and are %q", a, b))
		}
	}
	return wrong
}

// lineEnds are the kinds of line ends in a text, in order.
func lineEnds(text []byte) []string {
	found := map[string]bool{}
	for line := range bytes.Lines(text) {
		if bytes.HasSuffix(line, []byte("\r\n")) {
			found["\r\n"] = true
		} else if bytes.HasSuffix(line, []byte("\n")) {
			found["\n"] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// magics are the lines of a notebook's code that are not Python's.
func magics(raw []byte) []string {
	var nb struct {
		Cells []struct {
			Type   string `json:"cell_type"`
			Source any
		}
	}
	if err := json.Unmarshal(bytes.TrimPrefix(raw, []byte("\ufeff")), &nb); err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, c := range nb.Cells {
		source, _ := c.Source.(string)
		lines, _ := c.Source.([]any)
		for _, l := range lines {
			line, _ := l.(string)
			source += line
		}
		for line := range strings.Lines(source) {
			if text := strings.TrimSpace(line); c.Type == "code" && (strings.HasPrefix(text, "%") || strings.HasPrefix(text, "!")) {
				out = append(out, text)
			}
		}
	}
	return out
}

// filesOnDisk are the regular files below a directory, by their paths from there.
func filesOnDisk(dir string) (map[string]fileOnDisk, error) {
	out := map[string]fileOnDisk{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = fileOnDisk{data, info.Mode()}
		return err
	})
	return out, err
}
