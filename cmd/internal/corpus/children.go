package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// childArg is the first argument of a child process; the corpus and the interpreters follow.
const childArg = "child"

const (
	maxTime  = time.Minute // for one file
	maxStack = 64 << 20    // bytes; endless recursion shall not take all memory first
)

// checkAll checks every file in a number of child processes, for endless recursion ends a whole process and an endless loop can't be
// stopped. What comes back is in the order of the files.
func checkAll(ctx context.Context, c *corpus, python []string, workers int) ([]*checked, error) {
	out := make([]*checked, len(c.files))
	errs := make([]error, max(workers, 1))
	next := make(chan int)
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			run := &child{dir: c.dir, python: python}
			defer run.stop()
			for i := range next {
				if errs[w] == nil {
					start := time.Now()
					out[i], errs[w] = run.check(ctx, c.files[i])
					out[i].took = time.Since(start)
				}
			}
		})
	}
	for i := range c.files {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// child is a process that checks one file after the other, started when it is needed.
type child struct {
	dir    string
	python []string
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors *bytes.Buffer
}

func (c *child) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c.cmd, c.errors = exec.Command(self, append([]string{childArg, c.dir}, c.python...)...), &bytes.Buffer{}
	c.cmd.Stderr = c.errors
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	c.out = bufio.NewReader(out)
	return c.cmd.Start()
}

// stop ends the process.
func (c *child) stop() {
	if c.cmd != nil {
		c.in.Close()
		c.cmd.Wait()
		c.cmd = nil
	}
}

// check has one file checked. That the process ends over it is a result too; the error is for one that can't be started.
func (c *child) check(ctx context.Context, path string) (*checked, error) {
	r := &checked{Path: path}
	if err := ctx.Err(); err != nil {
		return r, err
	}
	if c.cmd == nil {
		if err := c.start(); err != nil {
			return r, err
		}
	}
	cmd := c.cmd
	var slow atomic.Bool
	timer := time.AfterFunc(maxTime, func() {
		slow.Store(true)
		cmd.Process.Kill()
	})
	fmt.Fprintln(c.in, path)
	line, err := c.out.ReadBytes('\n')
	if timer.Stop(); err == nil {
		return r, json.Unmarshal(line, r)
	}
	c.stop()
	if r.Problem = "the check ended the process"; slow.Load() {
		r.Problem = fmt.Sprintf("the check took longer than %s", maxTime)
	}
	r.bug(died, r.Problem+": "+fatal(c.errors.String()))
	return r, nil
}

var frame = regexp.MustCompile(`(?m)^github\.com/tfmigrate/tfmigrate/(\S+)\(.*\n\s`)

// fatal is what the runtime says at the end of a process: the error, and which of the project's functions were on the stack. Their order is
// left out, for where endless recursion runs out of stack is chance.
func fatal(trace string) string {
	_, why, ok := strings.Cut(trace, "fatal error: ")
	if !ok {
		return strings.TrimSpace(trace)
	}
	why, _, _ = strings.Cut(why, "\n")
	var names []string
	for _, f := range frame.FindAllStringSubmatch(trace, -1) {
		if !slices.Contains(names, f[1]) && !strings.HasPrefix(f[1], "analyzer.Walk") && !strings.HasPrefix(f[1], "analyzer.Children") {
			names = append(names, f[1])
		}
	}
	slices.Sort(names)
	return why + " in " + strings.Join(names, ", ")
}

// projectOf is the repository that a path is in, as a project.
func projectOf(path string, projects map[string]*analyzer.Project) *analyzer.Project {
	folder, _, _ := strings.Cut(path, "/")
	if projects[folder] == nil {
		p := &analyzer.Project{Knows: rules.Knows}
		if top, err := filepath.Abs(folder); err == nil {
			p.Tops = []string{top}
		}
		projects[folder] = p
	}
	return projects[folder]
}

// serve is the child's side: a path a line comes in, a checked a line goes out.
func serve(ctx context.Context, in io.Reader, out io.Writer, dir string, python []string) error {
	debug.SetMaxStack(maxStack)
	py, _, err := startPythons(python)
	if err != nil {
		return err
	}
	if err := os.Chdir(dir); err != nil { // what files import is looked for by the paths that they have below it
		return err
	}
	projects := map[string]*analyzer.Project{}
	enc := json.NewEncoder(out)
	paths := bufio.NewScanner(in)
	for paths.Scan() {
		r := checkFile(ctx, paths.Text(), projectOf(paths.Text(), projects), py)
		if err := py.failed(); err != nil {
			return err
		}
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	if err := paths.Err(); err != nil {
		return err
	}
	return py.close()
}
