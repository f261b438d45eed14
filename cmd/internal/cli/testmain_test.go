package cli

import (
	"context"
	"flag"
	"os"
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
	testscript.Main(m, map[string]func(){"tfmigrate": tfmigrate})
}
