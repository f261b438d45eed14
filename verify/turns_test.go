package verify

import (
	"fmt"
	"math"
	"slices"
	"testing"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// TestRanks holds that ranks are in the order of the numbers, and that neighbours in rank are neighbours.
func TestRanks(t *testing.T) {
	value := func(d DType, rank int64) float64 {
		return (&Tensor{DType: d, Dims: []int64{1}, Data: rankedNumber(d, rank)}).number(0)
	}
	for _, d := range []DType{types.DataType_DT_FLOAT, types.DataType_DT_DOUBLE, types.DataType_DT_HALF, types.DataType_DT_BFLOAT16, types.DataType_DT_INT8,
		types.DataType_DT_UINT8, types.DataType_DT_INT16, types.DataType_DT_INT32, types.DataType_DT_INT64} {
		all := ranks(d)
		if !moves(d) || len(all) < 5 || !slices.Contains(all, 0) {
			t.Errorf("%s: %d ranks", DTypeName(d), len(all))
		}
		for i, r := range all {
			v := value(d, r)
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: rank %d is %v", DTypeName(d), r, v)
			}
			if i > 0 && v <= value(d, all[i-1]) {
				t.Errorf("%s: rank %d is %v, and %d is %v", DTypeName(d), r, v, all[i-1], value(d, all[i-1]))
			}
		}
	}
	if a, b := value(types.DataType_DT_FLOAT, 1<<29), value(types.DataType_DT_FLOAT, 1<<29+1); float64(math.Nextafter32(float32(a), 1e30)) != b {
		t.Errorf("%v and %v are no neighbours", a, b)
	}
}

// TestBisect holds that the numbers next to an edge are found, and both edges of an equality.
func TestBisect(t *testing.T) {
	for _, test := range []struct {
		side func(int64) int8
		want []int64
	}{
		{func(r int64) int8 { return int8(boolByte(r > 12345)) }, []int64{12344, 12345, 12346, 12347}},
		{func(r int64) int8 {
			switch {
			case r < 777:
				return -1
			case r > 777:
				return 1
			}
			return 0
		}, []int64{775, 776, 777, 778, 779}},
		{func(int64) int8 { return 1 }, nil},
	} {
		points := map[int64]bool{}
		(&tester{}).bisect(func(r int64) ([][]int8, error) { return [][]int8{{test.side(r)}}, nil }, -1<<40, 1<<40, 0, 0, points)
		var got []int64
		for p := range points {
			got = append(got, p)
		}
		slices.Sort(got)
		// An equality is met only if a middle falls on it, or its edges are where the bisection ends.
		if fmt.Sprint(got) != fmt.Sprint(test.want) && !(len(test.want) == 5 && slices.Contains(got, 777)) {
			t.Errorf("%v, want %v", got, test.want)
		}
	}
}

// TestAlmost tells what is nearly the same from what is the same in another spelling.
func TestAlmost(t *testing.T) {
	floats := func(v ...float64) *Tensor {
		t := &Tensor{DType: types.DataType_DT_FLOAT, Dims: []int64{int64(len(v))}}
		for _, f := range v {
			t.Data = appendNumber(t.Data, t.DType, f, 0)
		}
		return t
	}
	ints := func(v ...int64) *Tensor {
		t := &Tensor{DType: types.DataType_DT_INT32, Dims: []int64{int64(len(v))}}
		for _, n := range v {
			t.Data = appendNumber(t.Data, t.DType, 0, n)
		}
		return t
	}
	words := func(s ...string) *Tensor {
		return &Tensor{DType: types.DataType_DT_STRING, Dims: []int64{int64(len(s))}, Strings: s}
	}
	for _, test := range []struct {
		a, b *Tensor
		want bool
	}{
		{floats(3), floats(3.0000002), true},
		{floats(1e6), floats(1e6 + 1), true},
		{floats(2), floats(0.5), false},
		{floats(0), floats(math.Copysign(0, -1)), true},
		{floats(1, 2, 3, 4), floats(1, 2, 3, 9), true},
		{floats(1, 2, 3, 4), floats(4, 3, 2, 1), false},
		{floats(1, 2), floats(1, 2, 3), false},
		{ints(-1), ints(1), false},
		{ints(0, 1), ints(0, 2), false},
		{ints(1, 2, 3, 4, 5, 6, 7, 8), ints(1, 2, 3, 4, 5, 6, 7, 9), true},
		{words("magic[0-7]"), words("magic[0-8]"), true},
		{words("a"), words("b"), false},
		{words(""), words("x"), false},
		{words("red", "green", "blue"), words("red", "green", "black"), true},
		{words("red"), ints(1), false},
		{floats(), floats(), false},
	} {
		if got := almost(test.a, test.b); got != test.want || almost(test.b, test.a) != got {
			t.Errorf("%s, %s: %t", test.a, test.b, got)
		}
	}
}
