package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestReadmeTranscripts runs the commands that README.md shows with their output and need no TensorFlow. Those that do are run in
// cmd/internal/programs.
func TestReadmeTranscripts(t *testing.T) {
	t.Chdir("../../..")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, block := range strings.Split(string(readme), "```console\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		command, want, _ := strings.Cut(block, "\n")
		args := strings.Fields(strings.TrimPrefix(command, "$ tfmigrate "))
		if args[0] == "verify" {
			continue
		}
		ran++
		var stdout, stderr bytes.Buffer
		Run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
		if got := stdout.String(); got != want {
			t.Errorf("%s prints\n%s\nand README.md shows\n%s", command, got, want)
		}
	}
	if ran == 0 {
		t.Error("README.md shows no command with its output")
	}
}
