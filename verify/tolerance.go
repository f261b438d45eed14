package verify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// Tolerance is what the user allows outputs to differ by: |old - new| <= Abs + Rel*|old|, or at most ULP values of their type between
// them. The zero value asks for equal bits.
type Tolerance struct {
	Abs float64 `json:"atol"`
	Rel float64 `json:"rtol"`
	ULP uint64  `json:"ulp"`
}

// String says how outputs were compared: "bit-equal", "within atol 0.001, rtol 0 or 2 ULP".
func (tol Tolerance) String() string {
	var ways []string
	if tol.Abs != 0 || tol.Rel != 0 {
		ways = append(ways, fmt.Sprintf("atol %g, rtol %g", tol.Abs, tol.Rel))
	}
	if tol.ULP != 0 {
		ways = append(ways, fmt.Sprintf("%d ULP", tol.ULP))
	}
	if len(ways) == 0 {
		return "bit-equal"
	}
	return "within " + strings.Join(ways, " or ")
}

// allows tells whether element i of b is near enough to that of a. NaN and the infinities are near to themselves alone.
func (tol Tolerance) allows(a, b *Tensor, i int) bool {
	if tol == (Tolerance{}) {
		return false
	}
	x, ok := a.float(i)
	y, _ := b.float(i)
	if !ok || math.IsInf(x, 0) || math.IsInf(y, 0) || math.IsNaN(x) || math.IsNaN(y) {
		return false
	}
	return math.Abs(x-y) <= tol.Abs+tol.Rel*math.Abs(x) && tol.Abs+tol.Rel > 0 || tol.ULP > 0 && ulps(a, b, i) <= tol.ULP
}

// ulps is how many steps lie between element i of two float tensors of one type; both zeros are the same step.
func ulps(a, b *Tensor, i int) uint64 {
	x, y := a.step(i), b.step(i)
	if x < y {
		x, y = y, x
	}
	return uint64(x) - uint64(y)
}

// step numbers the floats of a type in their order.
func (t *Tensor) step(i int) int64 {
	le := binary.LittleEndian
	var bits, sign uint64
	switch t.DType {
	case types.DataType_DT_FLOAT:
		bits, sign = uint64(le.Uint32(t.Data[4*i:])), 1<<31
	case types.DataType_DT_DOUBLE:
		bits, sign = le.Uint64(t.Data[8*i:]), 1<<63
	default: // half and bfloat16
		bits, sign = uint64(le.Uint16(t.Data[2*i:])), 1<<15
	}
	if bits&sign != 0 {
		return -int64(bits &^ sign)
	}
	return int64(bits)
}

// Errors tells how far answers were apart, over all inputs that were tried. Numbers are floats, the parts of complex ones, and integers.
type Errors struct {
	Numbers int `json:"numbers"` // that were compared
	Equal   int `json:"equal"`   // of these, with equal bits or both NaN
	Endless int `json:"endless"` // of these, with a NaN or an infinity on one side alone, or infinities of two signs: they have no distance

	Largest    float64 `json:"largest"` // |old - new|
	Where      string  `json:"where,omitempty"`
	LargestRel float64 `json:"largest_relative"` // |old - new| / |old|, where old is not 0
	WhereRel   string  `json:"where_relative,omitempty"`
	LargestULP uint64  `json:"largest_ulp"` // of floats
	Shapes     int     `json:"shapes"`      // answers of two shapes or types, whose elements were not compared
	Absolute   []Bin   `json:"absolute"`    // those that have a distance, by |old - new|
	Relative   []Bin   `json:"relative"`    // and by |old - new| / |old|; those with an old value of 0 are not among them
	Steps      []Steps `json:"steps"`       // and the floats by ULP
}

// Bin counts elements whose error is at most so much, and more than the entry before says.
type Bin struct {
	Most  float64 `json:"most"`
	Count int     `json:"count"`
}

// Steps counts elements that are at most so many ULP apart, and more than the entry before says.
type Steps struct {
	ULP   uint64 `json:"ulp"`
	Count int    `json:"count"`
}

// The bounds of the histograms; the last take in everything.
var (
	stepBounds  = []uint64{1, 4, 16, 256, 65536, math.MaxUint64}
	errorBounds = []float64{1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000, math.MaxFloat64}
)

func newErrors() *Errors {
	e := &Errors{Steps: make([]Steps, len(stepBounds))}
	for i, bound := range stepBounds {
		e.Steps[i].ULP = bound
	}
	for _, bound := range errorBounds {
		e.Absolute, e.Relative = append(e.Absolute, Bin{Most: bound}), append(e.Relative, Bin{Most: bound})
	}
	return e
}

