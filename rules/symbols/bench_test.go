package symbols

import "testing"

// BenchmarkSplit is what the first Lookup of a run costs.
func BenchmarkSplit(b *testing.B) {
	for b.Loop() {
		split(apiText)
	}
}

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		Lookup("saved_model.builder.SavedModelBuilder")
	}
}
