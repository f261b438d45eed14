package verify

import (
	"strconv"
	"strings"

	tshape "github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_shape_go_proto"
)

// Shape is a static shape. The zero value is unknown, rank and all; a dimension of -1 is unknown.
type Shape struct {
	Known bool
	Dims  []int64
}

func shapeOf(p *tshape.TensorShapeProto) Shape {
	if p == nil || p.GetUnknownRank() {
		return Shape{}
	}
	s := Shape{Known: true, Dims: make([]int64, len(p.GetDim()))}
	for i, d := range p.GetDim() {
		s.Dims[i] = max(d.GetSize(), -1)
	}
	return s
}

// String writes a shape as Python does: [None, 3], and "unknown" where not even the rank is known.
func (s Shape) String() string {
	if !s.Known {
		return "unknown"
	}
	parts := make([]string, len(s.Dims))
	for i, d := range s.Dims {
		parts[i] = "None"
		if d >= 0 {
			parts[i] = strconv.FormatInt(d, 10)
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// accepts tells whether every tensor that fits t fits s as well.
func (s Shape) accepts(t Shape) bool {
	if !s.Known {
		return true
	}
	if !t.Known || len(s.Dims) != len(t.Dims) {
		return false
	}
	for i, d := range s.Dims {
		if d >= 0 && d != t.Dims[i] {
			return false
		}
	}
	return true
}

// compatible tells whether some tensor fits both.
func (s Shape) compatible(t Shape) bool {
	if !s.Known || !t.Known {
		return true
	}
	if len(s.Dims) != len(t.Dims) {
		return false
	}
	for i, d := range s.Dims {
		if d >= 0 && t.Dims[i] >= 0 && d != t.Dims[i] {
			return false
		}
	}
	return true
}

// elements is the number of elements of a fully known shape; ok is false when it is not fully known or does not fit an int64.
func elements(dims []int64) (n int64, ok bool) {
	n = 1
	for _, d := range dims {
		if d < 0 || (d > 0 && n > (1<<62)/d) {
			return 0, false
		}
		n *= d
	}
	return n, true
}
