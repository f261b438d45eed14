//go:build tensorflow

package tfrt

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/graph_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/node_def_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
	"github.com/tfmigrate/tfmigrate/verify"
)

const childArg = "run-a-model"

// long runs what `make test` has no time for.
var long = flag.Bool("long", false, "run every mutant that is proved the same, not only one of a kind")

// TestMain is a child when started as one.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == childArg {
		switch os.Args[2] {
		case "abort":
			fmt.Fprintln(os.Stderr, "F tensorflow: check failed")
			os.Exit(134)
		case "silent":
			select {}
		}
		if err := Serve(os.Args[2], os.NewFile(3, "requests"), os.NewFile(4, "answers")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// command starts this test binary as a child.
func command(t testing.TB) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, childArg}
}

// tensorflow is the runtime that the tests need; without TensorFlow they fail.
func tensorflow(t testing.TB) *Runtime {
	t.Helper()
	dir, err := Find(context.Background(), "")
	if err != nil {
		t.Fatalf("the tests need TensorFlow: %v (make venv installs it)", err)
	}
	return &Runtime{Command: command(t), Dir: dir}
}

func compare(t *testing.T, oldDir, newDir string, opt verify.Options) *verify.Report {
	t.Helper()
	old, err := verify.Read(oldDir)
	if err != nil {
		t.Fatal(err)
	}
	new, err := verify.Read(newDir)
	if err != nil {
		t.Fatal(err)
	}
	if opt.Runtime == nil {
		opt.Runtime = tensorflow(t)
	}
	opt.Seed = 1
	if opt.Timeout == 0 {
		opt.Timeout = 10 * time.Second
	}
	r, err := verify.Compare(context.Background(), old, new, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// node finds a node of the main graph or of any function by its op, the n-th of that op.
func node(t *testing.T, m *pb.SavedModel, op string, n int) *node_def_go_proto.NodeDef {
	t.Helper()
	g := m.MetaGraphs[0].GraphDef
	all := g.Node
	for _, f := range g.Library.GetFunction() {
		if strings.HasPrefix(f.Signature.Name, "__inference_serve") || strings.HasPrefix(f.Signature.Name, "__inference_signature_wrapper") {
			all = append(all, f.NodeDef...)
		}
	}
	for _, node := range all {
		if node.Op == op {
			if n == 0 {
				return node
			}
			n--
		}
	}
	t.Fatalf("no %s", op)
	return nil
}

// TestPairs runs pairs of models through TensorFlow. One half answers the same; the other is one change apart.
func TestPairs(t *testing.T) {
	whole := func(name string) func(*testing.T) string {
		return func(t *testing.T) string { return modeltest.Dir(t, name) }
	}
	edited := func(name string, edit func(*testing.T, *pb.SavedModel)) func(*testing.T) string {
		return func(t *testing.T) string {
			return modeltest.Edit(t, name, func(m *pb.SavedModel) { edit(t, m) })
		}
	}
	words := func(text string) func(*testing.T) string {
		return func(t *testing.T) string {
			dir := modeltest.Copy(t, "lookup_v2")
			modeltest.Write(t, filepath.Join(dir, "assets", "vocab.txt"), []byte(text))
			return dir
		}
	}
	sig := func(m *pb.SavedModel) *pb.SignatureDef { return m.MetaGraphs[0].SignatureDef["serving_default"] }
	tests := []struct {
		name   string
		old    string
		new    func(*testing.T) string
		want   verify.Verdict
		detail string
	}{
		{"scalar", "add_v1", whole("add_v2"), verify.Tested, ""},
		{"reference variables against TensorFlow 2", "softmax_v1", whole("softmax_v2"), verify.Tested, ""},
		{"resource variables", "softmax_v1", whole("softmax_resource_v1"), verify.Tested, ""},
		{"pbtxt", "softmax_text_v1", whole("softmax_v2"), verify.Tested, ""},
		{"table with an asset", "lookup_v1", whole("lookup_v2"), verify.Tested, ""},
		{"tf.Example", "parse_v1", whole("parse_v2"), verify.Tested, ""},
		{"branch", "branch_v1", whole("branch_v2"), verify.Tested, ""},
		{"sparse input", "sparse_v1", whole("sparse_v1"), verify.Tested, ""},
		{"a counter, stepped alike", "count_v1", whole("count_v1"), verify.Tested, ""},
		{"a partitioned variable", "partitioned_v1", whole("partitioned_v1"), verify.Tested, ""},
		{"table of constants", "words_v1", whole("words_v2"), verify.Tested, ""},
		{"loops of old and new", "loop_v1", whole("loop_v2"), verify.Tested, ""},
		{"branches of old and new", "cond_v1", whole("cond_v2"), verify.Tested, ""},
		{"TensorArrays", "array_v1", whole("array_v1"), verify.Tested, ""},
		{"two meta graphs", "two_tags", whole("two_tags"), verify.Tested, ""},

		{"one weight, one ULP", "softmax_v1", whole("softmax_ulp_v2"), verify.Different, `output "logits" differs`},
		{"the edge of a branch, one ULP", "branch_v1", whole("branch_edge_v2"), verify.Different, `output "y" differs`},
		{"the condition of a branch", "cond_v1", whole("cond_flip_v1"), verify.Different, `output "y" differs`},
		{"the body of a loop", "loop_v1", whole("loop_step_v2"), verify.Different, `output "y" differs`},
		{"an assertion", "assert_v1", whole("assert_limit_v1"), verify.Different, "fails where the other answers"},
		{"one word of the vocabulary", "lookup_v1", words("red\ngreen\nblue\nZoe\n"), verify.Different, `output "ids" differs`},
		{"two words exchanged", "lookup_v1", words("green\nred\nblue\nZoë\n"), verify.Different, `output "ids" differs`},
		{"one word more", "lookup_v1", words("red\ngreen\nblue\nZoë\nblack\n"), verify.Different, ""},
		{"outputs exchanged", "softmax_v1", edited("softmax_v2", func(_ *testing.T, m *pb.SavedModel) {
			o := sig(m).Outputs
			o["logits"], o["probabilities"] = o["probabilities"], o["logits"]
		}), verify.Different, "differs"},
		{"a constant", "add_v1", edited("add_v2", func(t *testing.T, m *pb.SavedModel) {
			for i := 0; ; i++ {
				if c := node(t, m, "Const", i).Attr["value"].GetTensor(); len(c.FloatVal) == 1 && c.FloatVal[0] == 2 {
					c.FloatVal[0] = 2.0000002
					return
				}
			}
		}), verify.Different, `output "output" differs`},
		{"another op", "softmax_v1", edited("softmax_v2", func(t *testing.T, m *pb.SavedModel) {
			node(t, m, "AddV2", 0).Op = "Sub"
		}), verify.Different, `output "logits" differs`},
		{"a default of a feature", "parse_v1", edited("parse_v2", func(t *testing.T, m *pb.SavedModel) {
			for i := 0; ; i++ {
				c := node(t, m, "Const", i).Attr["value"].GetTensor()
				if c.Dtype == types.DataType_DT_INT64 && len(c.Int64Val) == 1 && c.Int64Val[0] == 7 {
					c.Int64Val[0] = 8
					return
				}
			}
		}), verify.Different, `output "score" differs`},
		{"variables not restored", "softmax_v1", edited("softmax_v2", func(_ *testing.T, m *pb.SavedModel) {
			m.MetaGraphs[0].SaverDef = nil
		}), verify.Different, "the new model fails where the other answers"},
		{"table not initialised", "lookup_v1", edited("lookup_v2", func(_ *testing.T, m *pb.SavedModel) {
			delete(m.MetaGraphs[0].SignatureDef, "__saved_model_init_op")
			m.MetaGraphs[0].CollectionDef = nil
		}), verify.Different, "the new model fails where the other answers"},
		{"type", "softmax_v1", edited("softmax_v2", func(_ *testing.T, m *pb.SavedModel) {
			sig(m).Inputs["x"].Dtype = types.DataType_DT_DOUBLE
		}), verify.Different, `input "x" has type float64`},
		{"method name", "softmax_v1", edited("softmax_v2", func(_ *testing.T, m *pb.SavedModel) {
			sig(m).MethodName = "tensorflow/serving/classify"
		}), verify.Different, "method name"},

		{"random", "noise_v1", whole("noise_v1"), verify.Unknown, "answers the same request differently"},
		{"reads files", "readfile_v1", whole("readfile_v1"), verify.Unknown, "ReadFile"},
		{"an op that nobody knows", "add_v1", edited("add_v1", func(t *testing.T, m *pb.SavedModel) {
			node(t, m, "AddV2", 0).Op = "MyCustomAdd"
		}), verify.Unknown, "MyCustomAdd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			oldDir, newDir := modeltest.Dir(t, test.old), test.new(t)
			if proof := compareWithout(t, oldDir, newDir); proof.Verdict == verify.Proved && test.want != verify.Tested {
				t.Errorf("proved the same; want %v", test.want)
			}
			// Every pair is run, so that no proof goes untested.
			r := compare(t, oldDir, newDir, verify.Options{NoProof: true})
			var details []string
			for _, s := range r.Signatures {
				details = append(details, s.Detail)
				if s.Verdict == verify.Tested && s.Inputs < 40 {
					t.Errorf("only %d inputs ran", s.Inputs)
				}
			}
			if all := strings.Join(details, "; "); r.Verdict != test.want || !strings.Contains(all, test.detail) {
				t.Errorf("%v: %s; want %v: %s", r.Verdict, all, test.want, test.detail)
			}
		})
	}
}

// TestNaN holds that a NaN is a NaN whatever its bits, and that a NaN is no number.
func TestNaN(t *testing.T) {
	constant := func(bits []byte) string {
		return modeltest.Edit(t, "add_v1", func(m *pb.SavedModel) {
			v := node(t, m, "Const", 0).Attr["value"].GetTensor()
			v.FloatVal, v.TensorContent = nil, bits
		})
	}
	quiet, other, one := constant([]byte{0, 0, 0xc0, 0x7f}), constant([]byte{1, 0, 0xc0, 0xff}), constant([]byte{0, 0, 0x80, 0x3f})
	if r := compare(t, quiet, other, verify.Options{NoProof: true}); r.Verdict != verify.Tested {
		t.Errorf("NaN against NaN: %v", r.Verdict)
	}
	if r := compare(t, quiet, one, verify.Options{NoProof: true}); r.Verdict != verify.Different {
		t.Errorf("NaN against 1: %v", r.Verdict)
	}
	if r := compare(t, quiet, one, verify.Options{Tolerance: verify.Tolerance{Abs: 100, Rel: 1}}); r.Verdict != verify.Different {
		t.Errorf("NaN against 1 with a tolerance: %v", r.Verdict)
	}
}

func TestTolerance(t *testing.T) {
	old, new := modeltest.Dir(t, "softmax_v1"), modeltest.Dir(t, "softmax_ulp_v2")
	r := compare(t, old, new, verify.Options{Tolerance: verify.Tolerance{Abs: 1e-3, Rel: 1e-3}})
	s := r.Signatures[0]
	if s.Verdict != verify.Tested || !strings.Contains(s.Detail, "within atol 0.001, rtol 0.001") {
		t.Errorf("%v: %s", s.Verdict, s.Detail)
	}
	if e := s.Errors; e == nil || e.Equal == 0 || e.Equal == e.Numbers || e.Largest == 0 {
		t.Errorf("errors %+v", e)
	}
}

// TestHostile runs models that never end or ask for too much.
func TestHostile(t *testing.T) {
	for _, name := range []string{"spin_v1", "fill_v1"} {
		dir := modeltest.Dir(t, name)
		r := compare(t, dir, dir, verify.Options{Timeout: time.Second, NoProof: true})
		if r.Verdict != verify.Tested || r.Signatures[0].Inputs < 20 {
			t.Errorf("%s: %v %+v", name, r.Verdict, r.Signatures[0])
		}
	}
}

func graphOf(t *testing.T, name string) *graph_go_proto.GraphDef {
	t.Helper()
	m, err := verify.Read(modeltest.Dir(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return m.MetaGraphs[0].Def.GetGraphDef()
}

// TestTypes sends every type of tensor to TensorFlow and back.
func TestTypes(t *testing.T) {
	kinds := []types.DataType{types.DataType_DT_FLOAT, types.DataType_DT_DOUBLE, types.DataType_DT_HALF, types.DataType_DT_BFLOAT16,
		types.DataType_DT_INT8, types.DataType_DT_INT16, types.DataType_DT_INT32, types.DataType_DT_INT64, types.DataType_DT_UINT8,
		types.DataType_DT_UINT16, types.DataType_DT_UINT32, types.DataType_DT_UINT64, types.DataType_DT_BOOL, types.DataType_DT_COMPLEX64,
		types.DataType_DT_COMPLEX128, types.DataType_DT_STRING, types.DataType_DT_QINT8, types.DataType_DT_QUINT8, types.DataType_DT_QINT32}
	size := map[types.DataType]int{types.DataType_DT_DOUBLE: 8, types.DataType_DT_INT64: 8, types.DataType_DT_UINT64: 8, types.DataType_DT_COMPLEX64: 8,
		types.DataType_DT_COMPLEX128: 16, types.DataType_DT_INT8: 1, types.DataType_DT_UINT8: 1, types.DataType_DT_BOOL: 1, types.DataType_DT_QINT8: 1,
		types.DataType_DT_QUINT8: 1, types.DataType_DT_HALF: 2, types.DataType_DT_BFLOAT16: 2, types.DataType_DT_INT16: 2, types.DataType_DT_UINT16: 2}
	g := &graph_go_proto.GraphDef{Versions: graphOf(t, "add_v1").Versions}
	var step verify.Step
	var want []string
	for _, d := range kinds {
		for _, dims := range [][]int64{{2, 3}, {0, 3}, {}} {
			v := &verify.Tensor{DType: d, Dims: dims}
			n := size[d]
			if n == 0 {
				n = 4
			}
			for i := range v.Len() {
				if d == types.DataType_DT_STRING {
					v.Strings = append(v.Strings, strings.Repeat("a\x00é", i*20))
				} else {
					for k := range n {
						v.Data = append(v.Data, byte(i+k)&1)
					}
				}
			}
			name := fmt.Sprintf("p%d", len(want))
			attr := map[string]*attr_value_go_proto.AttrValue{"T": {Value: &attr_value_go_proto.AttrValue_Type{Type: d}}}
			g.Node = append(g.Node,
				&node_def_go_proto.NodeDef{Name: name, Op: "Placeholder", Attr: map[string]*attr_value_go_proto.AttrValue{"dtype": attr["T"]}},
				&node_def_go_proto.NodeDef{Name: name + "_out", Op: "Identity", Input: []string{name}, Attr: attr})
			step.Feeds = append(step.Feeds, verify.Feed{Tensor: name + ":0", Value: v})
			step.Fetches = append(step.Fetches, name+"_out:0")
			want = append(want, v.String())
		}
	}
	m, err := tensorflow(t).Load(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	out, err := m.Run(context.Background(), step)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range out {
		if v.String() != want[i] {
			t.Errorf("%s came back as %s", want[i], v)
		}
	}
}

// TestRuntimeErrors holds which error stands for what.
func TestRuntimeErrors(t *testing.T) {
	ctx := context.Background()
	g := graphOf(t, "add_v1")
	t.Run("status", func(t *testing.T) {
		m, err := tensorflow(t).Load(ctx, g)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		var status *verify.StatusError
		for _, step := range []verify.Step{{Fetches: []string{"nope:0"}}, {Fetches: []string{"x:7"}}, {Targets: []string{"nope"}}, {Fetches: []string{"x:0"}}} {
			if _, err := m.Run(ctx, step); !errors.As(err, &status) {
				t.Errorf("%v: %v", step, err)
			}
		}
		// The model is none the worse.
		v := &verify.Tensor{DType: types.DataType_DT_FLOAT, Data: []byte{0, 0, 0x80, 0x3f}}
		out, err := m.Run(ctx, verify.Step{Feeds: []verify.Feed{{Tensor: "x:0", Value: v}}, Fetches: []string{"add:0"}})
		if err != nil || out[0].String() != "float32[]{3}" {
			t.Errorf("%v, %v", out, err)
		}
	})
	t.Run("codes", func(t *testing.T) {
		float := map[string]*attr_value_go_proto.AttrValue{"dtype": {Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_FLOAT}}}
		fill := map[string]*attr_value_go_proto.AttrValue{"T": {Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_FLOAT}},
			"index_type": {Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_INT64}}}
		dims := map[string]*attr_value_go_proto.AttrValue{"dtype": {Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_INT64}}}
		m, err := tensorflow(t).Load(ctx, &graph_go_proto.GraphDef{Versions: g.Versions, Node: []*node_def_go_proto.NodeDef{
			{Name: "x", Op: "Placeholder", Attr: float},
			{Name: "dims", Op: "Placeholder", Attr: dims},
			{Name: "fill", Op: "Fill", Input: []string{"dims", "x"}, Attr: fill},
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		x := verify.Feed{Tensor: "x:0", Value: &verify.Tensor{DType: types.DataType_DT_FLOAT, Data: make([]byte, 4)}}
		terabytes := &verify.Tensor{DType: types.DataType_DT_INT64, Dims: []int64{1}, Data: []byte{0, 0, 0, 0, 0, 1, 0, 0}}
		var status *verify.StatusError
		for _, test := range []struct {
			name  string
			feeds []verify.Feed
			code  int // tsl/protobuf/error_codes.proto
		}{
			{"RESOURCE_EXHAUSTED", []verify.Feed{x, {Tensor: "dims:0", Value: terabytes}}, 8},
			{"INVALID_ARGUMENT", []verify.Feed{x}, 3},
		} {
			if _, err := m.Run(ctx, verify.Step{Feeds: test.feeds, Fetches: []string{"fill:0"}}); !errors.As(err, &status) || status.Code != test.code {
				t.Errorf("%s: %v", test.name, err)
			}
		}
	})
	t.Run("unknown op", func(t *testing.T) {
		bad := &graph_go_proto.GraphDef{Versions: g.Versions, Node: []*node_def_go_proto.NodeDef{{Name: "a", Op: "NoSuchOp"}}}
		var status *verify.StatusError
		if _, err := tensorflow(t).Load(ctx, bad); !errors.As(err, &status) || status.Code != 5 || !strings.Contains(status.Message, "Op type not registered") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("crash", func(t *testing.T) {
		r := &Runtime{Command: command(t), Dir: "abort"}
		var crash *verify.CrashError
		if _, err := r.Load(ctx, g); !errors.As(err, &crash) || crash.Stderr != "F tensorflow: check failed" || crash.Killed {
			t.Errorf("got %v", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		r := &Runtime{Command: command(t), Dir: "silent"}
		start := time.Now()
		if _, err := r.Load(ctx, g); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
	t.Run("no libraries", func(t *testing.T) {
		r := &Runtime{Command: command(t), Dir: t.TempDir()}
		if _, err := r.Load(ctx, g); !errors.Is(err, verify.ErrNoRuntime) || !strings.Contains(err.Error(), frameworkLibrary) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no program", func(t *testing.T) {
		r := &Runtime{Command: []string{filepath.Join(t.TempDir(), "nothing")}, Dir: "x"}
		if _, err := r.Load(ctx, g); err == nil || !strings.Contains(err.Error(), "starting") {
			t.Errorf("got %v", err)
		}
	})
}

func BenchmarkRun(b *testing.B) {
	m, err := verify.Read(modeltest.Dir(b, "add_v1"))
	if err != nil {
		b.Fatal(err)
	}
	model, err := tensorflow(b).Load(context.Background(), m.MetaGraphs[0].Def.GetGraphDef())
	if err != nil {
		b.Fatal(err)
	}
	defer model.Close()
	v := &verify.Tensor{DType: types.DataType_DT_FLOAT, Data: make([]byte, 4)}
	for b.Loop() {
		if _, err := model.Run(context.Background(), verify.Step{Feeds: []verify.Feed{{Tensor: "x:0", Value: v}}, Fetches: []string{"add:0"}}); err != nil {
			b.Fatal(err)
		}
	}
}
