package rewrite

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// TestIgnores puts a comment that ignores it to every finding of every source: at the end of its first line, at the end of its last, and above
// its statement. The finding is gone, nothing is new, and what the comment keeps is not rewritten.
func TestIgnores(t *testing.T) {
	var tried atomic.Int32
	t.Cleanup(func() { // after the parallel ones
		if n := tried.Load(); n < 100 {
			t.Errorf("only %d comments were tried", n)
		}
	})
	for name, src := range sources(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := converge(t, "in.py", src, Options{Unsafe: true})
			for _, f := range base.Findings {
				comment := "# tfmigrate: ignore[" + f.Rule.Code + "] a reason"
				first := base.File.LineSpan(analyzer.Span{Start: f.Span.Start, End: f.Span.Start})
				last := base.File.LineSpan(analyzer.Span{Start: f.Span.End - 1, End: f.Span.End - 1})
				beside := func(line analyzer.Span) []byte {
					end := line.Start + len(strings.TrimRight(base.File.Text(line), "\r\n"))
					return slices.Concat(src[:end], []byte("  "+comment), src[end:])
				}
				tries := map[string][]byte{"first line": beside(first)}
				if last != first {
					tries["last line"] = beside(last)
				}
				if s := statementAt(base.File, f.Span); s != nil {
					at := base.File.LineSpan(analyzer.Span{Start: s.Pos().Start, End: s.Pos().Start}).Start
					if indent := string(src[at:s.Pos().Start]); strings.TrimSpace(indent) == "" {
						tries["above"] = slices.Concat(src[:at], []byte(indent+comment+"\n"), src[at:])
					}
				}
				for where, text := range tries {
					res := converge(t, "in.py", text, Options{Unsafe: true})
					if len(res.File.Comments) != len(base.File.Comments)+1 || len(res.File.Errors) > len(base.File.Errors) {
						continue // it came to stand in a string, behind a backslash or another comment
					}
					tried.Add(1)
					checkIgnored(t, where, base, f, res)
				}
			}
		})
	}
}

func checkIgnored(t *testing.T, where string, base *Result, f rules.Finding, res *Result) {
	t.Helper()
	left := map[string]int{}
	for _, x := range base.Findings {
		left[x.Rule.Code+x.Message]++
	}
	for _, x := range res.Findings {
		if left[x.Rule.Code+x.Message]--; left[x.Rule.Code+x.Message] < 0 {
			t.Errorf("%s: %s is new: %s", where, x.Rule.Code, x.Message)
		}
	}
	if left[f.Rule.Code+f.Message] == 0 {
		t.Errorf("%s: %s is still there: %s", where, f.Rule.Code, f.Message)
	}
	if f.Site == nil || f.Severity == rules.Hazard {
		return
	}
	want := callText(base.File, f.Site)
	for _, x := range res.Applied {
		if x.Site != nil && callText(res.File, x.Site) == want && len(siteTexts(base)[want]) == 1 {
			t.Errorf("%s: %s is ignored and its site is rewritten", where, f.Rule.Code)
		}
	}
}

// siteTexts are the sites by the text of their first call.
func siteTexts(res *Result) map[string][]rules.Site {
	out := map[string][]rules.Site{}
	for _, s := range res.Facts.Sites {
		text := callText(res.File, s)
		out[text] = append(out[text], s)
	}
	return out
}

func callText(f *analyzer.File, s rules.Site) string {
	for _, p := range s.Places() {
		if p.Call != nil && p.Call.End <= len(f.Src) {
			return fmt.Sprintf("%T %s", s, strings.Join(strings.Fields(f.Text(p.Call.Fn.Pos())+f.Text(p.Call.ArgsSpan)), " "))
		}
	}
	return ""
}

// statementAt is the innermost statement around a place.
func statementAt(f *analyzer.File, at analyzer.Span) analyzer.Stmt {
	var out analyzer.Stmt
	analyzer.Walk(f.Module, func(n analyzer.Node) bool {
		if s, ok := n.(analyzer.Stmt); ok && s.Pos().Contains(at) {
			out = s
		}
		return true
	})
	return out
}
