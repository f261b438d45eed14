package cli

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/function_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/node_def_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/op_def_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_shape_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// hostile is a directory that was made to bring a program down that reads it.
type hostile struct {
	name string
	make func(t *testing.T) string
	code int
	want string // what is printed, on either stream
}

// hostileModels are those that reading has to withstand; the file with the build tag has those that are run.
var hostileModels = []hostile{
	{"garbage", file("saved_model.pb", func() []byte { return bytes.Repeat([]byte("\xff\x07garbage"), 10_000) }), exitFailed, "truncated or corrupt"},
	{"zeros without end", sparse("saved_model.pb", 3<<30), exitFailed, "more than"},
	{"almost as many zeros as there may be", sparse("saved_model.pb", 600<<20), exitFailed, "truncated or corrupt"},
	{"a huge text", sparse("saved_model.pbtxt", 300<<20), exitFailed, "more than"},
	{"a length that is not there", file("saved_model.pb", func() []byte { return []byte{0x12, 0xff, 0xff, 0xff, 0xff, 0x07} }), exitFailed, "truncated or corrupt"},
	{"messages in messages", file("saved_model.pb", func() []byte { return nested(1_000_000) }), exitFailed, "truncated or corrupt"},
	{"text in text", file("saved_model.pbtxt", func() []byte { return nestedText(200_000) }), exitFailed, "truncated or corrupt"},
	{"a directory in the place of the file", func(t *testing.T) string {
		dir := t.TempDir()
		mkdir(t, filepath.Join(dir, "saved_model.pb"))
		return dir
	}, exitFailed, "not a regular file"},
	{"a link to itself", func(t *testing.T) string {
		dir := t.TempDir()
		link(t, "saved_model.pb", filepath.Join(dir, "saved_model.pb"))
		return dir
	}, exitFailed, "too many levels"},
	{"a link to nothing that ends", func(t *testing.T) string {
		dir := t.TempDir()
		link(t, "/dev/zero", filepath.Join(dir, "saved_model.pb"))
		return dir
	}, exitFailed, "not a regular file"},
	{"a pipe in the place of a shard", func(t *testing.T) string {
		dir := modeltest.Copy(t, "softmax_v2")
		return replace(t, dir, filepath.Join(dir, "variables", "variables.data-00000-of-00001"))
	}, exitFailed, "not a regular file"},
	{"a pipe in the place of the index", func(t *testing.T) string {
		dir := modeltest.Copy(t, "softmax_v2")
		return replace(t, dir, filepath.Join(dir, "variables", "variables.index"))
	}, exitFailed, "not a regular file"},
	{"a pipe in the place of an asset", func(t *testing.T) string {
		dir := modeltest.Copy(t, "lookup_v2")
		return replace(t, dir, filepath.Join(dir, "assets", "vocab.txt"))
	}, exitFailed, "not a regular file"},
	{"an asset that never ends", func(t *testing.T) string {
		dir := modeltest.Copy(t, "lookup_v2")
		remove(t, filepath.Join(dir, "assets", "vocab.txt"))
		link(t, "/dev/zero", filepath.Join(dir, "assets", "vocab.txt"))
		return dir
	}, exitFailed, "not a regular file"},
	{"an asset outside", func(t *testing.T) string {
		return modeltest.Edit(t, "lookup_v2", func(m *pb.SavedModel) { m.MetaGraphs[0].AssetFileDef[0].Filename = "../../../../../etc/passwd" })
	}, exitFailed, "leaves the directory"},
	{"a compressed index", compressedIndex, exitFailed, "compressed"},
	{"an entry of a terabyte", func(t *testing.T) string {
		return entry(t, &pb.BundleEntryProto{Dtype: types.DataType_DT_FLOAT, Shape: dims(1 << 40), Size: 1 << 42})
	}, exitFailed, "truncated"},
	{"the same bytes a thousand times", func(t *testing.T) string {
		var all []*pb.BundleEntryProto
		for range 1000 {
			all = append(all, &pb.BundleEntryProto{Dtype: types.DataType_DT_FLOAT, Shape: dims(25), Size: 100})
		}
		return entry(t, all...)
	}, exitFailed, "more bytes than the shards"},
	{"a shape of a terabyte", func(t *testing.T) string {
		return entry(t, &pb.BundleEntryProto{Dtype: types.DataType_DT_FLOAT, Shape: dims(1 << 40), Size: 100, Crc32C: 1})
	}, exitFailed, "checksum"},
	{"a constant of a terabyte", func(t *testing.T) string {
		return graphOf(t, constant("c", dims(1<<38)))
	}, exitUnknown, ""},
	{"many constants of a gigabyte", func(t *testing.T) string {
		var nodes []*node_def_go_proto.NodeDef
		sum := &node_def_go_proto.NodeDef{Name: "sum", Op: "AddN", Attr: map[string]*attr_value_go_proto.AttrValue{"T": typ(), "N": number(200)}}
		for i := range 200 {
			name := fmt.Sprintf("c%d", i)
			nodes = append(nodes, constant(name, dims(1<<28)))
			sum.Input = append(sum.Input, name)
		}
		return graphOf(t, append(nodes, sum)...)
	}, exitUnknown, ""},
	{"a chain of 400,000 ops", func(t *testing.T) string {
		nodes := []*node_def_go_proto.NodeDef{constant("n0", dims())}
		for i := range 400_000 {
			nodes = append(nodes, &node_def_go_proto.NodeDef{Name: fmt.Sprintf("n%d", i+1), Op: "Neg", Input: []string{fmt.Sprintf("n%d", i)}, Attr: map[string]*attr_value_go_proto.AttrValue{"T": typ()}})
		}
		return graphOf(t, nodes...)
	}, exitUnknown, ""},
	{"functions that double", func(t *testing.T) string { return doubling(t, 60, true) }, exitUnknown, ""},
	{"functions that double and compute nothing", func(t *testing.T) string { return doubling(t, 60, false) }, exitUnknown, ""},
	{"a function that calls itself", func(t *testing.T) string {
		dir := doubling(t, 1, false)
		edit(t, dir, func(m *pb.SavedModel) {
			m.MetaGraphs[0].GraphDef.Library.Function[0].NodeDef[0].Op = m.MetaGraphs[0].GraphDef.Library.Function[0].Signature.Name
		})
		return dir
	}, exitUnknown, ""},
	{"an op that is its own input", func(t *testing.T) string {
		return graphOf(t, &node_def_go_proto.NodeDef{Name: "n", Op: "Identity", Input: []string{"n"}, Attr: map[string]*attr_value_go_proto.AttrValue{"T": typ()}})
	}, exitUnknown, ""},
}

