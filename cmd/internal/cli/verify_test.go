package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// run drives one command line.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Run(context.Background(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// TestVerifyErrors holds that bad input gets the right exit code and an error that names it.
func TestVerifyErrors(t *testing.T) {
	good := modeltest.Dir(t, "two_tags")
	empty := t.TempDir()
	cut := modeltest.Copy(t, "add_v1")
	if err := os.Truncate(filepath.Join(cut, "saved_model.pb"), 100); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"one argument", []string{"verify", good}, exitUsage, "verify takes 2 argument(s)"},
		{"no such directory", []string{"verify", filepath.Join(empty, "x"), good}, exitFailed, "no such file or directory"},
		{"no SavedModel", []string{"verify", good, empty}, exitFailed, empty + ": no SavedModel here"},
		{"truncated", []string{"verify", cut, good}, exitFailed, "saved_model.pb: truncated or corrupt"},
		{"tag set", []string{"verify", "--tag-set", "gpu", good, good}, exitUsage, `no tag set "gpu"; it has: serve; half,serve`},
		{"signature", []string{"verify", "--signature", "x", good, good}, exitUsage, `no signature "x"; it has: serving_default`},
		{"format", []string{"verify", "--format", "xml", good, good}, exitUsage, "--format xml: text, json, junit or html"},
		{"tolerance", []string{"verify", "--atol", "-1", good, good}, exitUsage, "cannot be negative"},
		{"inputs", []string{"verify", "--inputs", filepath.Join(cut, "saved_model.pb"), good, good}, exitFailed, "neither JSON, nor an .npz, nor a TFRecord"},
		{"inputs that do not fit", []string{"verify", "--inputs", filepath.Join("..", "..", "..", "testdata", "requests", "types.npz"), good, good}, exitFailed, "fits no signature of"},
		{"flag", []string{"verify", "--nope", good, good}, exitUsage, "unknown flag"},
		{"inspect no SavedModel", []string{"inspect", empty}, exitFailed, "no SavedModel here"},
		{"inspect tag set", []string{"inspect", "--tag-set", "gpu", good}, exitUsage, `no tag set "gpu"; it has: serve; half,serve`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, out, errs := run(t, test.args...)
			if code != test.code || !strings.Contains(errs, test.want) || out != "" {
				t.Errorf("code %d, stdout %q, stderr %q; want %d, %q", code, out, errs, test.code, test.want)
			}
		})
	}
}

// TestVerifyWithoutTensorFlow holds that what needs no runtime works without one, and that the rest says what is missing.
func TestVerifyWithoutTensorFlow(t *testing.T) {
	nowhere := t.TempDir()
	code, out, errs := run(t, "verify", "--tensorflow", nowhere, modeltest.Dir(t, "noise_v1"), modeltest.Dir(t, "noise_v1"))
	if code != exitUnknown || !strings.Contains(out, "UNKNOWN") || !strings.Contains(out, "no TensorFlow 2 to run models with") || errs != "" {
		t.Errorf("code %d\n%s%s", code, out, errs)
	}
	for _, flag := range []string{"--old-tensorflow", "--new-tensorflow"} {
		code, out, errs = run(t, "verify", flag, nowhere, modeltest.Dir(t, "softmax_v1"), modeltest.Dir(t, "softmax_v2"))
		if code != exitUnknown || !strings.Contains(out, "no TensorFlow 2 to run models with") || errs != "" {
			t.Errorf("%s: code %d\n%s%s", flag, code, out, errs)
		}
	}
	code, out, _ = run(t, "verify", "--tensorflow", nowhere, modeltest.Dir(t, "softmax_v1"), modeltest.Dir(t, "add_v1"))
	if code != exitFindings || !strings.HasSuffix(out, "DIFFERENT: 1 of 1 signatures differ\n") {
		t.Errorf("code %d\n%s", code, out)
	}
}

func TestInspect(t *testing.T) {
	code, out, errs := run(t, "inspect", modeltest.Dir(t, "lookup_v1"))
	if code != exitOK || errs != "" {
		t.Fatalf("code %d, %s", code, errs)
	}
	for _, want := range []string{"tags: serve", `signature "serving_default"  tensorflow/serving/predict`, "words  string  [None]", "price  float32  [5]  reference",
		"assets/vocab.txt", "LookupTableFindV2", "20 bytes", "TensorFlow 2.15.1 as a TensorFlow 1 graph"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	code, out, _ = run(t, "inspect", "--format", "json", modeltest.Dir(t, "two_tags"))
	var got struct {
		MetaGraphs []struct {
			Tags       []string
			Signatures []struct {
				Key     string
				Inputs  []struct{ Name, DType, Shape string }
				Outputs []struct{ Name string }
			}
			Variables []struct{ Name, Kind string }
		} `json:"meta_graphs"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitOK {
		t.Fatalf("code %d, %v", code, err)
	}
	if len(got.MetaGraphs) != 2 || got.MetaGraphs[1].Signatures[0].Inputs[0].Shape != "[None, 3]" || got.MetaGraphs[0].Variables[0].Kind != "reference" {
		t.Errorf("%+v", got)
	}
}
