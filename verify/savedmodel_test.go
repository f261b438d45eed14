package verify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

func read(t *testing.T, dir string) *SavedModel {
	t.Helper()
	m, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReadAllModels(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(modeltest.Dir(t, "."), "*", "saved_model.pb*"))
	if err != nil || len(dirs) < 10 {
		t.Fatalf("%d models, %v", len(dirs), err)
	}
	for _, file := range dirs {
		m := read(t, filepath.Dir(file))
		if len(m.MetaGraphs[0].Signatures) != 1 || m.MetaGraphs[0].Signatures[0].Key != "serving_default" {
			t.Errorf("%s: signatures %v", m.Dir, m.MetaGraphs[0].Keys())
		}
		if prefix := m.MetaGraphs[0].VariablesPrefix(); prefix != "" {
			b, err := OpenBundle(prefix)
			if err != nil {
				t.Error(err)
				continue
			}
			for _, key := range b.Keys() {
				if _, err := b.Tensor(key); err != nil && !b.Partitioned(key) {
					t.Error(err)
				}
			}
		}
	}
}

func TestReadSignature(t *testing.T) {
	for _, name := range []string{"softmax_v1", "softmax_v2", "softmax_text_v1"} {
		sig := read(t, modeltest.Dir(t, name)).MetaGraphs[0].Signature("serving_default")
		if sig.Method != "tensorflow/serving/predict" {
			t.Errorf("%s: method %q", name, sig.Method)
		}
		x := find(sig.Inputs, "x")
		if x == nil || DTypeName(x.DType) != "float32" || x.Shape.String() != "[None, 3]" {
			t.Errorf("%s: x is %+v", name, x)
		}
		if got := names(sig.Outputs); got != `"logits", "probabilities"` {
			t.Errorf("%s: outputs %s", name, got)
		}
	}
	x := read(t, modeltest.Dir(t, "sparse_v1")).MetaGraphs[0].Signatures[0].Inputs[0]
	if !x.Sparse() || len(x.Tensors) != 3 {
		t.Errorf("sparse input is %+v", x)
	}
}

func TestReadTwoMetaGraphs(t *testing.T) {
	m := read(t, modeltest.Dir(t, "two_tags"))
	if got := strings.Join(m.TagSets(), "; "); got != "serve; half,serve" {
		t.Errorf("tag sets %s", got)
	}
	if m.Find([]string{"serve", "half"}) == nil || m.Find([]string{"half"}) != nil {
		t.Error("Find does not match whole tag sets in any order")
	}
}

// TestReadErrors holds that whatever is wrong with a directory is said with the name of the file.
func TestReadErrors(t *testing.T) {
	empty := t.TempDir()
	versioned := t.TempDir()
	if err := os.CopyFS(filepath.Join(versioned, "1700000000"), os.DirFS(modeltest.Dir(t, "add_v1"))); err != nil {
		t.Fatal(err)
	}
	pbFile := func(name string, change func([]byte) []byte) string {
		dir := modeltest.Copy(t, name)
		path := filepath.Join(dir, "saved_model.pb")
		if _, err := os.Stat(path); err != nil {
			path += "txt"
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		modeltest.Write(t, path, change(data))
		return dir
	}
	asFile := filepath.Join(t.TempDir(), "model")
	modeltest.Write(t, asFile, []byte("x"))
	tests := []struct{ name, dir, want string }{
		{"missing", filepath.Join(empty, "nowhere"), "no such file or directory"},
		{"a file", asFile, "not a directory"},
		{"no model", empty, "no SavedModel here: neither saved_model.pb nor saved_model.pbtxt"},
		{"a version below", versioned, "one is in " + filepath.Join(versioned, "1700000000")},
		{"zero bytes", pbFile("add_v1", func([]byte) []byte { return nil }), "saved_model.pb: empty"},
		{"truncated", pbFile("add_v1", func(b []byte) []byte { return b[:len(b)-7] }), "saved_model.pb: truncated or corrupt"},
		{"garbage", pbFile("add_v1", func([]byte) []byte { return []byte("not a protobuf at all\xff\xff\xff") }), "saved_model.pb: truncated or corrupt"},
		{"truncated text", pbFile("softmax_text_v1", func(b []byte) []byte { return b[:len(b)/2] }), "saved_model.pbtxt: truncated or corrupt"},
		{"no meta graph", pbFile("add_v1", func([]byte) []byte { return []byte{8, 1} }), "saved_model.pb: holds no meta graph"},
		{"asset outside", modeltest.Edit(t, "lookup_v2", func(m *pb.SavedModel) {
			m.MetaGraphs[0].AssetFileDef[0].Filename = "../../etc/passwd"
		}), `asset path "../../etc/passwd" leaves the directory`},
		{"absolute asset", modeltest.Edit(t, "lookup_v2", func(m *pb.SavedModel) {
			m.MetaGraphs[0].AssetFileDef[0].Filename = "/etc/passwd"
		}), `asset path "/etc/passwd" leaves the directory`},
		{"the same tags twice", modeltest.Edit(t, "add_v1", func(m *pb.SavedModel) {
			m.MetaGraphs = append(m.MetaGraphs, m.MetaGraphs[0])
		}), "two meta graphs have the tag set serve"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(test.dir)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), filepath.Clean(test.dir)) {
				t.Errorf("got %v, want %q after the path", err, test.want)
			}
		})
	}
}
