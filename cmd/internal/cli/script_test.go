package cli

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs testdata/script: command lines as users type them, with what they print, their exit codes and what is on disk then.
//
// Besides testscript's own commands there are
//
//	code N PROGRAM ARGS...   runs the program and holds that this is its exit code
//	bytes FILE TEXT...       writes a file from Go string literals without their quotes, or @NAME for the contents of a file
//	same FILE FILE           holds that two files are equal byte for byte, line ends included
//	socket FILE              makes a socket
func TestScripts(t *testing.T) {
	testdata, err := filepath.Abs(filepath.Join("..", "..", "..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(testdata, "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PROGRAMS", filepath.Join(testdata, "programs"))
			e.Setenv("MODELS", filepath.Join(testdata, "models"))
			e.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":   scriptCode,
			"bytes":  scriptBytes,
			"same":   scriptSame,
			"socket": scriptSocket,
		},
	})
}

func scriptCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func scriptBytes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: bytes FILE TEXT...")
	}
	var out bytes.Buffer
	for _, a := range args[1:] {
		if a[0] == '@' {
			out.WriteString(ts.ReadFile(a[1:]))
			continue
		}
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(a, `"`, `\"`) + `"`)
		ts.Check(err)
		out.WriteString(text)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o666))
}

func scriptSame(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: same FILE FILE")
	}
	if equal := ts.ReadFile(args[0]) == ts.ReadFile(args[1]); equal == neg {
		ts.Fatalf("%s and %s: equal is %v", args[0], args[1], equal)
	}
}

func scriptSocket(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: socket FILE")
	}
	// Bound from its own directory, for a socket's path may have only about 100 bytes.
	address := filepath.Join(os.TempDir(), strconv.Itoa(os.Getpid())+".sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: address, Net: "unix"})
	ts.Check(err)
	l.SetUnlinkOnClose(false)
	ts.Check(l.Close())
	ts.Check(os.Rename(address, ts.MkAbs(args[0])))
}
