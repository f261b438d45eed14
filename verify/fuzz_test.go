package verify

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// FuzzModel reads, looks at and proves whatever a saved_model.pb may hold: it may be refused, and nothing may panic or hang.
func FuzzModel(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(modeltest.Dir(f, "."), "*", "saved_model.pb"))
	if err != nil || len(files) < 10 {
		f.Fatalf("%d models, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	variables := modeltest.Dir(f, "softmax_v2")
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(variables)); err != nil {
			t.Fatal(err)
		}
		modeltest.Write(t, filepath.Join(dir, "saved_model.pb"), data)
		m, err := Read(dir)
		if err != nil {
			return
		}
		if _, err := Summarise(m, nil); err != nil {
			return
		}
		r, err := Compare(context.Background(), m, m, Options{Runtime: fakeRuntime{refuse, refuse}, Samples: 30})
		if err == nil && r.Verdict == Different {
			t.Errorf("a model differs from itself: %+v", r.Signatures)
		}
	})
}

// FuzzTable reads whatever an index may hold.
func FuzzTable(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(modeltest.Dir(f, "."), "*", "variables", "variables.index"))
	if err != nil || len(files) < 5 {
		f.Fatalf("%d indexes, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		prefix := filepath.Join(dir, "variables")
		modeltest.Write(t, prefix+".index", data)
		modeltest.Write(t, prefix+".data-00000-of-00001", make([]byte, 100))
		b, err := OpenBundle(prefix)
		if err != nil {
			return
		}
		for _, key := range b.Keys() {
			if _, err := b.Tensor(key); err == nil && !b.Has(key) {
				t.Errorf("%q is there and is not", key)
			}
		}
	})
}
