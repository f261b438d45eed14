package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestConfigurationPage makes the files that docs/configuration.md shows, where it shows them, and runs its commands, which print what the page says:
// standard output, then standard error. -update fills the page in.
func TestConfigurationPage(t *testing.T) {
	page, err := filepath.Abs(filepath.Join("..", "..", "..", "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	ran := 0
	block := regexp.MustCompile("(?ms)(?:^`([^`\n]+)`:\n\n)?^```(\\w+)\n(.*?)^```$")
	got := block.ReplaceAllStringFunc(string(text), func(whole string) string {
		m := block.FindStringSubmatch(whole)
		switch {
		case m[1] != "":
			if err := os.MkdirAll(filepath.Dir(m[1]), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(m[1], []byte(m[3]), 0o666); err != nil {
				t.Fatal(err)
			}
		case m[2] == "console":
			var out strings.Builder
			for _, line := range strings.Split(m[3], "\n") {
				if command, ok := strings.CutPrefix(line, "$ tfmigrate "); ok {
					out.WriteString(line + "\n" + runLine(t, command))
					ran++
				}
			}
			return "```console\n" + out.String() + "```"
		}
		return whole
	})
	if ran < 10 {
		t.Errorf("%s shows only %d commands", page, ran)
	}
	if got == string(text) {
		return
	}
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the commands of %s print other things than it shows; -update fills it in:\n%s", page, got)
}

// runLine runs a command with its standard input, as a shell would.
func runLine(t *testing.T, command string) string {
	command, file, _ := strings.Cut(command, " < ")
	var in []byte
	if file != "" {
		var err error
		if in, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	Run(t.Context(), strings.Fields(command), bytes.NewReader(in), &stdout, &stderr)
	return stdout.String() + stderr.String()
}