// add counts the elements of two answers; name and note tell of which output and on which input.
func (e *Errors) add(name, note string, a, b *Tensor) {
	part, k := parts(a.DType)
	if _, ok := (&Tensor{DType: part, Data: make([]byte, 16)}).numeric(0); !ok {
		return // strings and truth values
	}
	n := len(a.Data) / itemSize(part)
	if a.DType != b.DType || len(a.Data) != len(b.Data) || !slices.Equal(a.Dims, b.Dims) {
		e.Shapes++
		return
	}
	e.Numbers += n
	if bytes.Equal(a.Data, b.Data) {
		e.Equal += n
		return
	}
	a, b = &Tensor{DType: part, Data: a.Data}, &Tensor{DType: part, Data: b.Data}
	size := itemSize(part)
	for i := range n {
		x, y := a.Data[i*size:(i+1)*size], b.Data[i*size:(i+1)*size]
		if bytes.Equal(x, y) || isNaN(part, x) && isNaN(part, y) {
			e.Equal++
			continue
		}
		e.apart(fmt.Sprintf("output %q, element %d, on %s", name, i/k, note), a, b, i)
	}
}

// apart counts one element whose values differ.
func (e *Errors) apart(where string, a, b *Tensor, i int) {
	x, _ := a.numeric(i)
	y, _ := b.numeric(i)
	if math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		e.Endless++
		return
	}
	far := min(math.Abs(x-y), math.MaxFloat64)
	if far > e.Largest {
		e.Largest, e.Where = far, where
	}
	count(e.Absolute, far)
	if x != 0 {
		rel := min(far/math.Abs(x), math.MaxFloat64)
		if rel > e.LargestRel {
			e.LargestRel, e.WhereRel = rel, where
		}
		count(e.Relative, rel)
	}
	if !isFloat(a.DType) {
		return
	}
	steps := ulps(a, b, i)
	e.LargestULP = max(e.LargestULP, steps)
	for s := range e.Steps {
		if steps <= e.Steps[s].ULP {
			e.Steps[s].Count++
			break
		}
	}
}

func count(bins []Bin, v float64) {
	for i := range bins {
		if v <= bins[i].Most {
			bins[i].Count++
			break
		}
	}
}

// numeric gives element i as a number, as near as a float64 is; ok is false for strings and truth values.
func (t *Tensor) numeric(i int) (v float64, ok bool) {
	if v, ok := t.float(i); ok {
		return v, true
	}
	le := binary.LittleEndian
	switch t.DType {
	case types.DataType_DT_INT64:
		return float64(int64(le.Uint64(t.Data[8*i:]))), true
	case types.DataType_DT_UINT64:
		return float64(le.Uint64(t.Data[8*i:])), true
	case types.DataType_DT_INT32, types.DataType_DT_QINT32:
		return float64(int32(le.Uint32(t.Data[4*i:]))), true
	case types.DataType_DT_UINT32:
		return float64(le.Uint32(t.Data[4*i:])), true
	case types.DataType_DT_INT16, types.DataType_DT_QINT16:
		return float64(int16(le.Uint16(t.Data[2*i:]))), true
	case types.DataType_DT_UINT16, types.DataType_DT_QUINT16:
		return float64(le.Uint16(t.Data[2*i:])), true
	case types.DataType_DT_INT8, types.DataType_DT_QINT8:
		return float64(int8(t.Data[i])), true
	case types.DataType_DT_UINT8, types.DataType_DT_QUINT8:
		return float64(t.Data[i]), true
	}
	return 0, false
}

// String is one line for people.
func (e *Errors) String() string {
	s := fmt.Sprintf("%d of %d numbers equal", e.Equal, e.Numbers)
	for i, step := range e.Steps {
		switch {
		case step.Count == 0:
		case step.ULP == math.MaxUint64:
			s += fmt.Sprintf(", %d more than %d ULP apart", step.Count, e.Steps[i-1].ULP)
		default:
			s += fmt.Sprintf(", %d within %d ULP", step.Count, step.ULP)
		}
	}
	if e.Endless > 0 {
		s += fmt.Sprintf(", %d NaN or infinite in one model", e.Endless)
	}
	if e.Shapes > 0 {
		s += ", " + plural(e.Shapes, "answer of another shape", "answers of another shape")
	}
	if e.Where != "" {
		s += fmt.Sprintf("; the largest error is %g (%s)", e.Largest, e.Where)
	}
	if e.LargestRel > 0 {
		s += fmt.Sprintf(", the largest relative error %.3g", e.LargestRel)
	}
	return s
}
