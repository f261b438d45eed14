package verify

import (
	"strings"
	"testing"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"
)

func signature() *Signature {
	return &Signature{Key: "serving_default", Method: "tensorflow/serving/predict",
		Inputs:  []Param{{Name: "x", DType: types.DataType_DT_FLOAT, Shape: Shape{true, []int64{-1, 3}}, Tensors: []string{"x:0"}}},
		Outputs: []Param{{Name: "y", DType: types.DataType_DT_FLOAT, Shape: Shape{true, []int64{-1, 2}}, Tensors: []string{"y:0"}}}}
}

// scalar is a float32 as a serialised TensorProto.
func scalar(t *testing.T, v float32) []byte {
	t.Helper()
	one := float32s(v)
	one.Dims = []int64{}
	b, err := proto.Marshal(one.Proto())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCompareSignatures(t *testing.T) {
	known := func(dims ...int64) Shape { return Shape{true, dims} }
	tests := []struct {
		name   string
		change func(old, new *Signature)
		breaks string // "" for none
		notes  string
	}{
		{"nothing", func(_, _ *Signature) {}, "", ""},
		{"tensor names", func(_, n *Signature) { n.Inputs[0].Tensors = []string{"serving_default_x:0"} }, "", ""},
		{"method name", func(_, n *Signature) { n.Method = "tensorflow/serving/classify" }, `method name "tensorflow/serving/predict" became "tensorflow/serving/classify"`, ""},
		{"method name given", func(o, _ *Signature) { o.Method = "" }, "", `method name "" became`},
		{"method name lost", func(_, n *Signature) { n.Method = "" }, "method name", ""},
		{"input renamed", func(_, n *Signature) { n.Inputs[0].Name = "z" }, `input "x" is missing; the new signature has "z"; input "z" is new`, ""},
		{"input type", func(_, n *Signature) { n.Inputs[0].DType = types.DataType_DT_DOUBLE }, `input "x" has type float64, was float32`, ""},
		{"input narrower", func(_, n *Signature) { n.Inputs[0].Shape = known(1, 3) }, `input "x" accepted shape [None, 3], and now only [1, 3]`, ""},
		{"input rank fixed", func(o, _ *Signature) { o.Inputs[0].Shape = Shape{} }, "accepted shape unknown, and now only [None, 3]", ""},
		{"input other size", func(_, n *Signature) { n.Inputs[0].Shape = known(-1, 4) }, "and now only [None, 4]", ""},
		{"input wider", func(_, n *Signature) { n.Inputs[0].Shape = known(-1, -1) }, "", `input "x" accepts more`},
		{"input added", func(_, n *Signature) { n.Inputs = append(n.Inputs, Param{Name: "z"}) }, `input "z" is new`, ""},
		{"input added with a default", func(_, n *Signature) { n.Inputs = append(n.Inputs, Param{Name: "z", Default: true}) }, "", "has a default value"},
		{"default lost", func(o, _ *Signature) { o.Inputs[0].Default = true }, "no default value any more", ""},
		{"default found", func(_, n *Signature) { n.Inputs[0].Default = true }, "", "has got a default value"},
		{"other default", func(o, n *Signature) {
			o.Inputs[0].Default, o.Inputs[0].value, n.Inputs[0].Default, n.Inputs[0].value = true, scalar(t, 1), true, scalar(t, 2)
		}, "another default value", ""},
		{"the same default in another spelling", func(o, n *Signature) {
			list := &tensor_go_proto.TensorProto{Dtype: types.DataType_DT_FLOAT, FloatVal: []float32{1}}
			b, err := proto.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			o.Inputs[0].Default, o.Inputs[0].value, n.Inputs[0].Default, n.Inputs[0].value = true, scalar(t, 1), true, b
		}, "", ""},
		{"input sparse", func(_, n *Signature) { n.Inputs[0].Tensors = []string{"a", "b", "c"} }, "is a sparse tensor, was a dense tensor", ""},
		{"output type", func(_, n *Signature) { n.Outputs[0].DType = types.DataType_DT_INT64 }, `output "y" has type int64, was float32`, ""},
		{"output shape lost", func(_, n *Signature) { n.Outputs[0].Shape = Shape{} }, "", "less known: unknown, was [None, 2]"},
		{"output shape found", func(o, _ *Signature) { o.Outputs[0].Shape = Shape{} }, "", "better known"},
		{"output other size", func(_, n *Signature) { n.Outputs[0].Shape = known(-1, 5) }, `output "y" has shape [None, 5], was [None, 2]`, ""},
		{"output missing", func(_, n *Signature) { n.Outputs = nil }, `output "y" is missing; the new signature has none`, ""},
		{"output added", func(_, n *Signature) { n.Outputs = append(n.Outputs, Param{Name: "z"}) }, `output "z" is new`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			old, new := signature(), signature()
			test.change(old, new)
			changes := compareSignatures(old, new)
			check := func(what string, got []string, want string) {
				if text := strings.Join(got, "; "); (want == "") != (text == "") || !strings.Contains(text, want) {
					t.Errorf("%s %q, want %q", what, text, want)
				}
			}
			check("breaks", texts(changes, true), test.breaks)
			check("notes", texts(changes, false), test.notes)
		})
	}
}
