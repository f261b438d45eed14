package verify

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_shape_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"
)

func floats(v ...float32) *Tensor {
	t := &Tensor{DType: types.DataType_DT_FLOAT, Dims: []int64{int64(len(v))}}
	for _, f := range v {
		t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(f))
	}
	return t
}

func float32bits(v ...uint32) *Tensor {
	t := &Tensor{DType: types.DataType_DT_FLOAT, Dims: []int64{int64(len(v))}}
	for _, f := range v {
		t.Data = binary.LittleEndian.AppendUint32(t.Data, f)
	}
	return t
}

func stringsOf(v ...string) *Tensor {
	return &Tensor{DType: types.DataType_DT_STRING, Dims: []int64{int64(len(v))}, Strings: v}
}

func ints(v ...int64) *Tensor {
	t := &Tensor{DType: types.DataType_DT_INT64, Dims: []int64{int64(len(v))}}
	for _, n := range v {
		t.Data = binary.LittleEndian.AppendUint64(t.Data, uint64(n))
	}
	return t
}

func TestDifference(t *testing.T) {
	nan := float32(math.NaN())
	minusZero := float32(math.Copysign(0, -1))
	double := &Tensor{DType: types.DataType_DT_DOUBLE, Dims: []int64{1}, Data: make([]byte, 8)}
	tests := []struct {
		name string
		a, b *Tensor
		tol  Tolerance
		want int
	}{
		{"equal", floats(1, 2), floats(1, 2), Tolerance{}, -1},
		{"one ULP", floats(1, 2), floats(1, math.Nextafter32(2, 3)), Tolerance{}, 1},
		{"the sign of zero", floats(0), floats(minusZero), Tolerance{}, 0},
		{"NaN and NaN", floats(1, nan), floats(1, nan), Tolerance{}, -1},
		{"NaNs of other payload and sign", float32bits(0x7fc00000), float32bits(0xffc00001), Tolerance{}, -1},
		{"NaN and a number", floats(nan), floats(1), Tolerance{}, 0},
		{"NaN and a number, tolerant", floats(nan), floats(1), Tolerance{Abs: 10}, 0},
		{"infinities", floats(float32(math.Inf(1))), floats(float32(math.Inf(-1))), Tolerance{Abs: 10}, 0},
		{"within atol", floats(1), floats(1.0001), Tolerance{Abs: 1e-3}, -1},
		{"within rtol", floats(1000), floats(1000.5), Tolerance{Rel: 1e-3}, -1},
		{"beyond rtol", floats(1000), floats(1002), Tolerance{Rel: 1e-3}, 0},
		{"all zeros against 1e-6, no tolerance", floats(0), floats(1e-6), Tolerance{}, 0},
		{"integers know no tolerance", ints(1), ints(2), Tolerance{Abs: 5}, 0},
		{"shape", floats(1, 2), floats(1), Tolerance{}, 0},
		{"type", floats(0), double, Tolerance{}, 0},
		{"strings", stringsOf("a", "b"), stringsOf("a", "b "), Tolerance{}, 1},
		{"empty", floats(), floats(), Tolerance{}, -1},
	}
	for _, test := range tests {
		if got, why := difference(test.a, test.b, test.tol); got != test.want {
			t.Errorf("%s: %d (%s), want %d", test.name, got, why, test.want)
		}
	}
}

func TestTensorOf(t *testing.T) {
	shape := func(dims ...int64) *tensor_shape_go_proto.TensorShapeProto {
		s := &tensor_shape_go_proto.TensorShapeProto{}
		for _, d := range dims {
			s.Dim = append(s.Dim, &tensor_shape_go_proto.TensorShapeProto_Dim{Size: d})
		}
		return s
	}
	good := []struct {
		p    *tensor_go_proto.TensorProto
		want string
	}{
		{&tensor_go_proto.TensorProto{Dtype: types.DataType_DT_FLOAT, TensorShape: shape(2, 2), FloatVal: []float32{1, 2}}, "float32[2,2]{1 2 2 2}"},
		{&tensor_go_proto.TensorProto{Dtype: types.DataType_DT_INT32, TensorShape: shape(3)}, "int32[3]{0 0 0}"},
		{&tensor_go_proto.TensorProto{Dtype: types.DataType_DT_INT8, TensorShape: shape(), IntVal: []int32{-3}}, "int8[]{-3}"},
		{&tensor_go_proto.TensorProto{Dtype: types.DataType_DT_HALF, TensorShape: shape(2), HalfVal: []int32{0x3c00, 0xfc00}}, "float16[2]{1 -Inf}"},
		{&tensor_go_proto.TensorProto{Dtype: types.DataType_DT_BFLOAT16, TensorShape: shape(1), HalfVal: []int32{0x3f80}}, "bfloat16[1]{1}"},
		{&tensor_go_proto.TensorProto{Dtype: types.DataType_DT_COMPLEX64, TensorShape: shape(1), ScomplexVal: []float32{1, -2}}, "complex64[1]{(1-2i)}"},
		{&tensor_go_proto.TensorProto{Dtype: types.DataType_DT_STRING, TensorShape: shape(2), StringVal: [][]byte{[]byte("é")}}, `string[2]{"\u00e9" "\u00e9"}`},
		{&tensor_go_proto.TensorProto{Dtype: types.DataType_DT_BOOL, TensorShape: shape(1), BoolVal: []bool{true}}, "bool[1]{true}"},
	}
	for _, test := range good {
		got, err := TensorOf(test.p)
		if err != nil || got.String() != test.want {
			t.Errorf("%v: %v, %v, want %s", test.p, got, err, test.want)
			continue
		}
		// What goes over the pipe comes back the same.
		again, err := TensorOf(got.Proto())
		if err != nil || !proto.Equal(again.Proto(), got.Proto()) {
			t.Errorf("%v does not survive its own proto: %v", got, err)
		}
	}
	bad := []*tensor_go_proto.TensorProto{
		{Dtype: types.DataType_DT_FLOAT, TensorShape: shape(1 << 40)},
		{Dtype: types.DataType_DT_FLOAT, TensorShape: shape(1<<40, 1<<40)},
		{Dtype: types.DataType_DT_FLOAT, TensorShape: shape(-1)},
		{Dtype: types.DataType_DT_STRING, TensorShape: shape(1 << 40)},
		{Dtype: types.DataType_DT_FLOAT, TensorShape: shape(2), TensorContent: []byte{1, 2, 3}},
		{Dtype: types.DataType_DT_FLOAT, TensorShape: shape(1), FloatVal: []float32{1, 2}},
		{Dtype: types.DataType_DT_RESOURCE, TensorShape: shape(1)},
	}
	for _, p := range bad {
		if got, err := TensorOf(p); err == nil {
			t.Errorf("%v gave %v", p, got)
		}
	}
}