// TestHostileModels holds that verify withstands every one of them: the exit code is right, in time, with bounded memory, nothing written and
// no process left.
func TestHostileModels(t *testing.T) {
	for _, h := range hostileModels {
		t.Run(h.name, func(t *testing.T) { h.withstand(t, "--tensorflow", t.TempDir()) })
	}
}

const (
	hostileTime   = 2 * time.Minute
	hostileMemory = 3 << 30
)

// withstand compares the directory with itself.
func (h hostile) withstand(t *testing.T, flags ...string) {
	t.Helper()
	dir := h.make(t)
	before := tree(t, dir)
	work := t.TempDir()
	out, code, peak, took := started(t, work, append(append([]string{"verify"}, flags...), dir, dir)...)
	t.Logf("exit code %d in %v with %d MB", code, took.Round(time.Millisecond), peak>>20)
	if code != h.code || !strings.Contains(out, h.want) {
		t.Errorf("exit code %d, want %d and %q in\n%.2000s", code, h.code, h.want, out)
	}
	if strings.Contains(out, "panic") || strings.Contains(out, "goroutine ") {
		t.Errorf("a crash:\n%.2000s", out)
	}
	if took > hostileTime || peak > hostileMemory {
		t.Errorf("%v and %d MB", took, peak>>20)
	}
	if after := tree(t, dir); after != before {
		t.Errorf("the directory was\n%s\nand is\n%s", before, after)
	}
	if left := tree(t, work); left != "" {
		t.Errorf("written: %s", left)
	}
}

// started runs this program in a session of its own, and holds that no process of the session is left when it has ended.
func started(t *testing.T, work string, args ...string) (out string, code int, peak int64, took time.Duration) {
	t.Helper()
	cmd := program(t, work, args...)
	var all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &all, &all
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(2*hostileTime, func() { cmd.Process.Kill() })
	cmd.Wait()
	timer.Stop()
	took = time.Since(begin)
	noneLeft(t, cmd.Process.Pid)
	return all.String(), cmd.ProcessState.ExitCode(), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10, took
}

// program is tfmigrate as users have it, for what is held of its time, its memory and its processes.
func program(t *testing.T, work string, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := plain()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "tfmigrate") // TestMain goes by the name
	link(t, binary, name)
	cmd := exec.Command(name, args...)
	cmd.Dir = work
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd
}

// noneLeft holds that a session has no process.
func noneLeft(t *testing.T, session int) {
	t.Helper()
	var left []string
	for range 50 { // the kernel takes a moment to end a child whose parent has ended
		if left = processesOf(session); len(left) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("processes are left: %q", left)
}

func processesOf(session int) []string {
	var found []string
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(data), ") ")
		fields := strings.Fields(rest) // state, parent, group, session
		if len(fields) > 3 && fields[3] == fmt.Sprint(session) && fields[0] != "Z" {
			found = append(found, string(data))
		}
	}
	return found
}

