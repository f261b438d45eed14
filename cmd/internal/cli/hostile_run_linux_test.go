//go:build tensorflow

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/node_def_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// text is a constant that is a string.
func text(name, value string) *node_def_go_proto.NodeDef {
	v := &tensor_go_proto.TensorProto{Dtype: types.DataType_DT_STRING, TensorShape: dims(), StringVal: [][]byte{[]byte(value)}}
	return &node_def_go_proto.NodeDef{Name: name, Op: "Const", Attr: map[string]*attr_value_go_proto.AttrValue{
		"dtype": {Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_STRING}}, "value": {Value: &attr_value_go_proto.AttrValue_Tensor{Tensor: v}}}}
}

// tensorflow is the environment that the tests need; the program does not find it from a directory elsewhere.
func tensorflow(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(modeltest.Dir(t, "."), "..", "..", ".venv"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("%v (make venv installs it)", err)
	}
	return dir
}

// writesFile is a model that writes a file, reads it back, and answers with a number.
func writesFile(t *testing.T, path string) string {
	size := &node_def_go_proto.NodeDef{Name: "size", Op: "Const", Input: []string{"^write"}, Attr: constant("", dims()).Attr}
	return graphOf(t, text("path", path), text("content", "written by a model"),
		&node_def_go_proto.NodeDef{Name: "write", Op: "WriteFile", Input: []string{"path", "content"}}, size)
}

// readsFile is a model that reads a file.
func readsFile(t *testing.T, path string) string {
	one := &node_def_go_proto.NodeDef{Name: "one", Op: "Const", Input: []string{"^read"}, Attr: constant("", dims()).Attr}
	return graphOf(t, text("path", path), &node_def_go_proto.NodeDef{Name: "read", Op: "ReadFile", Input: []string{"path"}}, one)
}

// TestHostileRuns runs models that do more than compute, that never end, or that ask for too much.
func TestHostileRuns(t *testing.T) {
	script := func(attr map[string]*attr_value_go_proto.AttrValue) *node_def_go_proto.NodeDef {
		return &node_def_go_proto.NodeDef{Name: "py", Op: "PyFunc", Input: []string{"c"}, Attr: attr}
	}
	tests := []hostile{
		{"writes a file", func(t *testing.T) string { return writesFile(t, "stolen") }, exitUnknown, "WriteFile"},
		{"reads a file", func(t *testing.T) string { return readsFile(t, "/etc/passwd") }, exitUnknown, "ReadFile"},
		{"runs Python", func(t *testing.T) string {
			list := &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_List{List: &attr_value_go_proto.AttrValue_ListValue{Type: []types.DataType{types.DataType_DT_FLOAT}}}}
			return graphOf(t, constant("c", dims()), script(map[string]*attr_value_go_proto.AttrValue{"Tin": list, "Tout": list,
				"token": {Value: &attr_value_go_proto.AttrValue_S{S: []byte("pyfunc_0")}}}))
		}, exitUnknown, "PyFunc"},
		{"a library of its own", func(t *testing.T) string {
			return graphOf(t, constant("c", dims()), &node_def_go_proto.NodeDef{Name: "n", Op: "Evil", Input: []string{"c"}})
		}, exitUnknown, "Evil"},
		{"an endless loop", func(t *testing.T) string {
			dir := modeltest.Copy(t, "spin_v1")
			return dir
		}, exitOK, ""},
		{"a graph that is the same and that no TensorFlow loads", func(t *testing.T) string {
			whole := &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_INT32}}
			return graphOf(t, constant("c", dims()), &node_def_go_proto.NodeDef{Name: "n", Op: "Neg", Input: []string{"c"}, Attr: map[string]*attr_value_go_proto.AttrValue{"T": whole}})
		}, exitUnknown, "does not load"},
		{"a terabyte at run time", func(t *testing.T) string {
			shape := &tensor_go_proto.TensorProto{Dtype: types.DataType_DT_INT64, TensorShape: dims(1), Int64Val: []int64{1 << 38}}
			long := &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_INT64}}
			return graphOf(t, constant("c", dims()), &node_def_go_proto.NodeDef{Name: "shape", Op: "Const", Attr: map[string]*attr_value_go_proto.AttrValue{"dtype": long,
				"value": {Value: &attr_value_go_proto.AttrValue_Tensor{Tensor: shape}}}},
				&node_def_go_proto.NodeDef{Name: "fill", Op: "Fill", Input: []string{"shape", "c"}, Attr: map[string]*attr_value_go_proto.AttrValue{"T": typ(), "index_type": long}})
		}, exitOK, "not confirmed by a run"},
	}
	for _, h := range tests {
		t.Run(h.name, func(t *testing.T) { h.withstand(t, "--tensorflow", tensorflow(t), "--timeout", "1s", "--seed", "1") })
	}
	for _, h := range hostileModels {
		if h.code == exitUnknown {
			t.Run(h.name, func(t *testing.T) { h.withstand(t, "--tensorflow", tensorflow(t), "--timeout", "1s", "--seed", "1") })
		}
	}
}

// TestConfined holds that a model whose ops the user allows can still not write, and read nothing but what is the models'.
func TestConfined(t *testing.T) {
	verify := func(dir, ops string) (string, int) {
		out, code, _, _ := started(t, t.TempDir(), "verify", "--tensorflow", tensorflow(t), "--seed", "1", "--timeout", "5s", "--allow-ops", ops, dir, dir)
		if strings.Contains(out, "no Landlock") {
			t.Logf("not held back: %s", out)
			t.SkipNow()
		}
		return out, code
	}
	place := filepath.Join(t.TempDir(), "stolen")
	if out, code := verify(writesFile(t, place), "WriteFile"); code != exitUnknown || !strings.Contains(out, "ermission denied") {
		t.Errorf("writing: exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(place); err == nil {
		t.Error("a model has written a file")
	}
	if out, code := verify(readsFile(t, "/etc/passwd"), "ReadFile"); code != exitUnknown || !strings.Contains(out, "ermission denied") {
		t.Errorf("reading: exit code %d\n%s", code, out)
	}
	dir := readsFile(t, "?")
	edited := readsFile(t, filepath.Join(dir, "saved_model.pb"))
	modeltest.Write(t, filepath.Join(dir, "saved_model.pb"), read(t, filepath.Join(edited, "saved_model.pb")))
	if out, code := verify(dir, "ReadFile"); code != exitOK {
		t.Errorf("reading its own: exit code %d\n%s", code, out)
	}
}

// TestModelInterrupted holds that Ctrl-C ends a model that would run for ever, and the program with it.
func TestModelInterrupted(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		request := filepath.Join(t.TempDir(), "request.json")
		modeltest.Write(t, request, []byte(`{"n": 9000000000000000000}`))
		cmd := program(t, t.TempDir(), "verify", "--tensorflow", tensorflow(t), "--inputs", request, "--timeout", "10m", modeltest.Dir(t, "spin_v1"), modeltest.Dir(t, "spin_v1"))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if len(processesOf(cmd.Process.Pid)) >= 3 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if n := len(processesOf(cmd.Process.Pid)); n < 3 {
			t.Errorf("%d processes", n)
		}
		time.Sleep(2 * time.Second) // into the loop
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Errorf("%v does not end it", signal)
			cmd.Process.Kill()
		}
		noneLeft(t, cmd.Process.Pid)
	}
}
