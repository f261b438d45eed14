package cli

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
	"github.com/tfmigrate/tfmigrate/verify"
)

// TestJUnit holds that only what is the same passes.
func TestJUnit(t *testing.T) {
	r := &verify.Report{Old: "a", New: "b", Signatures: []verify.SignatureReport{
		{TagSet: []string{"serve"}, Key: "p", Verdict: verify.Proved, Detail: "equal"},
		{TagSet: []string{"serve"}, Key: "t", Verdict: verify.Tested, Detail: "bit-equal"},
		{TagSet: []string{"serve"}, Key: "d", Verdict: verify.Different, Detail: "1 < \"2\"\x00"},
		{TagSet: []string{"gpu", "serve"}, Verdict: verify.Unknown, Detail: "why"},
	}}
	var b bytes.Buffer
	if err := writeJUnit(&b, r); err != nil {
		t.Fatal(err)
	}
	var got junitSuites
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if got.Tests != 4 || got.Failures != 1 || got.Errors != 1 || got.Suites[0].Tests != 4 {
		t.Errorf("%+v", got)
	}
	for i, c := range got.Suites[0].Cases {
		if (c.Failure == nil && c.Error == nil) != r.Signatures[i].Verdict.Same() {
			t.Errorf("%v is %+v", r.Signatures[i].Verdict, c)
		}
	}
	if c := got.Suites[0].Cases[2]; !strings.HasPrefix(c.Failure.Message, `1 < "2"`) || c.Class != "serve" {
		t.Errorf("%+v", c)
	}
	b.Reset()
	if err := writeJUnit(&b, &verify.Report{Detail: "nothing was compared"}); err != nil || !strings.Contains(b.String(), `<error type="UNKNOWN" message="nothing was compared">`) {
		t.Errorf("%v\n%s", err, b.String())
	}
	code, out, errs := run(t, "verify", "--format", "junit", modeltest.Dir(t, "softmax_v1"), modeltest.Dir(t, "add_v1"))
	if code != exitFindings || !strings.Contains(out, `<failure type="DIFFERENT"`) || errs != "" {
		t.Errorf("code %d\n%s%s", code, out, errs)
	}
}
