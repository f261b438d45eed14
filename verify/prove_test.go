package verify

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/function_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/op_def_go_proto"
	shapes "github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_shape_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// proveDirs proves the default signatures of two directories equal, or says why not.
func proveDirs(t *testing.T, oldDir, newDir string) error {
	t.Helper()
	old, new := read(t, oldDir).MetaGraphs[0], read(t, newDir).MetaGraphs[0]
	return newProver(newProgram(old), newProgram(new)).prove(old.Signature("serving_default"), new.Signature("serving_default"))
}

func TestProved(t *testing.T) {
	for _, pair := range [][2]string{
		{"add_v1", "add_v2"}, {"softmax_v1", "softmax_v2"}, {"softmax_resource_v1", "softmax_v2"}, {"softmax_text_v1", "softmax_v1"},
		{"lookup_v1", "lookup_v2"}, {"parse_v1", "parse_v2"}, {"branch_v1", "branch_v2"}, {"cond_v1", "cond_v1"}, {"cond_v2", "cond_v2"},
		{"loop_v1", "loop_v1"}, {"loop_v2", "loop_v2"}, {"array_v1", "array_v1"}, {"assert_v1", "assert_v1"}, {"sparse_v1", "sparse_v1"},
		{"spin_v1", "spin_v1"}, {"partitioned_v1", "partitioned_v1"}, {"words_v1", "words_v2"}, {"cond_v1", "cond_v2"}, {"two_tags", "softmax_v2"}, {"loop_v1", "loop_v2"},
	} {
		if err := proveDirs(t, modeltest.Dir(t, pair[0]), modeltest.Dir(t, pair[1])); err != nil {
			t.Errorf("%v: %v", pair, err)
		}
		if err := proveDirs(t, modeltest.Dir(t, pair[1]), modeltest.Dir(t, pair[0])); err != nil {
			t.Errorf("%v the other way: %v", pair, err)
		}
	}
}

