//go:build tensorflow

package tfrt

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/node_def_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
	"github.com/tfmigrate/tfmigrate/verify"
)

// mutation changes one thing of a node and tells what, or "" when there is nothing of the kind to change.
type mutation func(n *node_def_go_proto.NodeDef) string

var mutations = []mutation{
	func(n *node_def_go_proto.NodeDef) string { // a constant
		v := n.Attr["value"].GetTensor()
		if n.Op != "Const" || v == nil || !bump(v) {
			return ""
		}
		return "another constant"
	},
	func(n *node_def_go_proto.NodeDef) string { // the first two inputs
		if len(n.Input) < 2 || strings.HasPrefix(n.Input[1], "^") || n.Input[0] == n.Input[1] {
			return ""
		}
		n.Input[0], n.Input[1] = n.Input[1], n.Input[0]
		return "inputs exchanged"
	},
	func(n *node_def_go_proto.NodeDef) string { // an op of the same signature
		other := map[string]string{"AddV2": "Sub", "Mul": "AddV2", "Greater": "GreaterEqual", "Less": "LessEqual", "Softmax": "LogSoftmax", "Max": "Min",
			"Sum": "Prod", "NotEqual": "Equal", "StringToHashBucketFast": "StringToHashBucket", "LookupTableSizeV2": "LookupTableSizeV2", "Neg": "Abs"}[n.Op]
		if other == "" || other == n.Op {
			return ""
		}
		n.Op = other
		return "another op"
	},
	func(n *node_def_go_proto.NodeDef) string { // an attribute
		for _, name := range []string{"transpose_a", "transpose_b", "keep_dims", "num_buckets", "batch_dims", "axis", "key_index", "value_index", "offset",
			"vocab_size", "then_branch", "shrink_axis_mask", "begin_mask", "separator", "is_constant"} {
			switch v := n.Attr[name].GetValue().(type) {
			case *attr_value_go_proto.AttrValue_B:
				v.B = !v.B
			case *attr_value_go_proto.AttrValue_I:
				v.I++
			case *attr_value_go_proto.AttrValue_S:
				v.S = append(v.S, 'x')
			case *attr_value_go_proto.AttrValue_Func:
				v.Func, n.Attr["else_branch"].GetFunc().Name = n.Attr["else_branch"].GetFunc(), v.Func.Name
				return ""
			default:
				continue
			}
			return "another " + name
		}
		return ""
	},
	func(n *node_def_go_proto.NodeDef) string { // control edges
		for i, in := range n.Input {
			if strings.HasPrefix(in, "^") {
				n.Input = n.Input[:i]
				return "no control edges"
			}
		}
		return ""
	},
}

// bump changes the last value of a constant by a little.
func bump(v *tensor_go_proto.TensorProto) bool {
	switch {
	case len(v.TensorContent) > 0:
		v.TensorContent[len(v.TensorContent)-1] ^= 1
	case len(v.FloatVal) > 0:
		v.FloatVal[len(v.FloatVal)-1] *= 1.0000002
	case len(v.IntVal) > 0:
		v.IntVal[len(v.IntVal)-1]++
	case len(v.Int64Val) > 0:
		v.Int64Val[len(v.Int64Val)-1]++
	case len(v.StringVal) > 0:
		v.StringVal[len(v.StringVal)-1] = append(v.StringVal[len(v.StringVal)-1], 'x')
	case len(v.BoolVal) > 0:
		v.BoolVal[len(v.BoolVal)-1] = !v.BoolVal[len(v.BoolVal)-1]
	case v.Dtype == types.DataType_DT_FLOAT:
		v.FloatVal = []float32{1}
	default:
		return false
	}
	return true
}

