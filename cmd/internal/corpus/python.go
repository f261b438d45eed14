package main

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

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
print(sys.version.split()[0], flush=True)
for size in iter(sys.stdin.buffer.readline, b""):
    source = sys.stdin.buffer.read(int(size))
    try:
        compile(source, "source", "exec", dont_inherit=True)
        print(flush=True)
    except Exception as e:
        print(type(e).__name__, ascii(str(e)), flush=True)
`

func startInterpreter(python string) (py *interpreter, version string, err error) {
	py = &interpreter{cmd: exec.Command(python, "-I", "-c", compiler)}
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
