//go:build tensorflow

package rewrite

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// TestSameCalls builds the graph of every call that sameCalls lets stand, with both APIs of the installed TensorFlow.
func TestSameCalls(t *testing.T) {
	table, err := json.Marshal(sameCalls)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "../.venv/bin/python", "testdata/same_calls.py")
	cmd.Stdin = bytes.NewReader(table)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v (make venv sets up the TensorFlow that this needs)\n%s", err, stderr.String())
	}
	if stdout.Len() > 0 {
		t.Errorf("not the same:\n%s", stdout.String())
	}
	if !strings.Contains(stderr.String(), "tried ") {
		t.Errorf("the script did not finish: %s", stderr.String())
	}
}
