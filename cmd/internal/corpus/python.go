package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// pythons are the CPythons that a source may have been written for, the newest first.
type pythons []*interpreter

// startPythons starts one for each program that is named; the versions are told.
func startPythons(programs []string) (py pythons, versions []string, err error) {
	for _, program := range programs {
		p, version, err := startInterpreter(program)
		if err != nil {
			return nil, nil, errors.Join(err, py.close())
		}
		py, versions = append(py, p), append(versions, version)
	}
	return py, versions, nil
}

// compile tells why none can read a source, or which one can, the newest of them.
func (py pythons) compile(source []byte) (why string, reads *interpreter) {
	for _, p := range py {
		answer := p.compile(source)
		if answer == "" {
			return "", p
		}
		if why == "" {
			why = answer // what the newest says
		}
	}
	return why, nil
}

// failed is the first error that came up.
func (py pythons) failed() error {
	for _, p := range py {
		if p.err != nil {
			return p.err
		}
	}
	return nil
}

func (py pythons) close() error {
	var errs []error
	for _, p := range py {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// interpreter is a CPython that tells whether it can read a source.
type interpreter struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	err error
}

// compiler answers each source, its length on a line in front, with a line: empty, or why CPython can't read it.
const compiler = `
import sys, warnings
warnings.simplefilter("ignore")
sources = getattr(sys.stdin, "buffer", sys.stdin)
def answer(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
answer(sys.version.split()[0])
for size in iter(sources.readline, b""):
    source = sources.read(int(size))
    try:
        compile(source, "source", "exec", 0, True)
        answer("")
    except Exception as e:
        answer(type(e).__name__ + " " + repr(str(e)).encode("ascii", "backslashreplace").decode("ascii"))
`

func startInterpreter(python string) (py *interpreter, version string, err error) {
	py = &interpreter{cmd: exec.Command(python, "-E", "-s", "-c", compiler)}
	if py.in, err = py.cmd.StdinPipe(); err != nil {
		return nil, "", err
	}
	out, err := py.cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	py.out = bufio.NewReader(out)
	if err := py.cmd.Start(); err != nil {
		return nil, "", err
	}
	if version, err = py.out.ReadString('\n'); err != nil {
		return nil, "", fmt.Errorf("%s: %w", python, err)
	}
	return py, strings.TrimSpace(version), nil
}

// compile tells why CPython can't read a source, "" if it can.
func (py *interpreter) compile(source []byte) string {
	if py.err != nil {
		return py.err.Error()
	}
	_, py.err = fmt.Fprintf(py.in, "%d\n%s", len(source), source)
	var line string
	if py.err == nil {
		line, py.err = py.out.ReadString('\n')
	}
	if py.err != nil {
		py.err = fmt.Errorf("python: %w", py.err)
		return py.err.Error()
	}
	return strings.TrimSpace(line)
}

// close ends the interpreter. The error is the first that came up: answers after it are worth nothing.
func (py *interpreter) close() error {
	py.in.Close()
	if err := py.cmd.Wait(); py.err == nil && err != nil {
		py.err = fmt.Errorf("python: %w", err)
	}
	return py.err
}
