package gitignore

import (
	"strings"
	"testing"
	"time"
)

// FuzzPatterns holds that no ignore file makes matching panic or take long, and that neither a comment, nor line ends as on Windows, nor a byte order mark change what is
// ignored.
func FuzzPatterns(f *testing.F) {
	for _, text := range []string{"*.py\n!a.py\n", "/build/\n**/x/**\n", "a**b/c\n[!a-c]?\\ \n", "[[:alpha:]]*{a,b}\n#x\n\\#x\n", "[]-]\n[a-\n[\\]]\n", "*a*a*a*a*a*a*a*b\n", "**/**/**/**/**/**/a\n"} {
		f.Add(text, "x/build/a.py", true)
		f.Add(text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)
	}
	f.Fuzz(func(t *testing.T, text, path string, isDir bool) {
		if len(text) > 1<<10 || len(path) > 1<<8 || path == "" || strings.ContainsAny(path, "\x00") {
			return
		}
		start := time.Now()
		base := path[strings.LastIndexByte(path, '/')+1:]
		// last is the place of the pattern that decides, from behind, and what it says.
		last := func(text string) (int, bool) {
			patterns := parse([]byte(text))
			for i := len(patterns) - 1; i >= 0; i-- {
				if patterns[i].matches(path, base, isDir) {
					return i, !patterns[i].negated
				}
			}
			return -1, false
		}
		at, ignored := last(text)
		if took := time.Since(start); took > 2*time.Second {
			t.Fatalf("%q takes %v for %q", text, took, path)
		}
		for what, other := range map[string]string{"a comment": text + "\n# x", "CRLF": strings.ReplaceAll(strings.ReplaceAll(text, "\r", ""), "\n", "\r\n"), "a mark": "\ufeff" + text} {
			if what == "CRLF" && strings.Contains(text, "\r") || what == "a mark" && strings.HasPrefix(text, "\ufeff") {
				continue
			}
			if a, i := last(other); a != at || i != ignored {
				t.Errorf("with %s pattern %d decides that %q is ignored: %v; without pattern %d: %v", what, a, path, i, at, ignored)
			}
		}
	})
}
