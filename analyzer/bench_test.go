package analyzer

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// programs are the Python programs under testdata.
func programs(b *testing.B) (files map[string][]byte, size int64) {
	b.Helper()
	paths, err := filepath.Glob("../testdata/programs/*.py")
	if err != nil || len(paths) == 0 {
		b.Fatalf("no programs: %v", err)
	}
	files = map[string][]byte{}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		files[path] = src
		size += int64(len(src))
	}
	return files, size
}

// BenchmarkParse reads every program, to its scopes and bindings.
func BenchmarkParse(b *testing.B) {
	files, size := programs(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for path, src := range files {
			if _, err := Parse(b.Context(), path, src); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkResolve asks what each call of every program calls, and what its arguments are. Parsing is not counted.
func BenchmarkResolve(b *testing.B) {
	files, size := programs(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		var parsed []*File
		for path, src := range files {
			f, err := Parse(b.Context(), path, src)
			if err != nil {
				b.Fatal(err)
			}
			parsed = append(parsed, f)
		}
		b.StartTimer()
		for _, f := range parsed {
			resolveCalls(f)
		}
	}
}

func resolveCalls(f *File) {
	for _, c := range f.Calls() {
		f.Value(c.Fn)
		for _, a := range c.Args {
			f.Value(a.Value)
		}
	}
}

// BenchmarkResolveProject asks the same of a module whose names come out of others, each through the one below it. Those are read anew.
func BenchmarkResolveProject(b *testing.B) {
	const modules = 50
	dir := b.TempDir()
	var paths []string
	var size int64
	var main []byte
	for i := range modules {
		src := fmt.Sprintf(`from .m%d import make as below, tf


class Layer:
    def __init__(self, units):
        self.units = units
        self.inner = below(units)

    def __call__(self, x):
        return self.inner(tf.nn.relu(x))


def make(units):
    return Layer(units) if units else below(units)


layer = make(3)
layer(tf.constant(1.0))
`, i-1)
		if i == 0 {
			src = "import tensorflow as tf\n\n\ndef make(units):\n    return tf.keras.layers.Dense(units)\n"
		}
		path := filepath.Join(dir, "package", fmt.Sprintf("m%d.py", i))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(src), 0o666); err != nil {
			b.Fatal(err)
		}
		paths, size, main = append(paths, path), size+int64(len(src)), []byte(src)
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		p := &Project{Tops: []string{dir}, Files: paths}
		f, err := p.Parse(b.Context(), paths[modules-1], main)
		if err != nil {
			b.Fatal(err)
		}
		resolveCalls(f)
		if len(slices.Collect(f.ImportedWith())) < 2 {
			b.Fatal("nothing else of the project was read")
		}
	}
}

// BenchmarkWords looks for words in programs that have none of them, which is what most files cost.
func BenchmarkWords(b *testing.B) {
	files, size := programs(b)
	words := NewWords([]string{"meta_graph_def_that_is_nowhere", "savedmodel_that_is_nowhere", "tensor_that_is_nowhere"})
	b.SetBytes(size)
	for b.Loop() {
		for path, src := range files {
			if words.In(src) {
				b.Fatal(path)
			}
		}
	}
}

// BenchmarkNotebook lays a notebook out as one source.
func BenchmarkNotebook(b *testing.B) {
	raw, err := os.ReadFile("../testdata/programs/guide.ipynb")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseNotebook(raw); err != nil {
			b.Fatal(err)
		}
	}
}
