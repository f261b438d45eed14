//go:build tensorflow

package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// TestVerifyRuns drives the command through TensorFlow.
func TestVerifyRuns(t *testing.T) {
	old := modeltest.Dir(t, "softmax_v1")
	tests := []struct {
		new  string
		code int
		last string
	}{
		{"softmax_v2", exitOK, "PROVED: 1 signature is the same for every input"},
		{"softmax_ulp_v2", exitFindings, "DIFFERENT: 1 of 1 signatures differ"},
	}
	for _, test := range tests {
		code, out, errs := run(t, "verify", "--seed", "7", old, modeltest.Dir(t, test.new))
		if code != test.code || !strings.HasSuffix(out, test.last+"\n") || errs != "" {
			t.Errorf("%s: code %d\n%s%s", test.new, code, out, errs)
		}
		code, again, _ := run(t, "verify", "--seed", "7", old, modeltest.Dir(t, test.new))
		if code != test.code || again != out {
			t.Errorf("%s: the same seed gave\n%s\nand then\n%s", test.new, out, again)
		}
		code, out, _ = run(t, "verify", "--seed", "7", "--format", "json", old, modeltest.Dir(t, test.new))
		var got struct {
			Verdict    string
			Seed       int
			Runtime    string
			Signatures []struct {
				Verdict        string
				Counterexample struct {
					Inputs           map[string]string
					Output, Old, New string
				}
			}
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != test.code {
			t.Fatalf("code %d, %v\n%s", code, err, out)
		}
		word, _, _ := strings.Cut(test.last, ":")
		if got.Verdict != word || got.Signatures[0].Verdict != word || got.Seed != 7 || !strings.HasPrefix(got.Runtime, "TensorFlow 2.") {
			t.Errorf("%+v", got)
		}
		if c := got.Signatures[0].Counterexample; word == "DIFFERENT" && (c.Output != "logits" || c.Old == c.New || c.Inputs["x"] == "") {
			t.Errorf("counterexample %+v", c)
		}
	}
}

// TestCounterexample holds that the input which shows a difference shows it again when given.
func TestCounterexample(t *testing.T) {
	old, new := modeltest.Dir(t, "softmax_v1"), modeltest.Dir(t, "softmax_ulp_v2")
	file := filepath.Join(t.TempDir(), "the input.json")
	code, out, errs := run(t, "verify", "--seed", "7", "--counterexample", file, old, new)
	again := "again: tfmigrate verify " + old + " " + new + " '--inputs=" + file + "'\n"
	if code != exitFindings || !strings.Contains(out, again) || !strings.Contains(out, "made smaller") || errs != "" {
		t.Fatalf("code %d, no %q in\n%s%s", code, again, out, errs)
	}
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, "        x = ") && !strings.HasPrefix(line, "        x = float32[1,3]{") {
			t.Errorf("not small: %s", line)
		}
	}
	code, out, _ = run(t, "verify", "--samples", "1", "--inputs="+file, old, new)
	if code != exitFindings || !strings.Contains(out, "on this input (the input.json)") {
		t.Errorf("code %d\n%s", code, out)
	}
	file = filepath.Join(t.TempDir(), "none.json")
	code, _, _ = run(t, "verify", "--counterexample", file, old, old)
	if _, err := os.Stat(file); code != exitOK || err == nil {
		t.Errorf("code %d, and a counterexample to what is the same: %v", code, err)
	}
}
