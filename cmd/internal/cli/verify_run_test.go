//go:build tensorflow

package cli

import (
	"encoding/json"
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
