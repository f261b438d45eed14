//go:build lspclient

package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestLSPClient holds that a client which others have written, and which checks all that it is sent against the protocol's own model, can have a
// session with the program: findings, fixes, comments, explanations and notebooks. It needs the environment that `make .venv-lsp/ready` makes.
func TestLSPClient(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("tfmigrate") // TestMain's
	if err != nil {
		t.Fatal(err)
	}
	programs, dir := filepath.Join(root, "testdata", "programs"), t.TempDir()
	for name, from := range map[string]string{
		"builder.py": filepath.Join(programs, "builder_add_two.py"),
		"fixed.py":   filepath.Join(programs, "fixed", "builder_add_two.py"),
		"load.py":    filepath.Join(programs, "load_by_tensor_name.py"),
	} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(root, ".venv-lsp", "bin", "python"), filepath.Join(root, "testdata", "lsp", "client.py"), program, dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "the session went as it should") {
		t.Errorf("%v\n%s", err, out)
	}
}