// needed are the nodes of the main graph, and the functions, that the signatures, the restore op or the init op depend on: changing others
// changes nothing.
func needed(m *pb.MetaGraphDef) (nodes, funcs map[string]bool) {
	nodes, funcs = map[string]bool{}, map[string]bool{}
	byName := map[string]*node_def_go_proto.NodeDef{}
	for _, n := range m.GraphDef.Node {
		byName[n.Name] = n
	}
	var visit func(ref string)
	var enter func(name string)
	calls := func(n *node_def_go_proto.NodeDef) {
		for _, a := range n.Attr {
			if f := a.GetFunc(); f != nil {
				enter(f.Name)
			}
		}
	}
	enter = func(name string) {
		if funcs[name] {
			return
		}
		funcs[name] = true
		for _, f := range m.GraphDef.Library.GetFunction() {
			if f.Signature.Name == name {
				for _, n := range f.NodeDef {
					calls(n)
				}
			}
		}
	}
	visit = func(ref string) {
		name, _, _ := strings.Cut(strings.TrimPrefix(ref, "^"), ":")
		if nodes[name] || byName[name] == nil {
			return
		}
		nodes[name] = true
		calls(byName[name])
		for _, in := range byName[name].Input {
			visit(in)
		}
	}
	for _, s := range m.SignatureDef {
		for _, o := range s.Outputs {
			visit(o.GetName())
		}
	}
	visit(m.SaverDef.GetRestoreOpName())
	for _, key := range []string{"saved_model_main_op", "legacy_init_op"} {
		for _, v := range m.CollectionDef[key].GetNodeList().GetValue() {
			visit(v)
		}
	}
	return nodes, funcs
}

// unsettled tells that all inputs were answered alike, and that the models have parts that no input shows: a proof may know that these do not count.
func unsettled(r *verify.Report) bool {
	return r.Verdict == verify.Unknown && strings.Contains(r.Signatures[0].Detail, "that were answered alike do not settle it")
}

// TestMutants changes models in one thing, everywhere it could matter, and holds the prover against TensorFlow: what it calls the same
// has to answer the same. Of the mutants that are proved the same it runs one for each op and mutation, and all with -long.
func TestMutants(t *testing.T) {
	proved, refused, ran := 0, 0, map[string]int{}
	for _, name := range []string{"add_v2", "softmax_v1", "softmax_v2", "lookup_v1", "lookup_v2", "parse_v2", "branch_v1", "cond_v1", "cond_v2", "loop_v1", "loop_v2", "assert_v1", "array_v1"} {
		var whole *pb.SavedModel
		modeltest.Edit(t, name, func(m *pb.SavedModel) { whole = proto.Clone(m).(*pb.SavedModel) })
		for i := range nodesOf(whole) {
			for k, mutate := range mutations {
				what, kind := "", ""
				mutant := proto.Clone(whole).(*pb.SavedModel)
				if n := nodesOf(mutant)[i]; n != nil {
					if what = mutate(n); what != "" {
						kind = n.Op + ": " + what
						what = fmt.Sprintf("%s %s: %s", n.Op, n.Name, what)
					}
				}
				if what == "" {
					continue
				}
				dir := modeltest.Edit(t, name, func(m *pb.SavedModel) {
					proto.Reset(m)
					proto.Merge(m, mutant)
				})
				if r := compareWithout(t, modeltest.Dir(t, name), dir); r.Verdict != verify.Proved {
					refused++
					continue
				}
				proved++
				if ran[kind]++; ran[kind] > 1 && !*long {
					continue
				}
				t.Logf("%s, %s", name, what)
				if r := compare(t, modeltest.Dir(t, name), dir, verify.Options{NoProof: true, Samples: 30, Timeout: time.Second, Budget: time.Second}); r.Verdict != verify.Tested && !unsettled(r) {
					t.Errorf("%s, %s (mutation %d) is proved the same, and is %v: %s", name, what, k, r.Verdict, r.Signatures[0].Detail)
				}
			}
		}
	}
	t.Logf("%d mutants proved the same, of %d kinds; %d not", proved, len(ran), refused)
	if proved == 0 || refused < 100 {
		t.Errorf("%d mutants proved the same, %d not: the test says nothing", proved, refused)
	}
}

// nodesOf lists the nodes of a model, nil for those that do not matter.
func nodesOf(m *pb.SavedModel) []*node_def_go_proto.NodeDef {
	g := m.MetaGraphs[0]
	nodes, funcs := needed(g)
	var all []*node_def_go_proto.NodeDef
	for _, n := range g.GraphDef.Node {
		if !nodes[n.Name] {
			n = nil
		}
		all = append(all, n)
	}
	for _, f := range g.GraphDef.Library.GetFunction() {
		if funcs[f.Signature.Name] {
			all = append(all, f.NodeDef...)
		}
	}
	return all
}

// compareWithout compares without running anything.
func compareWithout(t *testing.T, oldDir, newDir string) *verify.Report {
	t.Helper()
	old, err := verify.Read(oldDir)
	if err != nil {
		t.Fatal(err)
	}
	new, err := verify.Read(newDir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.Compare(t.Context(), old, new, verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
