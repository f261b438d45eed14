package verify

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestReadPipe holds that a pipe in the place of the model is an error, and nothing to wait for.
func TestReadPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, modelPB), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("Read: %v", err)
	}
}
