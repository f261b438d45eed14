package rules

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// programs are the Python programs under testdata, in order.
func programs(b *testing.B) (paths []string, sources [][]byte, size int64) {
	b.Helper()
	paths, err := filepath.Glob("../testdata/programs/*.py")
	if err != nil || len(paths) == 0 {
		b.Fatalf("no programs: %v", err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		sources = append(sources, src)
		size += int64(len(src))
	}
	return paths, sources, size
}

// BenchmarkCheck looks for the findings of all rules in every program. Parsing is not counted.
func BenchmarkCheck(b *testing.B) {
	paths, sources, size := programs(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		var files []*analyzer.File
		for i, path := range paths {
			f, err := analyzer.Parse(b.Context(), path, sources[i])
			if err != nil {
				b.Fatal(err)
			}
			files = append(files, f)
		}
		b.StartTimer()
		found := 0
		for _, f := range files {
			_, findings := Check(f, DefaultTarget)
			found += len(findings)
		}
		if found == 0 {
			b.Fatal("nothing was found")
		}
	}
}

// BenchmarkSieve shows every program to a Sieve, which is what each file of a tree costs before one is parsed.
func BenchmarkSieve(b *testing.B) {
	paths, sources, size := programs(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		sieve := Sieve(&analyzer.Project{Knows: Knows, Files: paths}, DefaultTarget)
		for i, path := range paths {
			sieve.Look(path, sources[i])
		}
		if len(sieve.Next()) == 0 {
			b.Fatal("every program was passed over")
		}
	}
}
