package verify

import (
	"encoding/binary"
	"math"
	"slices"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// Ops that only move the elements of stored values are carried out, so that a variable that is stored in parts and put together is the variable
// that is stored whole. So are ops that count: the lines of a vocabulary are numbered by a Range, or by a constant. Nothing is that could round.

// moving are those ops.
var moving = []string{"ConcatV2", "Transpose", "Reshape", "ExpandDims", "Squeeze", "Range", "Cast"}

// maxFolded bounds the bytes of one such value, and maxFoldedAll those of all together.
const (
	maxFolded    = 1 << 26
	maxFoldedAll = 1 << 28
)

// folded is the digest of what an op makes of stored values, if it does no more than move their elements.
func (c *canon) folded(o *op) (digest, bool, error) {
	if d, ok := c.consts[o]; ok {
		return d, true, nil
	}
	t := c.fold(value{o, 0})
	if t == nil {
		return digest{}, false, nil
	}
	d, err := c.p.contents.tensor(t)
	if err != nil {
		return digest{}, false, err
	}
	c.consts[o] = d
	return d, true, nil
}

// fold computes a value that depends on stored values alone; nil where it does not, or is too large.
func (c *canon) fold(v value) *Tensor {
	n, err := c.norm(v)
	if err != nil || n.index != 0 || len(c.control(n.op)) > 0 || len(n.op.guard) > 0 {
		return nil
	}
	t, ok := c.folds[n.op]
	if !ok {
		t = c.affordable(c.carryOut(n))
		c.folds[n.op] = t
	}
	return t
}

// carriedOut tells of an op that was carried out, and so gives an answer.
func (c *canon) carriedOut(o *op) bool {
	return (o.kind == "StridedSlice" || slices.Contains(moving, o.kind)) && c.fold(value{o, 0}) != nil
}

func (c *canon) carryOut(n value) *Tensor {
	switch n.op.kind {
	case "Const":
		return smallConst(n.op)
	case "VariableV2", "Variable", "ReadVariableOp":
		d, ok, err := c.leaf(n)
		if err != nil || !ok || c.state.bundle == nil || c.writes != nil {
			return nil
		}
		key, ok := c.state.keys[d]
		if !ok || c.state.bundle.Size(key) > maxFolded || c.p.spent+c.state.bundle.Size(key) > maxFoldedAll {
			return nil
		}
		t, err := c.state.bundle.Tensor(key)
		if err != nil {
			return nil
		}
		return t
	}
	if n.op.kind == "StridedSlice" {
		axis, ok := c.newAxis(n.op)
		if !ok {
			return nil
		}
		if t := c.fold(n.op.in[0]); t != nil {
			return expandDims(t, axis)
		}
		return nil
	}
	if !slices.Contains(moving, n.op.kind) || n.op.def == nil {
		return nil
	}
	var in []*Tensor
	for _, v := range n.op.in {
		t := c.fold(v)
		if t == nil {
			return nil
		}
		in = append(in, t)
	}
	return move(n.op, in)
}

// affordable is the tensor, or nil if there were too many bytes of such.
func (c *canon) affordable(t *Tensor) *Tensor {
	if t == nil || t.DType == types.DataType_DT_STRING || itemSize(t.DType) == 0 || len(t.Data) > maxFolded {
		return nil
	}
	if c.p.spent += int64(len(t.Data)); c.p.spent > maxFoldedAll {
		return nil
	}
	return t
}

// move carries out an op on tensors; nil where it would fail.
func move(o *op, in []*Tensor) *Tensor {
	if len(in) == 0 {
		return nil
	}
	whole := func(t *Tensor) []int64 {
		all := []int64{}
		for i := range t.Len() {
			n, ok := t.int(i)
			if !ok {
				return nil
			}
			all = append(all, n)
		}
		return all
	}
	switch o.kind {
	case "ConcatV2":
		axis := whole(in[len(in)-1])
		if len(axis) != 1 {
			return nil
		}
		return concat(in[:len(in)-1], axis[0])
	case "Transpose":
		return transpose(in[0], whole(in[1]))
	case "Range":
		return countUp(in)
	case "Cast":
		if to := base(o.attrs["DstT"].GetType()); in[0].DType == to {
			return in[0]
		} else if in[0].DType == types.DataType_DT_INT32 && to == types.DataType_DT_INT64 && len(in[0].Data) <= maxFolded/2 {
			return widen(in[0])
		}
		return nil
	}
	t := &Tensor{DType: in[0].DType, Data: in[0].Data}
	switch o.kind {
	case "Reshape":
		t.Dims = whole(in[1])
		open, rest := -1, int64(1)
		for i, d := range t.Dims {
			switch {
			case d == -1 && open < 0:
				open = i
			case d < 0:
				return nil
			default:
				rest *= d
			}
		}
		if open >= 0 {
			if rest == 0 {
				return nil
			}
			t.Dims[open] = int64(in[0].Len()) / rest
		}
	case "ExpandDims":
		if axis := whole(in[1]); len(axis) == 1 {
			return expandDims(in[0], axis[0])
		}
		return nil
	case "Squeeze":
		drop := map[int64]bool{}
		rank := int64(len(in[0].Dims))
		axes := o.attrs["squeeze_dims"].GetList().GetI()
		for _, axis := range axes {
			if axis < 0 {
				axis += rank
			}
			if axis < 0 || axis >= rank || in[0].Dims[axis] != 1 {
				return nil
			}
			drop[axis] = true
		}
		for i, d := range in[0].Dims {
			if !drop[int64(i)] && (len(axes) > 0 || d != 1) {
				t.Dims = append(t.Dims, d)
			}
		}
	}
	if n, ok := elements(t.Dims); !ok || n != int64(in[0].Len()) {
		return nil
	}
	return t
}

// expandDims adds a dimension.
func expandDims(t *Tensor, axis int64) *Tensor {
	rank := int64(len(t.Dims))
	if axis < -rank-1 || axis > rank {
		return nil
	}
	if axis < 0 {
		axis += rank + 1
	}
	return &Tensor{DType: t.DType, Data: t.Data, Dims: slices.Insert(slices.Clone(t.Dims), int(axis), 1)}
}

// countUp is what Range makes of three whole numbers.
func countUp(in []*Tensor) *Tensor {
	if len(in) != 3 || len(in[0].Dims)+len(in[1].Dims)+len(in[2].Dims) > 0 || in[0].DType != in[1].DType || in[0].DType != in[2].DType ||
		in[0].DType != types.DataType_DT_INT32 && in[0].DType != types.DataType_DT_INT64 {
		return nil
	}
	var n [3]int64
	for i, t := range in {
		var ok bool
		if n[i], ok = t.int(0); !ok || n[i] < -math.MaxInt32 || n[i] > math.MaxInt32 {
			return nil
		}
	}
	start, limit, by := n[0], n[1], n[2]
	if by <= 0 || start > limit {
		return nil
	}
	t := &Tensor{DType: in[0].DType, Dims: []int64{(limit - start + by - 1) / by}}
	if t.Dims[0]*int64(itemSize(t.DType)) > maxFolded {
		return nil
	}
	for i := start; i < limit; i += by {
		if t.DType == types.DataType_DT_INT32 {
			t.Data = binary.LittleEndian.AppendUint32(t.Data, uint32(i))
		} else {
			t.Data = binary.LittleEndian.AppendUint64(t.Data, uint64(i))
		}
	}
	return t
}

// widen makes int64 of int32.
func widen(in *Tensor) *Tensor {
	t := &Tensor{DType: types.DataType_DT_INT64, Dims: in.Dims, Data: make([]byte, 0, 2*len(in.Data))}
	for i := range in.Len() {
		n, _ := in.int(i)
		t.Data = binary.LittleEndian.AppendUint64(t.Data, uint64(n))
	}
	return t
}

// concat joins tensors along an axis.
func concat(in []*Tensor, axis int64) *Tensor {
	if len(in) == 0 {
		return nil
	}
	rank := int64(len(in[0].Dims))
	if axis < 0 {
		axis += rank
	}
	if axis < 0 || axis >= rank {
		return nil
	}
	t := &Tensor{DType: in[0].DType, Dims: slices.Clone(in[0].Dims)}
	t.Dims[axis] = 0
	for _, part := range in {
		if part.DType != t.DType || int64(len(part.Dims)) != rank {
			return nil
		}
		for i, d := range part.Dims {
			if int64(i) != axis && d != t.Dims[i] {
				return nil
			}
		}
		t.Dims[axis] += part.Dims[axis]
	}
	if n, ok := elements(t.Dims); !ok || n*int64(itemSize(t.DType)) > maxFolded {
		return nil
	}
	outer, _ := elements(t.Dims[:axis])
	inner, _ := elements(t.Dims[axis+1:])
	for i := range outer {
		for _, part := range in {
			run := part.Dims[axis] * inner * int64(itemSize(t.DType))
			t.Data = append(t.Data, part.Data[i*run:(i+1)*run]...)
		}
	}
	return t
}

// transpose exchanges dimensions.
func transpose(in *Tensor, perm []int64) *Tensor {
	rank := len(in.Dims)
	if len(perm) != rank {
		return nil
	}
	strides := make([]int64, rank)
	step := int64(1)
	for i := rank - 1; i >= 0; i-- {
		strides[i] = step
		step *= in.Dims[i]
	}
	t := &Tensor{DType: in.DType}
	var by []int64
	seen := map[int64]bool{}
	for _, p := range perm {
		if p < 0 {
			p += int64(rank)
		}
		if p < 0 || p >= int64(rank) || seen[p] {
			return nil
		}
		seen[p] = true
		t.Dims, by = append(t.Dims, in.Dims[p]), append(by, strides[p])
	}
	size := int64(itemSize(t.DType))
	at := make([]int64, rank)
	t.Data = make([]byte, 0, len(in.Data))
	for range in.Len() {
		from := int64(0)
		for i, n := range at {
			from += n * by[i]
		}
		t.Data = append(t.Data, in.Data[from*size:(from+1)*size]...)
		for i := rank - 1; i >= 0; i-- {
			if at[i]++; at[i] < t.Dims[i] {
				break
			}
			at[i] = 0
		}
	}
	return t
}