// tree lists what is below a directory.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && path != dir {
			fmt.Fprintln(&b, path, info.Mode(), info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// file is a directory of one file. Its data is made when it is asked for: this binary is also the program that is tested, and starts often.
func file(name string, data func() []byte) func(*testing.T) string {
	return func(t *testing.T) string {
		dir := t.TempDir()
		modeltest.Write(t, filepath.Join(dir, name), data())
		return dir
	}
}

// sparse is a file of zeros that takes no room on the disk.
func sparse(name string, size int64) func(*testing.T) string {
	return func(t *testing.T) string {
		dir := t.TempDir()
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.Truncate(size); err != nil {
			t.Fatal(err)
		}
		return dir
	}
}

// nested is a SavedModel whose attributes hold functions whose attributes hold functions, depth times.
func nested(depth int) []byte {
	// MetaGraphDef 2 of SavedModel, GraphDef 2, NodeDef 1, attr 5, value 2, func 10, attr 2 of NameAttrList, value 2 and so on.
	numbers := []protowire.Number{2, 2, 1, 5}
	for range depth {
		numbers = append(numbers, 2, 10, 2)
	}
	var reversed []byte // lengths are known from the inside out
	size := 0
	for i := len(numbers) - 1; i >= 0; i-- {
		head := protowire.AppendVarint(protowire.AppendTag(nil, numbers[i], protowire.BytesType), uint64(size))
		size += len(head)
		for k := len(head) - 1; k >= 0; k-- {
			reversed = append(reversed, head[k])
		}
	}
	for i, k := 0, len(reversed)-1; i < k; i, k = i+1, k-1 {
		reversed[i], reversed[k] = reversed[k], reversed[i]
	}
	return reversed
}

func nestedText(depth int) []byte {
	return []byte("meta_graphs { graph_def { node { attr { key: 'a' " + strings.Repeat("value { func { attr { key: 'a' ", depth))
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func marshal(t *testing.T, m proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// replace puts a pipe in the place of a file.
func replace(t *testing.T, dir, path string) string {
	t.Helper()
	remove(t, path)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func edit(t *testing.T, dir string, change func(*pb.SavedModel)) {
	t.Helper()
	path := filepath.Join(dir, "saved_model.pb")
	m := new(pb.SavedModel)
	if err := proto.Unmarshal(read(t, path), m); err != nil {
		t.Fatal(err)
	}
	change(m)
	modeltest.Write(t, path, marshal(t, m))
}

// masked is a checksum as LevelDB stores it.
func masked(b []byte) []byte {
	sum := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
	return binary.LittleEndian.AppendUint32(nil, (sum>>15|sum<<17)+0xa282ead8)
}

// index is a table of one block with the entries, in order; kind is the compression that the block claims.
func index(entries [][2][]byte, kind byte) []byte {
	block := func(pairs [][2][]byte) []byte {
		var b []byte
		for _, p := range pairs {
			b = append(b, 0)
			b = binary.AppendUvarint(b, uint64(len(p[0])))
			b = binary.AppendUvarint(b, uint64(len(p[1])))
			b = append(append(b, p[0]...), p[1]...)
		}
		return binary.LittleEndian.AppendUint32(append(b, 0, 0, 0, 0), 1)
	}
	var out []byte
	put := func(b []byte, kind byte) []byte {
		handle := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(out))), uint64(len(b)))
		b = append(b, kind)
		out = append(append(out, b...), masked(b)...)
		return handle
	}
	data := put(block(entries), kind)
	top := put(block([][2][]byte{{[]byte("~"), data}}), 0)
	footer := append(append([]byte{}, top...), top...)
	footer = append(footer, make([]byte, 40-len(footer))...)
	return binary.LittleEndian.AppendUint64(append(out, footer...), 0xdb4775248b80fb57)
}

// entry is a model whose checkpoint has a hundred bytes and an index that says otherwise.
func entry(t *testing.T, entries ...*pb.BundleEntryProto) string {
	t.Helper()
	dir := modeltest.Copy(t, "softmax_v2")
	pairs := [][2][]byte{{nil, marshal(t, &pb.BundleHeaderProto{NumShards: 1})}}
	for i, e := range entries {
		pairs = append(pairs, [2][]byte{fmt.Appendf(nil, "v%04d", i), marshal(t, e)})
	}
	modeltest.Write(t, filepath.Join(dir, "variables", "variables.index"), index(pairs, 0))
	modeltest.Write(t, filepath.Join(dir, "variables", "variables.data-00000-of-00001"), make([]byte, 100))
	return dir
}

// compressedIndex claims that four gigabytes come out of its one block.
func compressedIndex(t *testing.T) string {
	dir := modeltest.Copy(t, "softmax_v2")
	bomb := append(binary.AppendUvarint(nil, 1<<32-1), bytes.Repeat([]byte{0xfe, 1, 0}, 1000)...)
	modeltest.Write(t, filepath.Join(dir, "variables", "variables.index"), index([][2][]byte{{nil, bomb}}, 1))
	return dir
}

func dims(sizes ...int64) *tensor_shape_go_proto.TensorShapeProto {
	s := &tensor_shape_go_proto.TensorShapeProto{}
	for _, n := range sizes {
		s.Dim = append(s.Dim, &tensor_shape_go_proto.TensorShapeProto_Dim{Size: n})
	}
	return s
}

func typ() *attr_value_go_proto.AttrValue {
	return &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_FLOAT}}
}

