package cli

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
	"github.com/tfmigrate/tfmigrate/verify"
)

// hostileName is a name that a model may have.
const hostileName = `<script>document.title='pwned'</script>"><img src=x onerror=document.title='pwned'>'&amp;` + "\u202e\x1b[31m</style></title>"

// hostileReport has such a name wherever a model can put one.
func hostileReport() *verify.Report {
	param := func(dtype string) []verify.ParamSummary {
		return []verify.ParamSummary{{Name: hostileName, DType: dtype, Shape: hostileName, Tensors: []string{hostileName}}}
	}
	sig := func(dtype string) *verify.SignatureSummary {
		return &verify.SignatureSummary{Key: hostileName, Method: hostileName, Inputs: param(dtype), Outputs: param(dtype)}
	}
	return &verify.Report{Verdict: verify.Different, Detail: "1 of 3 signatures differ", Old: hostileName, New: hostileName, Runtime: hostileName, Seed: math.MaxUint64,
		Notes: []string{hostileName}, Changes: []verify.Change{{Part: "asset", Name: hostileName, Text: hostileName + " changed"}},
		Signatures: []verify.SignatureReport{
			{TagSet: []string{hostileName}, Key: hostileName, Verdict: verify.Different, Detail: hostileName, Notes: []string{hostileName}, Old: sig("float32"), New: sig("float64"),
				Changes: []verify.Change{{Part: "input", Name: hostileName, Breaking: true, Text: "input " + hostileName + " has type float64"},
					{Part: "output", Name: hostileName, Text: "a note of " + hostileName}},
				Counterexample: &verify.Counterexample{Note: hostileName, Inputs: map[string]string{hostileName: hostileName}, Output: hostileName, Old: hostileName, New: hostileName, Where: hostileName},
				Errors: &verify.Errors{Numbers: 10, Equal: 3, Largest: 1e300, Where: hostileName, Absolute: []verify.Bin{{Most: 1e-3, Count: 2}, {Most: 1}, {Most: math.MaxFloat64, Count: 5}},
					Steps: []verify.Steps{{ULP: 1}, {ULP: math.MaxUint64, Count: 7}}}},
			{TagSet: []string{"serve"}, Key: "proved", Verdict: verify.Proved, Detail: "equal for every input", Old: sig("string"), New: sig("string")},
			{TagSet: []string{"serve"}, Key: strings.Repeat("long", 200), Verdict: verify.Unknown, Detail: "could not be told"},
		}}
}

func render(t *testing.T, p *reportPage) string {
	t.Helper()
	var b bytes.Buffer
	if err := writeHTML(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestHTMLEscapes parses the page as browsers do: a hostile model adds no element, no attribute and no address to it, and its names can
// be read.
func TestHTMLEscapes(t *testing.T) {
	text := render(t, pageOf(hostileReport(), "tfmigrate verify '"+hostileName+"'"))
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"class": true, "style": true, "lang": true, "charset": true, "name": true, "content": true, "http-equiv": true, "role": true, "aria-label": true}
	seen := 0
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && strings.Contains(n.Data, "<script>document.title='pwned'</script>") {
			seen++
		}
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "img", "link", "iframe", "object", "embed", "svg", "base", "form":
			t.Errorf("the page has a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if !allowed[a.Key] || strings.Contains(a.Val, "http:") || strings.Contains(a.Val, "https:") || strings.Contains(a.Val, "url(") {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	if seen < 15 {
		t.Errorf("the hostile name is shown %d times", seen)
	}
	if strings.ContainsAny(text, "\x1b\u202e") {
		t.Error("the page has control characters")
	}
}

// TestHTML holds what the page says of real reports.
func TestHTML(t *testing.T) {
	code, out, errs := run(t, "verify", "--format", "html", modeltest.Dir(t, "softmax_v1"), modeltest.Dir(t, "add_v1"))
	if code != exitFindings || errs != "" {
		t.Fatalf("code %d, %s", code, errs)
	}
	for _, want := range []string{`<header class="banner DIFFERENT">`, `<tr class="breaks"><td class="part">input</td><td>x</td><td>float32 [None, 3]</td><td></td>`,
		`A client could notice`, `<li>only the old model has variables; those of the new one are constants, or lost</li>`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	if strings.Contains(out, "ZgotmplZ") {
		t.Error("a value stands where the template cannot make it safe")
	}
}
