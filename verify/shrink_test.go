package verify

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// TestShrink makes inputs smaller on which a property holds, and says what is left.
func TestShrink(t *testing.T) {
	open := Shape{Known: true, Dims: []int64{-1, 2}}
	sig := &Signature{Key: "s", Inputs: []Param{
		{Name: "x", DType: types.DataType_DT_FLOAT, Shape: open, Tensors: []string{"x:0"}},
		{Name: "y", DType: types.DataType_DT_STRING, Shape: open, Tensors: []string{"y:0"}},
	}}
	x := &Tensor{DType: types.DataType_DT_FLOAT, Dims: []int64{4, 2}}
	y := &Tensor{DType: types.DataType_DT_STRING, Dims: []int64{4, 2}}
	for i := range 8 {
		x.Data = binary.LittleEndian.AppendUint32(x.Data, math.Float32bits(float32(i)+0.25))
		y.Strings = append(y.Strings, string(rune('a'+i)))
	}
	anyX := func(s Sample, pick func(v float64) bool) bool {
		for i := range s.Values["x"].Len() {
			if v, _ := s.Values["x"].float(i); pick(v) {
				return true
			}
		}
		return false
	}
	tests := []struct {
		name    string
		differs func(Sample) bool
		want    string
	}{
		{"always", func(Sample) bool { return true }, `x=float32[1,2]{0 0} y=string[1,2]{"" ""}`},
		{"never when smaller", func(Sample) bool { return false }, x.String()},
		{"one element", func(s Sample) bool { return anyX(s, func(v float64) bool { return v > 5 }) }, `x=float32[1,2]{0 5.3} y=string[1,2]{"" ""}`},
		{"the exact value", func(s Sample) bool { return anyX(s, func(v float64) bool { return v == 2.25 }) }, `x=float32[1,2]{2.25 0} y=string[1,2]{"" ""}`},
		{"two rows", func(s Sample) bool { return s.Values["x"].Dims[0] >= 2 }, `x=float32[2,2]{0 0 0 0} y=string[2,2]{"" "" "" ""}`},
		{"a word", func(s Sample) bool {
			for _, word := range s.Values["y"].Strings {
				if word == "f" {
					return true
				}
			}
			return false
		}, `x=float32[1,2]{0 0} y=string[1,2]{"" "f"}`},
	}
	for _, test := range tests {
		before := Sample{Note: "n", Values: map[string]*Tensor{"x": x, "y": y}}
		whole := fed(before)
		got := shrink(context.Background(), sig, before, test.differs)
		if test.name == "never when smaller" {
			test.want = whole
		}
		if fed(got) != test.want {
			t.Errorf("%s: %s, want %s", test.name, fed(got), test.want)
		}
		if fed(before) != whole {
			t.Errorf("%s: the sample itself was changed", test.name)
		}
		if (got.Note == "n"+madeSmaller) != (fed(got) != whole) {
			t.Errorf("%s: note %q", test.name, got.Note)
		}
	}
	tries := 0
	shrink(context.Background(), sig, Sample{Values: map[string]*Tensor{"x": {DType: types.DataType_DT_FLOAT, Dims: []int64{500, 2}, Data: make([]byte, 4000)}}},
		func(Sample) bool { tries++; return false })
	if tries > maxShrinks {
		t.Errorf("%d tries", tries)
	}
}

// TestCounterexampleRoundTrip writes tensors of every type as JSON and reads them again, bit by bit.
func TestCounterexampleRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	h := &hints{inputs: map[string]*hint{}}
	for d, size := range itemSizes {
		if _, n := parts(d); n > 1 || size == 0 {
			continue
		}
		for _, dims := range [][]int64{{}, {3}, {2, 3}, {0, 3}, {1, 0}} {
			for _, k := range kinds {
				n, _ := elements(dims)
				v := drawValues(d, int(n), k, rng, h, &hint{})
				v.Dims = dims
				roundTrip(t, v)
			}
		}
	}
	roundTrip(t, &Tensor{DType: types.DataType_DT_STRING, Dims: []int64{3}, Strings: []string{"\xff\x00", "Zo\u00eb <&>", ""}})
	every := &Tensor{DType: types.DataType_DT_HALF, Dims: []int64{1 << 16}}
	for i := range 1 << 16 {
		every.Data = binary.LittleEndian.AppendUint16(every.Data, uint16(i))
	}
	roundTrip(t, every)
}

func roundTrip(t *testing.T, v *Tensor) {
	t.Helper()
	sig := &Signature{Key: "s", Inputs: []Param{{Name: "x", DType: v.DType, Tensors: []string{"x:0"}}}}
	var b bytes.Buffer
	if err := (&Counterexample{signature: "s", values: map[string]*Tensor{"x": v}}).WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	all, err := jsonRequests(b.Bytes())
	if err != nil {
		t.Fatalf("%s: %v", b.String(), err)
	}
	s, err := all[0].sample(sig)
	if err != nil {
		t.Errorf("%.200s: %v", b.String(), err)
		return
	}
	if at, why := difference(v, s.Values["x"], Tolerance{}); at >= 0 {
		t.Errorf("element %d: %s: %.200s", at, why, b.String())
	}
}
