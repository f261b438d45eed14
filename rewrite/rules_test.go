package rewrite

import (
	"testing"

	"github.com/tfmigrate/tfmigrate/rules"
)

// TestRuleDocs runs what the rules say of themselves: there is something to find in Before, fixing it gives After, After has nothing left, and
// in Silent the rule finds nothing.
func TestRuleDocs(t *testing.T) {
	codes := map[string]bool{}
	for _, r := range rules.All {
		t.Run(r.Name, func(t *testing.T) {
			if codes[r.Code] || codes[r.Name] {
				t.Errorf("%s %s: the code or the name is taken", r.Code, r.Name)
			}
			codes[r.Code], codes[r.Name] = true, true
			for what, text := range map[string]string{"What": r.Doc.What, "Why": r.Doc.Why, "Before": r.Doc.Before, "Silent": r.Doc.Silent, "Link": r.Doc.Link} {
				if text == "" {
					t.Errorf("Doc.%s is empty", what)
				}
			}
			target := r.Doc.Target
			if target == (rules.Version{}) {
				target = rules.DefaultTarget
			}
			res := convergeFor(t, "before.py", []byte(r.Doc.Before), target, Options{Unsafe: true})
			found := false
			for _, f := range res.Findings {
				found = found || f.Rule == r
			}
			if !found {
				t.Errorf("nothing is found in Before")
			}
			checkLaws(t, []byte(r.Doc.Before), res)
			after := string(res.Raw)
			if after == r.Doc.Before {
				after = ""
			}
			if after != r.Doc.After {
				t.Errorf("fixing Before does not give After:\n%s", UnifiedDiff("after.py", []byte(r.Doc.After), []byte(after)))
			}
			if silent := convergeFor(t, "silent.py", []byte(r.Doc.Silent), target, Options{Unsafe: true}); len(silent.File.Errors) > 0 {
				t.Error("Silent is not Python that can be read")
			} else {
				for _, f := range silent.Findings {
					if f.Rule == r {
						line, _ := silent.File.Position(f.Span.Start)
						t.Errorf("line %d of Silent has a finding: %s", line, f.Message)
					}
				}
			}
			if r.Doc.After == "" {
				return
			}
			for _, f := range converge(t, "after.py", []byte(r.Doc.After), Options{Unsafe: true}).Findings {
				t.Errorf("After has a finding: %s %s", f.Rule.Code, f.Message)
			}
		})
	}
}
