package symbols

import "testing"

// BenchmarkParse is what the first Lookup of a run costs.
func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		parse()
	}
}
