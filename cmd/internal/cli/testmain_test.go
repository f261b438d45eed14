package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the tests compare with: the dumps of testdata/analyzer, the scripts of testdata/script")

// TestMain answers to the hidden command, for verify starts this very binary to run models, and is tfmigrate for the scripts.
func TestMain(m *testing.M) {
	tfmigrate := func() { os.Exit(Run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
	if len(os.Args) > 1 && os.Args[1] == runtimeCommand {
		tfmigrate()
	}
	testscript.Main(tests{m}, map[string]func(){"tfmigrate": tfmigrate})
}

// tests are those of this package, with what plain built for them taken away at their end.
type tests struct{ *testing.M }

func (m tests) Run() int {
	if dir, err := filepath.Abs("../../tfmigrate"); err == nil {
		programDir = dir // before a test changes the directory
	}
	defer func() { os.RemoveAll(plainDir) }()
	return m.M.Run()
}

var programDir, plainDir string

// plain is the program without the race detector: this binary, or, where it has one, another that is built with the same tags. Under the detector a program
// takes several times the memory, maps terabytes, so that no limit can be put on it, and is slow.
var plain = sync.OnceValues(func() (string, error) {
	if !raceEnabled {
		return os.Executable()
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", errors.New("this binary does not say how it was built")
	}
	args := []string{"build"}
	for _, s := range info.Settings {
		if s.Key == "-tags" {
			args = append(args, s.Key, s.Value)
		}
	}
	var err error
	if plainDir, err = os.MkdirTemp("", "tfmigrate-test-"); err != nil {
		return "", err
	}
	binary := filepath.Join(plainDir, "tfmigrate")
	build := exec.Command("go", append(args, "-o", binary, ".")...)
	build.Dir = programDir
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%v: %w\n%s", build, err, out)
	}
	return binary, nil
})
