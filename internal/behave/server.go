package behave

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed server.py
var serverSource string

// Mode is the TensorFlow that a program believes it has.
type Mode string

const (
	TF1 Mode = "tf1"
	TF2 Mode = "tf2"
)

// Server is a Python process that runs programs. It is not safe for concurrent use.
type Server struct {
	Version string // of the TensorFlow that is installed, "2.15.1"
	cmd     *exec.Cmd
	jobs    io.WriteCloser
	answers *bufio.Reader
	scratch string
	broken  error // why the process no longer answers
}

// Result is what a program did.
type Result struct {
	Exit           int // the exit code, or minus the signal that ended it
	TimedOut       bool
	Stdout, Stderr string
	Seconds        float64
}

// Err is nil when the program ended by itself with code 0; otherwise it holds the end of what the program said.
func (r Result) Err() error {
	switch {
	case r.TimedOut:
		return fmt.Errorf("stopped after %.0f s", r.Seconds)
	case r.Exit != 0:
		return fmt.Errorf("exit code %d:\n%s", r.Exit, tail(r.Stderr, 3000))
	}
	return nil
}

// Python is the interpreter of the work tree's own environment, which has TensorFlow 2.15.1.
func Python(root string) (string, error) {
	python := filepath.Join(root, ".venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		return "", fmt.Errorf("%w: tests with TensorFlow need the environment that `make venv` makes", err)
	}
	return python, nil
}

// Root is the directory of go.mod, found from the working directory upwards.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}

// Start starts a server in the given Python and waits until it has imported TensorFlow.
func Start(ctx context.Context, python, root string, mode Mode) (*Server, error) {
	scratch, err := os.MkdirTemp("", "tfmigrate-server-")
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, python, "-c", serverSource, string(mode), filepath.Join(root, "testdata", "programs"))
	cmd.Env = append(os.Environ(), "PYTHONHASHSEED=0", "CUDA_VISIBLE_DEVICES=-1", "TF_CPP_MIN_LOG_LEVEL=3",
		// One thread and no fused kernels: the same program prints the same digits in both modes.
		"TF_ENABLE_ONEDNN_OPTS=0", "TF_NUM_INTRAOP_THREADS=1", "TF_NUM_INTEROP_THREADS=1", "OMP_NUM_THREADS=1")
	complaints, err := os.Create(filepath.Join(scratch, "server"))
	if err != nil {
		return nil, err
	}
	defer complaints.Close()
	cmd.Stderr = complaints
	jobs, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the program server: %w", err)
	}
	s := &Server{cmd: cmd, jobs: jobs, answers: bufio.NewReader(answers), scratch: scratch}
	var hello struct{ TensorFlow string }
	if err := s.answer(&hello); err != nil {
		return nil, errors.Join(fmt.Errorf("start the program server with %s: %w", python, err), s.Close())
	}
	s.Version = hello.TensorFlow
	return s, nil
}

// Run runs a program with dir as its working directory. The error is about the server; a program that fails is a Result.
func (s *Server) Run(program, dir string, limit time.Duration, arguments ...string) (Result, error) {
	if s.broken != nil {
		return Result{}, s.broken
	}
	stdout, stderr := filepath.Join(s.scratch, "stdout"), filepath.Join(s.scratch, "stderr")
	job, err := json.Marshal(map[string]any{"program": program, "arguments": arguments, "dir": dir,
		"stdout": stdout, "stderr": stderr, "seconds": limit.Seconds()})
	if err != nil {
		return Result{}, err
	}
	if _, err := s.jobs.Write(append(job, '\n')); err != nil {
		s.broken = fmt.Errorf("program server: %w", err)
		return Result{}, s.broken
	}
	var done struct {
		Exit     int
		TimedOut bool `json:"timed_out"`
		Seconds  float64
	}
	if err := s.answer(&done); err != nil {
		s.broken = fmt.Errorf("program server, while it ran %s: %w", program, err)
		return Result{}, s.broken
	}
	out, err := os.ReadFile(stdout)
	if err != nil {
		return Result{}, err
	}
	complaints, err := os.ReadFile(stderr)
	if err != nil {
		return Result{}, err
	}
	return Result{Exit: done.Exit, TimedOut: done.TimedOut, Seconds: done.Seconds, Stdout: string(out), Stderr: string(complaints)}, nil
}

// Close ends the server.
func (s *Server) Close() error {
	s.jobs.Close()
	err := s.cmd.Wait()
	os.RemoveAll(s.scratch)
	return err
}

func (s *Server) answer(v any) error {
	line, err := s.answers.ReadBytes('\n')
	if err != nil {
		said, _ := os.ReadFile(filepath.Join(s.scratch, "server"))
		return fmt.Errorf("no answer (%w):\n%s", err, tail(string(said), 3000))
	}
	return json.Unmarshal(line, v)
}

// tail is the end of a text, at most n bytes of it.
func tail(s string, n int) string {
	s = strings.TrimSpace(s)
	return s[max(0, len(s)-n):]
}
