package cli

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// programFiles are the programs of testdata, copied to the test's own directory, which becomes the current one.
func programFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "programs", "*"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var names []string
	for _, file := range files {
		if !isSource(file) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	t.Chdir(dir)
	return names
}

func lintSARIF(t *testing.T, paths ...string) *sarif.Run {
	t.Helper()
	_, out, _ := run(t, append([]string{"lint", "--format", "sarif"}, paths...)...)
	var report sarif.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(report.Runs) != 1 {
		t.Fatalf("%d runs", len(report.Runs))
	}
	return report.Runs[0]
}

// at is the byte offset of a place that is given by a line and a column, in characters or in bytes.
func at(t *testing.T, text string, line, column int, inBytes bool) int {
	t.Helper()
	offset := 0
	for range line - 1 {
		n := strings.IndexByte(text[offset:], '\n')
		if n < 0 {
			t.Fatalf("there is no line %d", line)
		}
		offset += n + 1
	}
	if inBytes {
		return offset + column - 1
	}
	for range column - 1 {
		_, rest, ok := strings.Cut(text[offset:], string([]rune(text[offset:])[0]))
		if !ok {
			t.Fatalf("line %d has no column %d", line, column)
		}
		offset = len(text) - len(rest)
	}
	return offset
}

// TestReportedFixes makes every fix that a report holds on its own, as an editor or a reviewer would: both formats give the same file, that
// is the one FixOne writes, and linting it finds fewer sites.
func TestReportedFixes(t *testing.T) {
	fixes := 0
	for _, name := range programFiles(t) {
		for _, variant := range []struct {
			name string
			make func(string) string
		}{
			{"as it is", func(s string) string { return s }},
			{"without a newline at the end", func(s string) string { return strings.TrimRight(s, "\n") }},
			{"CRLF", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
			{"with a byte order mark", func(s string) string { return "\ufeff" + s }},
		} {
			if strings.HasSuffix(name, ".ipynb") && variant.name != "as it is" {
				continue
			}
			t.Run(name+" "+variant.name, func(t *testing.T) {
				original, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				defer os.WriteFile(name, original, 0o666)
				text := variant.make(string(original))
				if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
				fixes += tryFixes(t, name, strings.TrimPrefix(text, "\ufeff"))
			})
		}
	}
	if fixes < 50 {
		t.Errorf("only %d fixes", fixes)
	}
}

// tryFixes makes each fix of a file whose text, without its byte order mark, is given.
func tryFixes(t *testing.T, name, text string) (fixes int) {
	t.Helper()
	_, out, _ := run(t, "lint", "--format", "rdjson", name)
	var rd rdResult
	if err := json.Unmarshal([]byte(out), &rd); err != nil {
		t.Fatal(err)
	}
	results := lintSARIF(t, name).Results
	if len(results) != len(rd.Diagnostics) {
		t.Fatalf("%d results, %d diagnostics", len(results), len(rd.Diagnostics))
	}
	before := sites(t, name, text)
	for i, r := range results {
		d := rd.Diagnostics[i]
		if len(r.Fixes) != len(d.Suggestions) {
			t.Fatalf("%d fixes, %d suggestions", len(r.Fixes), len(d.Suggestions))
		}
		if len(r.Fixes) == 0 {
			continue
		}
		fixes++
		fixed := text
		replacements := r.Fixes[0].ArtifactChanges[0].Replacements
		for j := len(replacements) - 1; j >= 0; j-- { // from the last, so that the places of the others stay
			region := replacements[j].DeletedRegion
			start := at(t, text, *region.StartLine, *region.StartColumn, false)
			end := at(t, text, *region.EndLine, *region.EndColumn, false)
			fixed = fixed[:start] + *replacements[j].InsertedContent.Text + fixed[end:]
		}
		s := d.Suggestions[0]
		suggested := text[:at(t, text, s.Range.Start.Line, s.Range.Start.Column, true)] + s.Text + text[at(t, text, s.Range.End.Line, s.Range.End.Column, true):]
		if fixed != suggested {
			t.Errorf("%s:\n%s", *r.Message.Text, rewrite.UnifiedDiff("sarif-to-rdjson", []byte(fixed), []byte(suggested)))
		}
		if after := sites(t, name, fixed); after >= before { // a fix may cover several
			t.Errorf("the fix leaves %d of %d sites:\n%s", after, before, rewrite.UnifiedDiff(name, []byte(text), []byte(fixed)))
		}
	}
	return fixes
}

// sites counts the sites in a text, which has to be Python.
func sites(t *testing.T, name, text string) int {
	t.Helper()
	d, err := rewrite.ReadDocument(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	file, err := (&analyzer.Project{Knows: rules.Knows}).Parse(t.Context(), name, d.Python)
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Errors) > 0 {
		t.Errorf("it is not Python:\n%s", text)
	}
	facts, _ := rules.Check(file, rules.DefaultTarget)
	return len(facts.Sites)
}

// TestReportedPlaces holds that what a report says is at a place in the file is what stands there, in a notebook in its JSON.
func TestReportedPlaces(t *testing.T) {
	held := 0
	for _, name := range programFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range lintSARIF(t, name).Results {
			region := r.Locations[0].PhysicalLocation.Region
			got := string(text)[at(t, string(text), *region.StartLine, *region.StartColumn, false):at(t, string(text), *region.EndLine, *region.EndColumn, false)]
			if region.Snippet != nil && got != *region.Snippet.Text || !strings.HasSuffix(got, ")") || !strings.Contains(got, "(") {
				t.Errorf("%s: %s: there is %q", name, *r.RuleID, got)
			}
			held++
		}
	}
	if held < 50 {
		t.Errorf("only %d places", held)
	}
}

