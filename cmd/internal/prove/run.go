package prove

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

//go:embed record.py
var record []byte

// Job says what to run where.
type Job struct {
	Root    string            // the project, which is copied
	Dir     string            // where in it the command runs, from Root
	Command string            // for the shell
	Files   map[string][]byte // what files of the project hold instead, by their path from Root
	V1      bool              // TensorFlow 2 takes the part of TensorFlow 1
	Output  io.Writer         // gets what the command writes besides; may be nil
}

// Run is what came of a job.
type Run struct {
	Dir        string   // the copy
	Exit       int      // the exit code of the command; -1 where a signal ended it
	Stdout     string   // all of it
	Last       string   // the last lines that it wrote to standard error
	Exports    []string // the directories of the SavedModels that it wrote, from Dir, in order
	Noted      bool     // some Python told what it ran
	Ran        []string // the Python files and notebooks of the copy that were executed or opened, from Dir, in order
	TensorFlow string   // the directory of the package that was imported; "" for none, or several
	V1         bool     // as in the job
	Took       time.Duration
}

// Stage is a temporary directory that holds the copies.
type Stage struct {
	Dir  string
	runs []*Run
}

// NewStage makes one. It is to be removed, or its exports kept, in the end.
func NewStage() (*Stage, error) {
	dir, err := os.MkdirTemp("", "tfmigrate-prove-")
	if err != nil {
		return nil, err
	}
	return &Stage{Dir: dir}, nil
}

// Remove takes the directory away.
func (s *Stage) Remove() error { return os.RemoveAll(s.Dir) }

// KeepExports takes all away but what the runs exported, which stays below Dir in the name of each run. It tells whether there is anything.
func (s *Stage) KeepExports() (bool, error) {
	any := false
	for _, r := range s.runs {
		any = any || len(r.Exports) > 0
	}
	if !any {
		return false, s.Remove()
	}
	for _, r := range s.runs {
		all := r.Dir + ".all"
		if err := os.Rename(r.Dir, all); err != nil {
			return true, err
		}
		for _, dir := range r.Exports {
			to := filepath.Join(r.Dir, dir)
			if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
				return true, err
			}
			if err := os.Rename(filepath.Join(all, dir), to); err != nil {
				return true, err
			}
		}
		if err := os.RemoveAll(all); err != nil {
			return true, err
		}
	}
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return true, err
	}
	for _, e := range entries {
		if !slices.ContainsFunc(s.runs, func(r *Run) bool { return filepath.Base(r.Dir) == e.Name() }) {
			if err := os.RemoveAll(filepath.Join(s.Dir, e.Name())); err != nil {
				return true, err
			}
		}
	}
	return true, nil
}

// Run copies the project and runs the command. A command that fails is no error. A second run of the same name takes the place of the first.
func (s *Stage) Run(ctx context.Context, name string, job Job) (*Run, error) {
	r := &Run{Dir: filepath.Join(s.Dir, name), V1: job.V1}
	notes, site := filepath.Join(s.Dir, name+".notes"), filepath.Join(s.Dir, "site")
	s.runs = slices.DeleteFunc(s.runs, func(old *Run) bool { return old.Dir == r.Dir })
	for _, dir := range []string{r.Dir, notes} {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	for _, dir := range []string{notes, site} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(site, "sitecustomize.py"), record, 0o666); err != nil {
		return nil, err
	}
	s.runs = append(s.runs, r)
	if err := copyTree(job.Root, r.Dir); err != nil {
		return nil, fmt.Errorf("copy %s: %w", job.Root, err)
	}
	for path, data := range job.Files {
		if err := os.WriteFile(filepath.Join(r.Dir, path), data, 0o666); err != nil {
			return nil, err
		}
	}
	before, err := models(r.Dir)
	if err != nil {
		return nil, err
	}
	if err := r.command(ctx, job, notes, site); err != nil {
		return nil, err
	}
	after, err := models(r.Dir)
	if err != nil {
		return nil, err
	}
	for _, dir := range slices.Sorted(maps.Keys(after)) {
		if was, ok := before[dir]; !ok || was != after[dir] {
			r.Exports = append(r.Exports, dir)
		}
	}
	return r, r.readNotes(notes)
}

func (r *Run) command(ctx context.Context, job Job, notes, site string) error {
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/c"}
	}
	cmd := exec.CommandContext(ctx, shell[0], shell[1], job.Command)
	cmd.Dir = filepath.Join(r.Dir, job.Dir)
	path := site
	if old := os.Getenv("PYTHONPATH"); old != "" {
		path += string(os.PathListSeparator) + old
	}
	cmd.Env = append(os.Environ(), "PYTHONPATH="+path, "TFMIGRATE_PROVE_NOTES="+notes, "TFMIGRATE_PROVE_ROOT="+r.Dir, "PWD="+cmd.Dir)
	if job.V1 {
		cmd.Env = append(cmd.Env, "TFMIGRATE_PROVE_V1=1")
	}
	var stdout bytes.Buffer
	last := &tail{}
	cmd.Stdout, cmd.Stderr = &stdout, last
	if job.Output != nil {
		cmd.Stdout, cmd.Stderr = io.MultiWriter(&stdout, job.Output), io.MultiWriter(last, job.Output)
	}
	cmd.WaitDelay = 5 * time.Second // for what it has started and left
	start := time.Now()
	err := cmd.Run()
	r.Took, r.Stdout, r.Last = time.Since(start), stdout.String(), last.lines()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit):
		r.Exit = exit.ExitCode()
	case errors.Is(err, exec.ErrWaitDelay): // it has ended well, and something that it started goes on
	case err != nil:
		return err
	}
	return nil
}

// readNotes gathers what the Pythons have told.
func (r *Run) readNotes(dir string) error {
	real, err := filepath.EvalSymlinks(r.Dir)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return err
	}
	ran, packages := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			kind, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			r.Noted = true
			if kind == "tensorflow" {
				packages[path] = true
			} else if rel, err := filepath.Rel(real, path); err == nil && filepath.IsLocal(rel) {
				ran[rel] = true
			}
		}
	}
	r.Ran = slices.Sorted(maps.Keys(ran))
	if len(packages) == 1 {
		r.TensorFlow = slices.Collect(maps.Keys(packages))[0]
	}
	return nil
}

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

const (
	tailSize  = 4 << 10
	tailLines = 5
)

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = append([]byte(nil), t.text[over:]...)
	}
	return len(p), nil
}

// lines are the last lines.
func (t *tail) lines() string {
	all := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	return strings.Join(all[max(0, len(all)-tailLines):], "\n")
}
