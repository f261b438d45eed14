package verify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/function_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/op_def_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// TestUnlike holds what makes equal answers doubtful, and that nothing does where two models compute the same.
func TestUnlike(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{"softmax_v1", "softmax_v1", ""},
		{"softmax_v1", "softmax_v2", ""},
		{"lookup_v1", "lookup_v2", ""},
		{"loop_v1", "loop_v2", ""},
		{"cond_v1", "cond_v2", ""},
		{"array_v1", "array_v1", ""},
		{"loop_v2", "loop_step_v2", "differ in a constant or an attribute"},
		{"branch_v1", "branch_edge_v2", "differ in a constant or an attribute"},
		{"softmax_v1", "softmax_ulp_v2", "more than inputs can show"},
	} {
		old, new := read(t, modeltest.Dir(t, test.old)).MetaGraphs[0], read(t, modeltest.Dir(t, test.new)).MetaGraphs[0]
		pr := newProver(newProgram(old), newProgram(new))
		got := pr.unlike(old.Signature("serving_default"), new.Signature("serving_default")).doubt()
		if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s against %s: %q, want %q", test.old, test.new, got, test.want)
		}
	}
}

// TestLoopsThatMultiply holds that functions which each hold two loops of the next end the proof, and not the program.
func TestLoopsThatMultiply(t *testing.T) {
	float := &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_Type{Type: types.DataType_DT_FLOAT}}
	function := func(name string) *attr_value_go_proto.AttrValue {
		return &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_Func{Func: &attr_value_go_proto.NameAttrList{Name: name}}}
	}
	loop := func(name, in string, level int) *nodeDef {
		return &nodeDef{Name: name, Op: "StatelessWhile", Input: []string{in}, Attr: attrMap{
			"T":    {Value: &attr_value_go_proto.AttrValue_List{List: &attr_value_go_proto.AttrValue_ListValue{Type: []DType{types.DataType_DT_FLOAT}}}},
			"cond": function("cond"), "body": function(fmt.Sprintf("body%d", level))}}
	}
	signature := func(name string, out DType) *op_def_go_proto.OpDef {
		return &op_def_go_proto.OpDef{Name: name, InputArg: []*op_def_go_proto.OpDef_ArgDef{{Name: "x", Type: types.DataType_DT_FLOAT}},
			OutputArg: []*op_def_go_proto.OpDef_ArgDef{{Name: "y", Type: out}}}
	}
	const levels = 40
	dir := modeltest.Edit(t, "add_v1", func(m *pb.SavedModel) {
		g := m.MetaGraphs[0].GraphDef
		g.Library = &function_go_proto.FunctionDefLibrary{Function: []*function_go_proto.FunctionDef{{Signature: signature("cond", types.DataType_DT_BOOL),
			NodeDef: []*nodeDef{{Name: "nan", Op: "IsNan", Input: []string{"x"}, Attr: attrMap{"T": float}}}, Ret: map[string]string{"y": "nan:y:0"}}}}
		for i := range levels {
			f := &function_go_proto.FunctionDef{Signature: signature(fmt.Sprintf("body%d", i), types.DataType_DT_FLOAT), Ret: map[string]string{"y": "sum:z:0"},
				NodeDef: []*nodeDef{{Name: "sum", Op: "AddV2", Input: []string{"a:output:0", "b:output:0"}, Attr: attrMap{"T": float}}}}
			if i == levels-1 {
				f.NodeDef[0].Input = []string{"x", "x"}
			} else {
				f.NodeDef = append(f.NodeDef, loop("a", "x", i+1), loop("b", "a:output:0", i+1))
			}
			g.Library.Function = append(g.Library.Function, f)
		}
		sig := m.MetaGraphs[0].SignatureDef["serving_default"]
		for _, in := range sig.Inputs {
			g.Node = append(g.Node, loop("loops", in.GetName(), 0))
		}
		for _, out := range sig.Outputs {
			out.Encoding = &pb.TensorInfo_Name{Name: "loops:0"}
		}
	})
	start := time.Now()
	mg := read(t, dir).MetaGraphs[0]
	sig := mg.Signature("serving_default")
	pr := newProver(newProgram(mg), newProgram(mg))
	if err := pr.prove(sig, sig); err == nil {
		t.Error("proved")
	}
	pr.unlike(sig, sig).doubt()
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}
