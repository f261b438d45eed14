package verify

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

func float32s(v ...float32) *Tensor {
	t := &Tensor{DType: types.DataType_DT_FLOAT, Dims: []int64{int64(len(v))}}
	for _, f := range v {
		t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(f))
	}
	return t
}

func TestTolerances(t *testing.T) {
	next := math.Nextafter32(1, 2)
	least := float32(math.SmallestNonzeroFloat32)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	half := func(bits uint16) *Tensor {
		return &Tensor{DType: types.DataType_DT_HALF, Dims: []int64{1}, Data: binary.LittleEndian.AppendUint16(nil, bits)}
	}
	tests := []struct {
		name string
		tol  Tolerance
		a, b *Tensor
		same bool
	}{
		{"one step", Tolerance{ULP: 1}, float32s(1), float32s(next), true},
		{"two steps", Tolerance{ULP: 1}, float32s(1), float32s(math.Nextafter32(next, 2)), false},
		{"across zero", Tolerance{ULP: 2}, float32s(-least), float32s(least), true},
		{"across zero, too far", Tolerance{ULP: 1}, float32s(-least), float32s(least), false},
		{"both zeros", Tolerance{ULP: 1}, float32s(0), float32s(float32(math.Copysign(0, -1))), true},
		{"both zeros, bit-equal", Tolerance{}, float32s(0), float32s(float32(math.Copysign(0, -1))), false},
		{"half", Tolerance{ULP: 1}, half(0x3c00), half(0x3c01), true},
		{"half, too far", Tolerance{ULP: 1}, half(0x3c00), half(0x3c02), false},
		{"ULP alone is no atol", Tolerance{ULP: 1}, float32s(100), float32s(101), false},
		{"either will do", Tolerance{Abs: 1, ULP: 1}, float32s(100), float32s(101), true},
		{"infinity is not near the largest", Tolerance{ULP: 1 << 40, Abs: math.MaxFloat64}, float32s(inf), float32s(math.MaxFloat32), false},
		{"NaN is not near anything", Tolerance{ULP: math.MaxUint64, Abs: math.MaxFloat64}, float32s(nan), float32s(1), false},
		{"nothing is near NaN", Tolerance{ULP: math.MaxUint64}, float32s(1), float32s(nan), false},
		{"the far ends", Tolerance{ULP: 1 << 31}, float32s(-math.MaxFloat32), float32s(math.MaxFloat32), false},
	}
	for _, test := range tests {
		if at, why := difference(test.a, test.b, test.tol); (at < 0) != test.same {
			t.Errorf("%s: %d %s", test.name, at, why)
		}
	}
	double := &Tensor{DType: types.DataType_DT_DOUBLE, Data: binary.LittleEndian.AppendUint64(nil, math.Float64bits(-math.MaxFloat64))}
	other := &Tensor{DType: types.DataType_DT_DOUBLE, Data: binary.LittleEndian.AppendUint64(nil, math.Float64bits(math.MaxFloat64))}
	if n := ulps(double, other, 0); n != 2*math.Float64bits(math.MaxFloat64) {
		t.Errorf("%d steps from the lowest to the largest double", n)
	}
}

func TestErrors(t *testing.T) {
	e := newErrors()
	nan := float32(math.NaN())
	e.add("y", "zeros", float32s(1, 2, nan), float32s(1, math.Nextafter32(2, 3), nan))
	e.add("z", "ones", float32s(1, 1), float32s(1.5, 1))
	e.add("s", "ones", &Tensor{DType: types.DataType_DT_STRING, Strings: []string{"a"}}, &Tensor{DType: types.DataType_DT_STRING, Strings: []string{"a"}})
	want := `3 of 5 numbers equal, 1 within 1 ULP, 1 more than 65536 ULP apart; the largest error is 0.5 (output "z", element 0, on ones), the largest relative error 0.5`
	if e.String() != want {
		t.Errorf("got %s\nwant %s", e, want)
	}
	e = newErrors()
	e.add("c", "ones", &Tensor{DType: types.DataType_DT_COMPLEX64, Data: float32s(1, 1, 1, 1).Data}, &Tensor{DType: types.DataType_DT_COMPLEX64, Data: float32s(1, 1, 1, 2).Data})
	if !strings.Contains(e.String(), `"c", element 1`) {
		t.Errorf("complex: %s", e)
	}
	e = newErrors()
	inf, low, high := float32(math.Inf(1)), float32(-math.MaxFloat32), float32(math.MaxFloat32)
	e.add("y", "extremes", float32s(nan, inf, inf, low, 0), float32s(1, -inf, 1, high, 2))
	e.add("y", "ones", float32s(1), float32s(1, 1))
	if e.Endless != 3 || e.Shapes != 1 || e.Numbers != 5 || e.Largest != 2*math.MaxFloat32 || e.LargestRel != 2 || e.LargestULP != 2*uint64(math.Float32bits(high)) {
		t.Errorf("extremes: %+v", e)
	}
	if _, err := json.Marshal(e); err != nil {
		t.Error(err)
	}
	e = newErrors()
	e.add("i", "ones", &Tensor{DType: types.DataType_DT_INT8, Data: []byte{1, 255, 3}}, &Tensor{DType: types.DataType_DT_INT8, Data: []byte{1, 1, 3}})
	e.add("b", "ones", &Tensor{DType: types.DataType_DT_BOOL, Data: []byte{1}}, &Tensor{DType: types.DataType_DT_BOOL, Data: []byte{0}})
	if e.Numbers != 3 || e.Equal != 2 || e.Largest != 2 || e.Absolute[10].Count != 1 || e.LargestULP != 0 {
		t.Errorf("integers: %+v", e)
	}
	for tol, want := range map[Tolerance]string{{}: "bit-equal", {Abs: 1e-3}: "within atol 0.001, rtol 0", {ULP: 2}: "within 2 ULP", {Rel: 1, ULP: 2}: "within atol 0, rtol 1 or 2 ULP"} {
		if tol.String() != want {
			t.Errorf("%s, want %s", tol, want)
		}
	}
}
