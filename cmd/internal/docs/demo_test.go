//go:build tensorflow

package docs

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDemo does what `make demo` does, with the program of the tests.
func TestDemo(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("tfmigrate")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(root(t), "testdata", "programs", "demo.sh"), program, filepath.Join(root(t), ".venv"), "builder_add_two")
	out, err := cmd.CombinedOutput()
	for _, want := range []string{"TFM101", "\n+class AddTwo(tf.Module):\n", "\nBoth print the same.\n", "\nPROVED: 1 signature is the same for every input\n"} {
		if err != nil || !strings.Contains(string(out), want) {
			t.Fatalf("no %q, %v:\n%s", want, err, out)
		}
	}
}
