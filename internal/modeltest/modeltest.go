// Package modeltest hands the SavedModels of testdata/models to tests, whole or changed in one thing.
package modeltest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Dir is the directory of a committed model.
func Dir(t testing.TB, name string) string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "..", "..", "testdata", "models", name)
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Copy is a copy of a committed model that the test may change.
func Copy(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(Dir(t, name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Edit is a copy of a committed model whose saved_model.pb went through edit.
func Edit(t testing.TB, name string, edit func(*pb.SavedModel)) string {
	t.Helper()
	dir := Copy(t, name)
	path := filepath.Join(dir, "saved_model.pb")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := new(pb.SavedModel)
	if err := proto.Unmarshal(data, m); err != nil {
		t.Fatal(err)
	}
	edit(m)
	if data, err = proto.Marshal(m); err != nil {
		t.Fatal(err)
	}
	Write(t, path, data)
	return dir
}

// Write writes a file.
func Write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
