package rewrite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// documents are the programs under testdata as they are read.
func documents(b *testing.B, pattern string) (docs []*Document, size int64) {
	b.Helper()
	paths, err := filepath.Glob("../testdata/programs/" + pattern)
	if err != nil || len(paths) == 0 {
		b.Fatalf("no programs: %v", err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		d, err := ReadDocument(path, raw)
		if err != nil {
			b.Fatal(err)
		}
		docs = append(docs, d)
		size += int64(len(raw))
	}
	return docs, size
}

// BenchmarkSurvey does for every program what lint does: it reads it, finds the sites and says what would become of them.
func BenchmarkSurvey(b *testing.B) {
	docs, size := documents(b, "*.py")
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, d := range docs {
			if _, err := Survey(b.Context(), d, rules.DefaultTarget, Options{Unsafe: true}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkPlan plans the fixes of every program, whose facts are there already.
func BenchmarkPlan(b *testing.B) {
	docs, size := documents(b, "*.py")
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		var all []*rules.Facts
		for _, d := range docs {
			f, err := analyzer.Parse(b.Context(), d.Path, d.Python)
			if err != nil {
				b.Fatal(err)
			}
			facts, _ := rules.Check(f, rules.DefaultTarget)
			all = append(all, facts)
		}
		b.StartTimer()
		fixed := 0
		for _, facts := range all {
			patch, err := Plan(facts, Options{Unsafe: true})
			if err != nil {
				b.Fatal(err)
			}
			fixed += len(patch.Applied)
		}
		if fixed == 0 {
			b.Fatal("nothing was fixed")
		}
	}
}

// BenchmarkFix fixes every program until there is nothing left to fix, and checks the results.
func BenchmarkFix(b *testing.B) { benchmarkFix(b, "*.py") }

// BenchmarkFixNotebook is the same for notebooks.
func BenchmarkFixNotebook(b *testing.B) { benchmarkFix(b, "*.ipynb") }

func benchmarkFix(b *testing.B, pattern string) {
	docs, size := documents(b, pattern)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		fixed := 0
		for _, d := range docs {
			res, err := Converge(b.Context(), d, rules.DefaultTarget, Options{Unsafe: true})
			if err != nil {
				b.Fatal(err)
			}
			fixed += len(res.Applied)
		}
		if fixed == 0 {
			b.Fatal("nothing was fixed")
		}
	}
}
