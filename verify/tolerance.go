package verify

import (
	"encoding/binary"
	"fmt"
	"math"
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

// Errors tells how far answers were apart, over all inputs that were tried, where the user allows for some.
type Errors struct {
	Elements int     `json:"elements"` // floats that were compared
	Equal    int     `json:"equal"`    // of these, with equal bits or both NaN
	Largest  float64 `json:"largest"`  // |old - new|
	Where    string  `json:"where,omitempty"`
	Steps    []Steps `json:"steps"` // of those that are not equal
}

// Steps counts elements that are at most so many ULP apart, and more than the entry before says.
type Steps struct {
	ULP   uint64 `json:"ulp"`
	Count int    `json:"count"`
}

// stepBounds are the bounds of Errors.Steps.
var stepBounds = []uint64{1, 4, 16, 256, 65536, math.MaxUint64}

func newErrors() *Errors {
	e := &Errors{Steps: make([]Steps, len(stepBounds))}
	for i, bound := range stepBounds {
		e.Steps[i].ULP = bound
	}
	return e
}

// add counts the elements of two answers that are near enough; name and note tell of which output and on which input.
func (e *Errors) add(name, note string, a, b *Tensor) {
	part, k := parts(a.DType)
	if !isFloat(part) {
		return
	}
	a, b = &Tensor{DType: part, Data: a.Data}, &Tensor{DType: part, Data: b.Data}
	for i := range len(a.Data) / itemSize(part) {
		x, _ := a.float(i)
		y, _ := b.float(i)
		e.Elements++
		if a.Element(i) == b.Element(i) {
			e.Equal++
			continue
		}
		if far := math.Abs(x - y); far > e.Largest {
			e.Largest, e.Where = far, fmt.Sprintf("output %q, element %d, on %s", name, i/k, note)
		}
		apart := ulps(a, b, i)
		for s := range e.Steps {
			if apart <= e.Steps[s].ULP {
				e.Steps[s].Count++
				break
			}
		}
	}
}

// String is one line for people.
func (e *Errors) String() string {
	s := fmt.Sprintf("%d of %d floats equal", e.Equal, e.Elements)
	for i, step := range e.Steps {
		switch {
		case step.Count == 0:
		case step.ULP == math.MaxUint64:
			s += fmt.Sprintf(", %d more than %d ULP apart", step.Count, e.Steps[i-1].ULP)
		default:
			s += fmt.Sprintf(", %d within %d ULP", step.Count, step.ULP)
		}
	}
	if e.Where != "" {
		s += fmt.Sprintf("; the largest error is %g (%s)", e.Largest, e.Where)
	}
	return s
}
