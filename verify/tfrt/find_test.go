package tfrt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/graph_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/verify"
)

// install makes a directory look like TensorFlow's package.
func install(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{frameworkLibrary, ccLibrary} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFind(t *testing.T) {
	env := filepath.Join(t.TempDir(), "env[1]")
	pkg := install(t, filepath.Join(env, "lib", "python3.11", "site-packages", "tensorflow"))
	work := t.TempDir()
	local := install(t, filepath.Join(work, ".venv", "lib", "python3.9", "site-packages", "tensorflow"))
	below := filepath.Join(work, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, dir, env, wd, want string
	}{
		{"the package", pkg, "", work, pkg},
		{"site-packages", filepath.Dir(pkg), "", work, pkg},
		{"a virtual environment", env, "", work, pkg},
		{"the active one", "", env, work, pkg},
		{"a .venv here", "", "", work, local},
		{"a .venv above", "", "", below, local},
		{"one that is not there", t.TempDir(), env, work, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("VIRTUAL_ENV", test.env)
			t.Setenv("PATH", "")
			t.Chdir(test.wd)
			got, err := Find(context.Background(), test.dir)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
			if err != nil && (!errors.Is(err, verify.ErrNoRuntime) || !strings.Contains(err.Error(), "pip install")) {
				t.Errorf("the error does not help: %v", err)
			}
		})
	}
}

// TestPackageBeside holds that a program finds the TensorFlow of the environment that it is installed in, by the layout or by asking the
// environment's Python, and through links, which is how installers put files out of a store there.
func TestPackageBeside(t *testing.T) {
	store := install(t, filepath.Join(t.TempDir(), "store", "tensorflow"))
	program := func(env, python string) string {
		bin := filepath.Join(env, "bin")
		if err := os.MkdirAll(bin, 0o755); err != nil {
			t.Fatal(err)
		}
		if python != "" {
			if err := os.WriteFile(filepath.Join(bin, "python3"), []byte("#!/bin/sh\n"+python+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return filepath.Join(bin, "tfmigrate")
	}
	inside := t.TempDir()
	pkg := install(t, filepath.Join(inside, "lib", "python3.11", "site-packages", "tensorflow"))
	linked := t.TempDir()
	links := filepath.Join(linked, "lib", "python3.11", "site-packages", "tensorflow")
	if err := os.MkdirAll(links, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{frameworkLibrary, ccLibrary} {
		if err := os.Symlink(filepath.Join(store, name), filepath.Join(links, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ name, program, want string }{
		{"the layout", program(inside, "exit 1"), pkg},
		{"links to a store", program(linked, "exit 1"), store},
		{"what Python says", program(t.TempDir(), "echo "+store), store},
		{"a Python without it", program(t.TempDir(), "echo"), ""},
		{"no Python there", program(t.TempDir(), ""), ""},
		{"no directory", filepath.Join(t.TempDir(), "gone", "tfmigrate"), ""},
	} {
		if got := packageBeside(t.Context(), test.program); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestOpenWithout holds that a missing TensorFlow is said when a model is to be run, not before.
func TestOpenWithout(t *testing.T) {
	t.Setenv("PATH", "")
	r := Open(context.Background(), []string{"unused"}, t.TempDir())
	if _, err := r.Load(context.Background(), new(graph_go_proto.GraphDef)); !errors.Is(err, verify.ErrNoRuntime) {
		t.Errorf("got %v", err)
	}
	if r.Name() != "" {
		t.Errorf("name %q", r.Name())
	}
}

func TestFrames(t *testing.T) {
	var buf bytes.Buffer
	want := &pb.RunStepRequest{Fetch: []string{"a:0"}}
	for range 2 {
		if err := writeFrame(&buf, want); err != nil {
			t.Fatal(err)
		}
	}
	whole := buf.Bytes()
	r := bytes.NewReader(whole)
	for range 2 {
		b, err := readFrame(r)
		got := new(pb.RunStepRequest)
		if err != nil || proto.Unmarshal(b, got) != nil || !proto.Equal(got, want) {
			t.Fatalf("%v, %v", got, err)
		}
	}
	if _, err := readFrame(r); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if _, err := readFrame(bytes.NewReader(whole[:6])); err != io.ErrUnexpectedEOF {
		t.Errorf("cut: %v", err)
	}
	if _, err := readFrame(bytes.NewReader([]byte{0xff, 0xff, 0xff, 0xff})); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("a hostile length: %v", err)
	}
}
