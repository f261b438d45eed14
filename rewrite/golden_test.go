package rewrite

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

var update = flag.Bool("update", false, "write what the tests see into their golden files")

// TestGolden rewrites each in.py of testdata/rewrite. out.py is what becomes of it, absent where it must stay as it is; says is what is
// said of each site.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("../testdata/rewrite/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := archive.Files[0].Data
			res := converge(t, "in.py", in, Options{Unsafe: true})
			got := &txtar.Archive{Comment: archive.Comment, Files: archive.Files[:1:1]}
			if !bytes.Equal(res.Raw, in) {
				got.Files = append(got.Files, txtar.File{Name: "out.py", Data: res.Raw})
			}
			if said := says(res); said != "" {
				got.Files = append(got.Files, txtar.File{Name: "says", Data: []byte(said)})
			}
			checkLaws(t, in, res)
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want, have := string(txtar.Format(archive)), string(txtar.Format(got)); want != have {
				t.Errorf("%s", UnifiedDiff(file, []byte(want), []byte(have)))
			}
		})
	}
}

func converge(t *testing.T, path string, src []byte, opt Options) *Result {
	t.Helper()
	return convergeFor(t, path, src, rules.DefaultTarget, opt)
}

func convergeFor(t *testing.T, path string, src []byte, target rules.Version, opt Options) *Result {
	t.Helper()
	d, err := ReadDocument(path, src)
	if err != nil {
		t.Fatal(err)
	}
	res, err := Converge(t.Context(), d, target, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// says is a line for each site: where it is, and what becomes of it.
func says(res *Result) string {
	var out strings.Builder
	for _, o := range res.Patch.Outcomes {
		line, _ := res.File.Position(o.Site.Places()[0].Call.Start)
		if o.Fix != nil {
			fmt.Fprintf(&out, "line %d: %s, %s: %s\n", line, o.Fix.Strategy, o.Fix.Applicability, o.Fix.Message)
		} else {
			fmt.Fprintf(&out, "line %d: no: %s\n", line, o.Refusal.Reason)
		}
	}
	return out.String()
}

// checkLaws holds a result against the edit laws that need no golden: outside the edits no byte changes, no comment is lost, and fixing
// the result again changes nothing.
func checkLaws(t *testing.T, in []byte, res *Result) {
	t.Helper()
	out, err := Apply(res.File.Src, res.Patch.Edits)
	if err != nil {
		t.Error(err)
	}
	if len(res.Patch.Edits) > 0 && !bytes.Equal(out, res.Patch.Result) {
		t.Error("the edits do not make the result")
	}
	for _, c := range res.File.Comments {
		if text := strings.TrimSpace(res.File.Text(c)); !bytes.Contains(res.Raw, []byte(text)) {
			t.Errorf("the comment %q is lost", text)
		}
	}
	again := converge(t, "in.py", res.Raw, Options{Unsafe: true})
	if !bytes.Equal(again.Raw, res.Raw) {
		t.Errorf("fixing again changes the file:\n%s", UnifiedDiff("in.py", res.Raw, again.Raw))
	}
}

func span(start, end int) analyzer.Span { return analyzer.Span{Start: start, End: end} }
