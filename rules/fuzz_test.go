package rules

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

const fuzzedTime = 20 * time.Second

// checked are a source's findings.
func checked(t *testing.T, src string) (*analyzer.File, *Facts, []Finding) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), fuzzedTime)
	defer cancel()
	start := time.Now()
	f, err := (&analyzer.Project{Knows: Knows}).Parse(ctx, "fuzz.py", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	facts, findings := Check(f, DefaultTarget)
	glanced, err := (&analyzer.Project{Knows: Knows, Ends: Ends()}).Parse(ctx, "fuzz.py", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if _, found := Check(glanced, DefaultTarget); len(found) != len(findings) {
		t.Errorf("%d findings where a glance tells what is called, and %d without", len(found), len(findings))
	}
	if took := time.Since(start); took > fuzzedTime {
		t.Fatalf("it took %v", took)
	}
	return f, facts, findings
}

// FuzzCheck holds that whatever stands in a source, the rules come to an end, and what they find is in it, in order, and says something.
func FuzzCheck(f *testing.F) {
	paths, err := filepath.Glob("../testdata/rules/*.txtar")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no sources, %v", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 1<<15 {
			return
		}
		file, facts, findings := checked(t, src)
		if !slices.IsSortedFunc(findings, func(a, b Finding) int { return a.Span.Start - b.Span.Start }) {
			t.Error("the findings are not in the order of the source")
		}
		for _, x := range findings {
			if x.Span.Start < 0 || x.Span.End < x.Span.Start || x.Span.End > len(src) {
				t.Errorf("%s is at %v of %d bytes", x.Rule.Code, x.Span, len(src))
			}
			if x.Message == "" || x.Site == nil && x.Reason == "" {
				t.Errorf("%s says %q and gives %q as the reason that nothing is done", x.Rule.Code, x.Message, x.Reason)
			}
			if x.Site != nil && !slices.Contains(facts.Sites, x.Site) {
				t.Errorf("%s is about a site that the file does not have", x.Rule.Code)
			}
		}
		for _, s := range facts.Sites {
			if len(s.Places()) == 0 || !(analyzer.Span{Start: 0, End: len(file.Src)}).Contains(s.Places()[0].Call.Span) {
				t.Errorf("a site has the places %v", s.Places())
			}
		}
	})
}

// commented is a source with findings of several rules, and %s for places where comments go.
const commented = `import tensorflow as tf
%s
def save(sess, x, y, export):
    %s
    tf.saved_model.simple_save(sess, export,  %s
                               {"x": x}, {"y": y})  %s
    builder = tf.saved_model.builder.SavedModelBuilder(export)  %s
    %s
    builder.add_meta_graph_and_variables(sess, ["serve"])
    builder.save()
`

// FuzzIgnore holds that a comment, whatever it says and wherever it stands, takes findings away at most, and is itself all that it adds: where it takes none, and means to, it
// is reported.
func FuzzIgnore(f *testing.F) {
	for _, comment := range []string{"tfmigrate: ignore[TFM102]", "tfmigrate: ignore[TFM101, TFM102] known", "tfmigrate: ignore-file[simple-save]", "tfmigrate: ignore", "noqa  # tfmigrate: ignore[TFM999]",
		"tfmigrate: ignore[TFM101", "tfmigrate: ignroe[TFM101]", "tfmigrate:ignore[]", "tfmigrate: ignore[TFM602]", "tfmigrate: ignore[,TFM101,]"} {
		for place := range strings.Count(commented, "%s") {
			f.Add(comment, uint8(place))
		}
	}
	fill := func(comment string, place int) string {
		src := commented
		for i := 0; strings.Contains(src, "%s"); i++ {
			text := "#"
			if i == place {
				text = "# " + comment
			}
			src = strings.Replace(src, "%s", text, 1)
		}
		return src
	}
	f.Fuzz(func(t *testing.T, comment string, place uint8) {
		if len(comment) > 1<<12 || strings.ContainsAny(comment, "\r\n\x00") || strings.Contains(comment, "%s") {
			return
		}
		at := int(place) % strings.Count(commented, "%s")
		_, _, plain := checked(t, fill("", at))
		_, facts, found := checked(t, fill(comment, at))
		if len(plain) < 3 {
			t.Fatalf("only %d findings without a comment", len(plain))
		}
		about := func(x Finding) bool { return x.Rule == unusedIgnore || x.Rule == badIgnore }
		others := slices.DeleteFunc(slices.Clone(found), about)
		if len(others)+facts.Ignored != len(plain) {
			t.Errorf("%d findings and %d ignored, of %d without the comment %q", len(others), facts.Ignored, len(plain), comment)
		}
		if len(others) != len(found) && facts.Ignored > 0 && !strings.Contains(comment, ",") {
			t.Errorf("the comment %q ignores %d findings and is found fault with", comment, facts.Ignored)
		}
	})
}
