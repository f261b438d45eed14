package analyzer

import (
	"bytes"
	"testing"
)

func FuzzWords(f *testing.F) {
	for _, text := range []string{"", "a", "abcd", "xabcdx", "ab", "xxabxx", "aaab", "abab", "\xff\xfe", "abcab"} {
		f.Add([]byte(text), "abcd", "ab")
		f.Add([]byte(text), "aab", "cab")
		f.Add([]byte(text), "ab", "ab")
	}
	f.Fuzz(func(t *testing.T, text []byte, one, other string) {
		if len(one) < 2 || len(other) < 2 {
			return
		}
		want := bytes.Contains(text, []byte(one)) || bytes.Contains(text, []byte(other))
		if got := NewWords([]string{one, other}).In(text); got != want {
			t.Errorf("%q or %q in %q: %v", one, other, text, got)
		}
	})
}