func number(n int64) *attr_value_go_proto.AttrValue {
	return &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_I{I: n}}
}

// constant is a Const of one value that is repeated.
func constant(name string, shape *tensor_shape_go_proto.TensorShapeProto) *node_def_go_proto.NodeDef {
	v := &tensor_go_proto.TensorProto{Dtype: types.DataType_DT_FLOAT, TensorShape: shape, FloatVal: []float32{1}}
	return &node_def_go_proto.NodeDef{Name: name, Op: "Const", Attr: map[string]*attr_value_go_proto.AttrValue{"dtype": typ(),
		"value": {Value: &attr_value_go_proto.AttrValue_Tensor{Tensor: v}}}}
}

// graphOf is a model whose only signature answers the last node.
func graphOf(t *testing.T, nodes ...*node_def_go_proto.NodeDef) string {
	t.Helper()
	dir := t.TempDir()
	last := &pb.TensorInfo{Encoding: &pb.TensorInfo_Name{Name: nodes[len(nodes)-1].Name + ":0"}, Dtype: types.DataType_DT_FLOAT,
		TensorShape: &tensor_shape_go_proto.TensorShapeProto{UnknownRank: true}}
	m := modeltest.Edit(t, "add_v1", func(m *pb.SavedModel) {
		m.MetaGraphs[0].GraphDef.Node = nodes
		m.MetaGraphs[0].SignatureDef = map[string]*pb.SignatureDef{"serving_default": {Outputs: map[string]*pb.TensorInfo{"y": last}}}
	})
	modeltest.Write(t, filepath.Join(dir, "saved_model.pb"), read(t, filepath.Join(m, "saved_model.pb")))
	return dir
}

// doubling is a model in which every function calls the next twice.
func doubling(t *testing.T, depth int, work bool) string {
	t.Helper()
	arg := func(name string) *op_def_go_proto.OpDef_ArgDef {
		return &op_def_go_proto.OpDef_ArgDef{Name: name, Type: types.DataType_DT_FLOAT}
	}
	var library []*function_go_proto.FunctionDef
	for i := range depth {
		f := &function_go_proto.FunctionDef{Signature: &op_def_go_proto.OpDef{Name: fmt.Sprintf("f%d", i), InputArg: []*op_def_go_proto.OpDef_ArgDef{arg("x")},
			OutputArg: []*op_def_go_proto.OpDef_ArgDef{arg("y")}}}
		next := fmt.Sprintf("f%d", i+1)
		f.NodeDef = []*node_def_go_proto.NodeDef{{Name: "a", Op: next, Input: []string{"x"}}, {Name: "b", Op: next, Input: []string{"a:y:0"}}}
		f.Ret = map[string]string{"y": "b:y:0"}
		if work {
			f.NodeDef = append(f.NodeDef, &node_def_go_proto.NodeDef{Name: "c", Op: "Neg", Input: []string{"b:y:0"}, Attr: map[string]*attr_value_go_proto.AttrValue{"T": typ()}})
			f.Ret["y"] = "c:y:0"
		}
		library = append(library, f)
	}
	library = append(library, &function_go_proto.FunctionDef{Signature: &op_def_go_proto.OpDef{Name: fmt.Sprintf("f%d", depth), InputArg: []*op_def_go_proto.OpDef_ArgDef{arg("x")},
		OutputArg: []*op_def_go_proto.OpDef_ArgDef{arg("y")}}, Ret: map[string]string{"y": "x"}})
	dir := graphOf(t, constant("c", dims()), &node_def_go_proto.NodeDef{Name: "call", Op: "f0", Input: []string{"c"}})
	edit(t, dir, func(m *pb.SavedModel) {
		m.MetaGraphs[0].GraphDef.Library = &function_go_proto.FunctionDefLibrary{Function: library}
	})
	return dir
}