// TestNotProved holds that what differs, or cannot be known, is not proved.
func TestNotProved(t *testing.T) {
	edit := func(name string, edit func(*pb.MetaGraphDef)) string {
		return modeltest.Edit(t, name, func(m *pb.SavedModel) { edit(m.MetaGraphs[0]) })
	}
	main := func(g *pb.MetaGraphDef, name string) *nodeDef {
		for _, n := range g.GraphDef.Node {
			if n.Name == name {
				return n
			}
		}
		t.Fatalf("no node %q", name)
		return nil
	}
	function := func(g *pb.MetaGraphDef, prefix string) *function_go_proto.FunctionDef {
		for _, f := range g.GraphDef.Library.Function {
			if strings.HasPrefix(f.Signature.Name, prefix) {
				return f
			}
		}
		t.Fatalf("no function %q", prefix)
		return nil
	}
	inner := func(g *pb.MetaGraphDef, op string) *nodeDef {
		for _, n := range function(g, "__inference_serve").NodeDef {
			if n.Op == op {
				return n
			}
		}
		t.Fatalf("no %s", op)
		return nil
	}
	vocabulary := modeltest.Copy(t, "lookup_v2")
	modeltest.Write(t, filepath.Join(vocabulary, "assets", "vocab.txt"), []byte("red\ngreen\nblue\nZoe\n"))
	truth := &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_B{B: true}}
	// A check that the outputs wait for, or one that nothing needs and that TensorFlow may drop.
	checked := func(needed bool) string {
		return edit("softmax_v2", func(g *pb.MetaGraphDef) {
			float := &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_FLOAT}}
			f := function(g, "__inference_serve")
			f.NodeDef = append(f.NodeDef, &nodeDef{Name: "check", Op: "EnsureShape", Input: []string{f.Signature.InputArg[0].Name}, Attr: attrMap{"T": float,
				"shape": {Value: &attr_value_go_proto.AttrValue_Shape{Shape: &shapes.TensorShapeProto{Dim: []*shapes.TensorShapeProto_Dim{{Size: -1}, {Size: 3}}}}}}})
			if needed {
				last := inner(g, "Softmax")
				last.Input = append(last.Input, "^check")
				return
			}
			f.Signature.OutputArg = append(f.Signature.OutputArg, &op_def_go_proto.OpDef_ArgDef{Name: "unused", Type: types.DataType_DT_FLOAT})
			f.Ret["unused"] = "check:output:0"
			for _, n := range function(g, "__inference_signature_wrapper").NodeDef {
				if list := n.Attr["Tout"].GetList(); list != nil {
					list.Type = append(list.Type, types.DataType_DT_FLOAT)
				}
			}
		})
	}
	tests := []struct{ name, old, new, want string }{
		{"one ULP of a weight", modeltest.Dir(t, "softmax_v1"), modeltest.Dir(t, "softmax_ulp_v2"), "computed in another way"},
		{"one ULP of a constant", modeltest.Dir(t, "branch_v1"), modeltest.Dir(t, "branch_edge_v2"), "computed in another way"},
		{"a predicate that only control edges carry", modeltest.Dir(t, "cond_v1"), modeltest.Dir(t, "cond_flip_v1"), "computed in another way"},
		{"a predicate, in branches of both kinds", modeltest.Dir(t, "cond_flip_v1"), modeltest.Dir(t, "cond_v2"), "computed in another way"},
		{"the body of a loop", modeltest.Dir(t, "loop_v1"), modeltest.Dir(t, "loop_step_v1"), "computed in another way"},
		{"the body of a functional loop", modeltest.Dir(t, "loop_v2"), modeltest.Dir(t, "loop_step_v2"), "computed in another way"},
		{"another assertion", modeltest.Dir(t, "assert_v1"), modeltest.Dir(t, "assert_limit_v1"), ""},
		{"random", modeltest.Dir(t, "noise_v1"), modeltest.Dir(t, "noise_v1"), "is random"},
		{"state", modeltest.Dir(t, "count_v1"), modeltest.Dir(t, "count_v1"), "keeps or changes state"},
		{"reads a file", modeltest.Dir(t, "readfile_v1"), modeltest.Dir(t, "readfile_v1"), "ReadFile"},
		{"a word", modeltest.Dir(t, "lookup_v1"), vocabulary, "computed in another way"},
		{"outputs exchanged", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) {
			o := g.SignatureDef["serving_default"].Outputs
			o["logits"], o["probabilities"] = o["probabilities"], o["logits"]
		}), "computed in another way"},
		{"variables bound the other way", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) {
			in := main(g, "StatefulPartitionedCall").Input
			in[1], in[2] = in[2], in[1]
		}), ""},
		{"restored the other way", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) {
			in := main(g, "StatefulPartitionedCall_2").Input
			in[1], in[2] = in[2], in[1]
		}), ""},
		{"not restored", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) { g.SaverDef = nil }), "is not initialised"},
		{"table not filled", modeltest.Dir(t, "lookup_v1"), edit("lookup_v2", func(g *pb.MetaGraphDef) {
			delete(g.SignatureDef, "__saved_model_init_op")
			g.CollectionDef = nil
		}), "is not initialised"},
		{"an attribute", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) { inner(g, "MatMul").Attr["transpose_b"] = truth }), "computed in another way"},
		{"an attribute that nobody knows", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) { inner(g, "MatMul").Attr["_kernel"] = truth }), "is not understood"},
		{"ops in a circle", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) { inner(g, "MatMul").Input[0] = inner(g, "Softmax").Name + ":softmax:0" }), "depends on itself"},
		{"an op that nobody knows", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) { inner(g, "Softmax").Op = "MySoftmax" }), ""},
		{"XLA", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) { main(g, "StatefulPartitionedCall").Attr["_XlaMustCompile"] = truth }), "XLA"},
		{"a function named like an op", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) {
			g.GraphDef.Library.Function = append(g.GraphDef.Library.Function, &function_go_proto.FunctionDef{Signature: &op_def_go_proto.OpDef{Name: "Relu"}})
		}), "like an op"},
		{"a recursive function", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) {
			f := function(g, "__inference_serve")
			var args []string
			for _, a := range f.Signature.InputArg {
				args = append(args, a.Name)
			}
			f.NodeDef = append(f.NodeDef, &nodeDef{Name: "again", Op: "PartitionedCall", Input: args, Attr: attrMap{
				"f": {Value: &attr_value_go_proto.AttrValue_Func{Func: &attr_value_go_proto.NameAttrList{Name: f.Signature.Name}}}}})
		}), "calls itself"},
		{"a write in the signature", modeltest.Dir(t, "softmax_v1"), edit("softmax_v2", func(g *pb.MetaGraphDef) {
			f := function(g, "__inference_serve")
			f.NodeDef = append(f.NodeDef, &nodeDef{Name: "write", Op: "AssignVariableOp", Input: []string{f.Signature.InputArg[1].Name, "MatMul/ReadVariableOp:value:0"},
				Attr: attrMap{"dtype": {Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_FLOAT}}}})
		}), "is changed by signature"},
		{"a check that may be dropped", checked(true), checked(false), "compute other things that may fail"},
		{"two inputs that are one tensor", modeltest.Dir(t, "softmax_v1"), edit("softmax_v1", func(g *pb.MetaGraphDef) {
			in := g.SignatureDef["serving_default"].Inputs
			in["z"] = in["x"]
		}), "one tensor"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := proveDirs(t, test.old, test.new)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if !errors.Is(err, errNotProvable) {
				t.Errorf("%v is no refusal of the prover", err)
			}
		})
	}
}

// TestCorruptIsNotProved holds that a checksum that fails is no proof.
func TestCorruptIsNotProved(t *testing.T) {
	dir := modeltest.Copy(t, "softmax_v2")
	path := filepath.Join(dir, "variables", "variables.data-00000-of-00001")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[2] ^= 4
	modeltest.Write(t, path, data)
	if err := proveDirs(t, dir, dir); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("got %v", err)
	}
}
