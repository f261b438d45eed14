package cli

import (
	"context"
	"os"
	"testing"
)

// TestMain answers to the hidden command, for verify starts this very binary to run models.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == runtimeCommand {
		os.Exit(Run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}