// TestFingerprints holds that fingerprints tell all findings apart, and that they stay when lines move.
func TestFingerprints(t *testing.T) {
	names := programFiles(t)
	fingerprints := func() map[string]bool {
		out := map[string]bool{}
		for _, r := range lintSARIF(t, names...).Results {
			f := r.PartialFingerprints["tfmigrate/v1"].(string)
			if out[f] {
				t.Errorf("%s twice", f)
			}
			out[f] = true
		}
		return out
	}
	before := fingerprints()
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		moved := "# moved\n\n" + string(text)
		if strings.HasSuffix(name, ".ipynb") {
			moved = strings.Replace(string(text), `"cells": [`, `"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": ["x = 1"]},`, 1)
		}
		if err := os.WriteFile(name, []byte(moved), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	after := fingerprints()
	for f := range before {
		if !after[f] {
			t.Errorf("%s is gone", f)
		}
	}
	if len(before) < 50 || len(before) != len(after) {
		t.Errorf("%d, then %d", len(before), len(after))
	}
}

// TestGitHubEscapes holds the escapes of workflow commands.
func TestGitHubEscapes(t *testing.T) {
	var b strings.Builder
	one := finding{Code: "TFM101", Name: "x", Severity: "breaks", Path: "a,b:100%\nc.py", Message: "100%: a, b", Fixable: "no", Reason: "r", at: region{line: 1, column: 2, endLine: 1, endColumn: 3}}
	if err := writeLintGitHub(&b, terminal{}, &report{findings: []finding{one}, checked: 1}); err != nil {
		t.Fatal(err)
	}
	const want = "::error file=a%2Cb%3A100%25%0Ac.py,line=1,endLine=1,col=2,endColumn=3,title=tfmigrate TFM101 x::100%25: a, b%0Ano fix: r\n"
	if b.String() != want {
		t.Errorf("%q\nwant\n%q", b.String(), want)
	}
}

// TestJUnitCounts holds that the numbers of a report are those of its cases.
func TestJUnitCounts(t *testing.T) {
	names := programFiles(t)
	if err := os.WriteFile("broken.py", []byte("def f(:\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	code, out, _ := run(t, append([]string{"lint", "--format", "junit", "nowhere.py", "broken.py"}, names...)...)
	var got junitSuites
	if err := xml.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	tests, failures, errors, passed := 0, 0, 0, 0
	for _, s := range got.Suites {
		for _, c := range s.Cases {
			tests++
			switch {
			case c.Failure != nil:
				failures++
			case c.Error != nil:
				errors++
			default:
				passed++
			}
		}
	}
	if code != exitFailed || tests != got.Tests || failures != got.Failures || errors != got.Errors || errors != 2 || passed != 1 || failures < 50 {
		t.Errorf("code %d, %d tests, %d failures, %d errors, %d passed\n%s", code, tests, failures, errors, passed, out)
	}
}
