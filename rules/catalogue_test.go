package rules

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// wanted is a comment in a hit_*.py: the rule finds something that starts in this line, of this severity.
var wanted = regexp.MustCompile(`# (breaks|works|hazard)((?:, (?:breaks|works|hazard))*)$`)

// TestCatalogue reads the archive of each rule in testdata/rules. A hit_*.py marks every line where the rule finds something by a comment that says how bad it is;
// in a silent_*.py the rule finds nothing. A first line "# target 2.16" chooses the target. Each rule has to stay silent at least as often as it speaks.
func TestCatalogue(t *testing.T) {
	archives, err := filepath.Glob("../testdata/rules/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archives {
		if _, ok := ByCode(strings.TrimSuffix(filepath.Base(file), ".txtar")); !ok {
			t.Errorf("%s is of no rule", file)
		}
	}
	for _, r := range All {
		t.Run(r.Code, func(t *testing.T) {
			archive, err := txtar.ParseFile(filepath.Join("..", "testdata", "rules", r.Code+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			hits, silent := 0, 0
			for _, f := range archive.Files {
				t.Run(f.Name, func(t *testing.T) {
					src := string(f.Data)
					got, want := found(t, r, src, target(t, src)), marked(src)
					switch {
					case strings.HasPrefix(f.Name, "hit_"):
						hits++
						if len(want) == 0 {
							t.Error("no line is marked")
						}
					case strings.HasPrefix(f.Name, "silent_"):
						silent++
						if len(want) > 0 {
							t.Error("a line is marked")
						}
					default:
						t.Error("the name starts neither with hit_ nor with silent_")
					}
					if !slices.Equal(got, want) {
						t.Errorf("found %q, want %q", got, want)
					}
				})
			}
			if hits < 1 || silent < hits {
				t.Errorf("%d files with findings and %d without; there have to be as many without, and one at least", hits, silent)
			}
		})
	}
}

// target is what the first line of a test file names, or the default.
func target(t *testing.T, src string) Version {
	t.Helper()
	line, _, _ := strings.Cut(src, "\n")
	text, ok := strings.CutPrefix(line, "# target ")
	if !ok {
		return DefaultTarget
	}
	v, err := ParseVersion(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// marked are the findings that the comments of a file ask for, as "line severity".
func marked(src string) []string {
	var out []string
	for i, line := range strings.Split(src, "\n") {
		if m := wanted.FindStringSubmatch(line); m != nil {
			for _, severity := range strings.Split(m[1]+m[2], ", ") {
				out = append(out, fmt.Sprintf("%d %s", i+1, severity))
			}
		}
	}
	return out
}

// found are a rule's findings in a file, as "line severity". Every one has to say something, and why nothing is done about it if it has no site.
func found(t *testing.T, r *Rule, src string, target Version) []string {
	t.Helper()
	f, err := (&analyzer.Project{Knows: Knows}).Parse(context.Background(), "test.py", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Errors) > 0 {
		t.Fatalf("the file has syntax that could not be read: %v", f.Errors)
	}
	_, findings := Check(f, target)
	var out []string
	for _, finding := range findings {
		if finding.Rule != r {
			continue
		}
		line, _ := f.Position(finding.Span.Start)
		out = append(out, fmt.Sprintf("%d %s", line, finding.Severity))
		if finding.Message == "" {
			t.Errorf("line %d: the finding says nothing", line)
		}
		if finding.Site == nil && finding.Reason == "" {
			t.Errorf("line %d: the finding has neither a site nor a reason", line)
		}
	}
	return out
}
