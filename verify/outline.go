package verify

import (
	"fmt"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// outline is what is known of the shape of a value before there is any: it is the shape of another value, but for some dimensions that are 1.
type outline struct {
	like value  // the first value of that shape
	rank int    // -1 where it is not known
	ones uint64 // the dimensions that are 1, by their bits
}

// maxRank bounds the ranks that are followed: TensorFlow's ops take no more.
const maxRank = 32

// elementwise are the ops whose answer has the shape of their first input.
var elementwise = strings.Fields(`ZerosLike OnesLike Cast Relu Relu6 LeakyRelu Elu Selu Sigmoid Tanh Softplus Softsign Neg Abs Sign Exp Expm1 Log Log1p Sqrt Rsqrt Square
	Reciprocal Inv Floor Ceil Rint Round Erf Erfc Sin Cos IsNan IsInf IsFinite LogicalNot Invert StringLower StringUpper StringStrip StringLength AsString
	BiasAdd Softmax LogSoftmax StringToHashBucketFast StringToHashBucketStrong StringToHashBucket StaticRegexReplace
	StaticRegexFullMatch CheckNumerics CheckNumericsV2`)

// ranked are the ops whose first answer has a rank of its own.
var ranked = map[string]int{"MatMul": 2, "Conv2D": 4, "DepthwiseConv2dNative": 4, "MaxPool": 4, "AvgPool": 4, "Conv3D": 5, "ResizeBilinear": 4, "ResizeNearestNeighbor": 4}

// reducing are the ops that make one of the elements along some axes.
var reducing = []string{"Sum", "Mean", "Prod", "Max", "Min", "All", "Any"}

// outline gives that of a value.
func (c *canon) outline(v value) outline {
	n, err := c.norm(v)
	if err != nil {
		return outline{like: v, rank: -1}
	}
	if known, ok := c.outlines[n]; ok {
		return known
	}
	c.outlines[n] = outline{like: n, rank: -1} // of a value that depends on itself
	c.outlined++
	if c.outlined < maxNesting {
		c.outlines[n] = c.outlineOf(n)
	}
	c.outlined--
	return c.outlines[n]
}

func (c *canon) outlineOf(n value) outline {
	o := n.op
	own := outline{like: n, rank: -1}
	if rank, ok := ranked[o.kind]; ok && n.index == 0 {
		own.rank = rank
	}
	switch {
	case o.kind == kindFeed:
		if o.shape.Known {
			own.rank = len(o.shape.Dims)
		}
	case o.kind == "Const" || o.kind == "VariableV2" || o.kind == "Variable" || o.kind == "ReadVariableOp":
		if dims, ok := c.storedDims(n); ok && len(dims) <= maxRank {
			own.rank = len(dims)
			for i, d := range dims {
				if d == 1 {
					own.ones |= 1 << i
				}
			}
		}
	case n.index == 0 && len(o.in) > 0 && (slices.Contains(elementwise, o.kind) || strings.HasPrefix(o.kind, "FusedBatchNorm")):
		return c.outline(o.in[0])
	case slices.Contains(broadcasting, o.kind) && len(o.in) == 2:
		a, b := c.outline(o.in[0]), c.outline(o.in[1])
		switch {
		case b.rank == 0 || b.within(a):
			return a
		case a.rank == 0 || a.within(b):
			return b
		}
	case (o.kind == "Select" || o.kind == "SelectV2") && c.fitting(o):
		return c.selected(o)
	case slices.Contains(reducing, o.kind) && len(o.in) == 2:
		from := c.outline(o.in[0])
		axes, ok := c.axes(o.in[1], from.rank)
		switch {
		case !ok:
		case attrOf(o.def, o.attrs, "keep_dims").GetB():
			from.ones |= axes
			return from
		default:
			own.rank = from.rank
			for ; axes != 0; axes &= axes - 1 {
				own.rank--
			}
		}
	case o.kind == "Reshape" && len(o.in) == 2:
		if n, err := c.norm(o.in[1]); err == nil {
			if t := constant(n); t != nil && len(t.Dims) == 1 {
				own.rank = t.Len()
			} else if n.op.kind == "Pack" {
				own.rank = len(n.op.in) // of scalars, as a shape is a vector
			}
		}
	case o.kind == "ConcatV2" && len(o.in) > 1 || o.kind == "Transpose":
		own.rank = c.outline(o.in[0]).rank
	case o.kind == "OneHot" && len(o.in) > 0:
		if rank := c.outline(o.in[0]).rank; rank >= 0 {
			own.rank = rank + 1
		}
	}
	if own.rank > maxRank {
		own.rank = -1
	}
	return own
}

// storedDims is the shape of a constant, or of what the checkpoint has for a variable: a variable may hold a value of another shape than it declares.
func (c *canon) storedDims(n value) ([]int64, bool) {
	if n.op.kind == "Const" {
		s := shapeOf(n.op.attrs["value"].GetTensor().GetTensorShape())
		return s.Dims, s.Known
	}
	d, ok, err := c.leaf(n)
	if err != nil || !ok || c.state.bundle == nil || c.writes != nil {
		return nil, false
	}
	key, ok := c.state.keys[d]
	if !ok {
		return nil, false
	}
	_, shape, ok := c.state.bundle.Info(key)
	return shape.Dims, ok && shape.Known
}

// within tells whether one shape is the other but for more dimensions that are 1, so that the two go together.
func (a outline) within(b outline) bool {
	return a.like == b.like && a.rank == b.rank && a.ones&b.ones == b.ones
}

// axes reads a constant that lists dimensions of a value of a rank, as bits.
func (c *canon) axes(v value, rank int) (bits uint64, ok bool) {
	n, err := c.norm(v)
	if err != nil || n.op.kind != "Const" || rank < 0 {
		return 0, false
	}
	t := smallConst(n.op)
	if t == nil {
		return 0, false
	}
	for i := range t.Len() {
		axis, ok := t.int(i)
		if axis < 0 {
			axis += int64(rank)
		}
		if !ok || axis < 0 || axis >= int64(rank) || axis >= maxRank || bits>>axis&1 == 1 {
			return 0, false
		}
		bits |= 1 << axis
	}
	return bits, true
}

// fitting tells whether the inputs of an op are such that it refuses nothing, as far as the shapes tell.
func (c *canon) fitting(o *op) bool {
	switch {
	case slices.Contains(broadcasting, o.kind) && len(o.in) == 2:
		a, b := c.outline(o.in[0]), c.outline(o.in[1])
		return a.rank == 0 || b.rank == 0 || a.within(b) || b.within(a)
	case (o.kind == "Select" || o.kind == "SelectV2") && len(o.in) == 3:
		whole := c.selected(o)
		return !slices.ContainsFunc(o.in[1:], func(v value) bool {
			part := c.outline(v)
			return part != whole && (o.kind == "Select" || part.rank != 0)
		})
	case slices.Contains(reducing, o.kind) && len(o.in) == 2:
		_, ok := c.axes(o.in[1], c.outline(o.in[0]).rank)
		return ok
	case o.kind == "Squeeze" && len(o.in) == 1:
		from := c.outline(o.in[0])
		for _, axis := range o.attrs["squeeze_dims"].GetList().GetI() {
			if axis < 0 {
				axis += int64(from.rank)
			}
			if from.rank < 0 || axis < 0 || axis >= maxRank || from.ones>>axis&1 == 0 {
				return false
			}
		}
		return true
	}
	return false
}

// selected is the shape of what a Select answers, if its inputs fit: that of the condition, or that of the values where one condition is for all.
func (c *canon) selected(o *op) outline {
	if condition := c.outline(o.in[0]); condition.rank != 0 {
		return condition
	}
	return c.outline(o.in[1])
}

// chosen brings Select and SelectV2 together where all inputs are of one shape, or the condition is a scalar: the former also takes a vector that chooses
// between rows, and the latter broadcasts. Zeros of that shape are what a zero becomes.
func (c *canon) chosen(o *op, f *form, in []digest) (string, []digest, error) {
	if !c.fitting(o) {
		return f.kind, in, nil
	}
	for i := range in {
		if c.zero(o, i) {
			in[i] = digestOf("zero")
		}
	}
	return "SelectV2", in, nil
}

// zero tells whether an input of a Select is zero wherever it is chosen.
func (c *canon) zero(o *op, i int) bool {
	n, err := c.norm(o.in[i])
	if err != nil || i == 0 {
		return false
	}
	switch n.op.kind {
	case "ZerosLike":
		of, err := c.norm(n.op.in[0])
		return err == nil && of == c.selected(o).like
	case "Const":
		t := smallConst(n.op)
		return t != nil && len(t.Dims) == 0 && t.DType != types.DataType_DT_STRING && !slices.ContainsFunc(t.Data, func(b byte) bool { return b != 0 })
	}
	return false
}

// axesOf is the number of the input of an op that lists dimensions of another one, and of that one; -1 for ops that have none.
func axesOf(o *op) (axes, of int) {
	switch {
	case o.kind == "ConcatV2" && len(o.in) > 1:
		return len(o.in) - 1, 0
	case (slices.Contains(reducing, o.kind) || o.kind == "ArgMax" || o.kind == "ArgMin") && len(o.in) == 2:
		return 1, 0
	}
	return -1, 0
}

// counting numbers dimensions from the front, where it is known how many there are: of two the last one is the second.
func (c *canon) counting(o *op, f *form, in []digest) (string, []digest, error) {
	if at, of := axesOf(o); at >= 0 {
		if bits, ok := c.axes(o.in[at], c.outline(o.in[of]).rank); ok {
			in[at] = digestOf("axes", fmt.Appendf(nil, "%x", bits))
		}
	}
	return f.kind, in, nil
}

// shared are the inputs of an op that all of its spellings have.
func (c *canon) shared(o *op, in []value) []value {
	switch o.kind {
	case "ExpandDims", "StridedSlice":
		if _, ok := c.newAxis(o); ok {
			return in[:1]
		}
	case "Select", "SelectV2":
		if c.fitting(o) {
			var kept []value
			for i, v := range in {
				if !c.zero(o, i) {
					kept = append(kept, v)
				}
			}
			return kept
		}
	}
	if at, of := axesOf(o); at >= 0 {
		if _, ok := c.axes(o.in[at], c.outline(o.in[of]).rank); ok {
			return slices.Delete(in, at, at+1)
		}
	}
	return in
}

// expanded brings ExpandDims and x[:, tf.newaxis] together.
func (c *canon) expanded(o *op, f *form, in []digest) (string, []digest, error) {
	axis, ok := c.newAxis(o)
	if !ok {
		return f.kind, in, nil
	}
	if rank := c.outline(o.in[0]).rank; rank >= 0 && axis < 0 {
		axis += int64(rank) + 1
	}
	at := digestOf("axis", []byte{byte(axis), byte(axis >> 8)})
	f.attrs = []byte(DTypeName(base(o.attrs["T"].GetType())))
	return "ExpandDims", []digest{in[0], at}, nil
}

// newAxis is the axis that an ExpandDims adds, or a StridedSlice that does nothing else and takes any value that ExpandDims would take.
func (c *canon) newAxis(o *op) (int64, bool) {
	if o.kind == "ExpandDims" && len(o.in) == 2 {
		n, err := c.norm(o.in[1])
		if err != nil || n.op.kind != "Const" {
			return 0, false
		}
		if t := smallConst(n.op); t != nil && t.Len() == 1 {
			return t.int(0)
		}
		return 0, false
	}
	if o.def == nil || len(o.in) != 4 {
		return 0, false
	}
	mask := func(name string) int64 { return attrOf(o.def, o.attrs, name).GetI() }
	var strides *Tensor
	for _, v := range o.in[1:] { // where it begins, where it ends, and the steps
		n, err := c.norm(v)
		if err != nil || n.op.kind != "Const" {
			return 0, false
		}
		t := smallConst(n.op)
		if t == nil || len(t.Dims) != 1 || t.Len() > maxRank || strides != nil && t.Len() != strides.Len() {
			return 0, false
		}
		strides = t
	}
	if mask("shrink_axis_mask") != 0 {
		return 0, false
	}
	axis, seen, dots, after := int64(0), false, false, int64(0)
	for i := range strides.Len() {
		bit := int64(1) << i
		switch {
		case mask("ellipsis_mask")&bit != 0:
			if dots || seen {
				return 0, false
			}
			dots = true
		case mask("new_axis_mask")&bit != 0:
			if seen {
				return 0, false
			}
			seen = true
		default: // all of a dimension
			if by, ok := strides.int(i); !ok || by != 1 || mask("begin_mask")&bit == 0 || mask("end_mask")&bit == 0 {
				return 0, false
			}
			if dots {
				return 0, false
			}
			if seen {
				after++
			} else {
				axis++
			}
		}
	}
	switch rank := c.outline(o.in[0]).rank; {
	case !seen || after > 0 && int64(rank) < axis+after:
		return 0, false
	case dots && axis == 0:
		return -1, true
	case dots:
		return 0, false
	}
	return axis, true
}
