package verify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_shape_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// maxTensorBytes bounds one tensor held in memory. Constants of a SavedModel fit: a protobuf ends at 2 GiB.
const maxTensorBytes = 2 << 30

// Tensor is a dense value. Data has the elements in row-major order and little-endian, as TensorFlow's tensor_content;
// a string tensor has Strings instead, and no Data.
type Tensor struct {
	DType   DType
	Dims    []int64
	Data    []byte
	Strings []string
}

// Len is the number of elements.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.Dims {
		n *= int(d)
	}
	return n
}

// TensorOf reads a TensorProto. A value list shorter than the shape is filled with its last value, as TensorFlow does.
func TensorOf(p *tensor_go_proto.TensorProto) (*Tensor, error) {
	shape := shapeOf(p.GetTensorShape())
	if p.GetTensorShape() == nil {
		shape = Shape{Known: true}
	}
	n, ok := elements(shape.Dims)
	if !shape.Known || !ok {
		return nil, fmt.Errorf("a tensor of shape %v has no size", shape)
	}
	t := &Tensor{DType: base(p.GetDtype()), Dims: shape.Dims}
	if t.DType == types.DataType_DT_STRING {
		return t, t.fillStrings(p.GetStringVal(), n)
	}
	size := itemSize(t.DType)
	if size == 0 {
		return nil, fmt.Errorf("a tensor of type %s has no bytes", DTypeName(t.DType))
	}
	if n > maxTensorBytes/int64(size) {
		return nil, fmt.Errorf("a tensor of shape %v and type %s is larger than %d bytes", shape, DTypeName(t.DType), int64(maxTensorBytes))
	}
	if c := p.GetTensorContent(); len(c) > 0 {
		if int64(len(c)) != n*int64(size) {
			return nil, fmt.Errorf("a tensor of shape %v and type %s has %d bytes", shape, DTypeName(t.DType), len(c))
		}
		t.Data = c
		return t, nil
	}
	values := valuesOf(p, t.DType)
	if len(values)%size != 0 || int64(len(values)) > n*int64(size) {
		return nil, fmt.Errorf("a tensor of shape %v and type %s has %d values", shape, DTypeName(t.DType), len(values)/size)
	}
	t.Data = make([]byte, int(n)*size)
	last := make([]byte, size)
	if len(values) > 0 {
		last = values[len(values)-size:]
	}
	for at := copy(t.Data, values); at < len(t.Data); at += size {
		copy(t.Data[at:], last)
	}
	return t, nil
}

// maxStrings bounds a string tensor made of one repeated value: a hostile proto of a few bytes may claim any shape.
const maxStrings = 1 << 26

func (t *Tensor) fillStrings(values [][]byte, n int64) error {
	if n > maxStrings || int64(len(values)) > n {
		return fmt.Errorf("a string tensor of %d elements has %d values", n, len(values))
	}
	t.Strings = make([]string, n)
	last := ""
	for i := range t.Strings {
		if i < len(values) {
			last = string(values[i])
		}
		t.Strings[i] = last
	}
	return nil
}

// valuesOf gives the typed value list of a proto as element bytes (tensorflow/core/framework/tensor.proto says which list
// belongs to which type).
func valuesOf(p *tensor_go_proto.TensorProto, d DType) []byte {
	var b []byte
	le := binary.LittleEndian
	switch d {
	case types.DataType_DT_FLOAT:
		for _, v := range p.GetFloatVal() {
			b = le.AppendUint32(b, math.Float32bits(v))
		}
	case types.DataType_DT_DOUBLE:
		for _, v := range p.GetDoubleVal() {
			b = le.AppendUint64(b, math.Float64bits(v))
		}
	case types.DataType_DT_COMPLEX64:
		for _, v := range p.GetScomplexVal() {
			b = le.AppendUint32(b, math.Float32bits(v))
		}
	case types.DataType_DT_COMPLEX128:
		for _, v := range p.GetDcomplexVal() {
			b = le.AppendUint64(b, math.Float64bits(v))
		}
	case types.DataType_DT_INT64:
		for _, v := range p.GetInt64Val() {
			b = le.AppendUint64(b, uint64(v))
		}
	case types.DataType_DT_UINT64:
		for _, v := range p.GetUint64Val() {
			b = le.AppendUint64(b, v)
		}
	case types.DataType_DT_UINT32:
		for _, v := range p.GetUint32Val() {
			b = le.AppendUint32(b, v)
		}
	case types.DataType_DT_INT32, types.DataType_DT_QINT32:
		for _, v := range p.GetIntVal() {
			b = le.AppendUint32(b, uint32(v))
		}
	case types.DataType_DT_HALF, types.DataType_DT_BFLOAT16:
		for _, v := range p.GetHalfVal() {
			b = le.AppendUint16(b, uint16(v))
		}
	case types.DataType_DT_INT16, types.DataType_DT_UINT16, types.DataType_DT_QINT16, types.DataType_DT_QUINT16:
		for _, v := range p.GetIntVal() {
			b = le.AppendUint16(b, uint16(v))
		}
	case types.DataType_DT_INT8, types.DataType_DT_UINT8, types.DataType_DT_QINT8, types.DataType_DT_QUINT8:
		for _, v := range p.GetIntVal() {
			b = append(b, byte(v))
		}
	case types.DataType_DT_BOOL:
		for _, v := range p.GetBoolVal() {
			b = append(b, boolByte(v))
		}
	}
	return b
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// Proto is the tensor as TensorFlow's message.
func (t *Tensor) Proto() *tensor_go_proto.TensorProto {
	p := &tensor_go_proto.TensorProto{Dtype: t.DType, TensorShape: &tensor_shape_go_proto.TensorShapeProto{}}
	for _, d := range t.Dims {
		p.TensorShape.Dim = append(p.TensorShape.Dim, &tensor_shape_go_proto.TensorShapeProto_Dim{Size: d})
	}
	if t.DType == types.DataType_DT_STRING {
		for _, s := range t.Strings {
			p.StringVal = append(p.StringVal, []byte(s))
		}
		return p
	}
	p.TensorContent = t.Data
	return p
}

// maxShown is the number of elements that String prints.
const maxShown = 12

// String is the short form for people: type, shape and the first elements, the floats with every digit that tells them apart.
func (t *Tensor) String() string {
	shape := Shape{Known: true, Dims: t.Dims}
	n := t.Len()
	parts := make([]string, 0, maxShown)
	for i := range min(n, maxShown) {
		parts = append(parts, t.Element(i))
	}
	if n > maxShown {
		parts = append(parts, "...")
	}
	return fmt.Sprintf("%s%s{%s}", DTypeName(t.DType), strings.ReplaceAll(shape.String(), " ", ""), strings.Join(parts, " "))
}

// Element prints element i.
func (t *Tensor) Element(i int) string {
	if t.DType == types.DataType_DT_STRING {
		s := t.Strings[i]
		if len(s) > 60 {
			return strconv.QuoteToASCII(s[:60]) + "..."
		}
		return strconv.QuoteToASCII(s)
	}
	size := itemSize(t.DType)
	b := t.Data[i*size : (i+1)*size]
	le := binary.LittleEndian
	switch t.DType {
	case types.DataType_DT_FLOAT:
		return strconv.FormatFloat(float64(math.Float32frombits(le.Uint32(b))), 'g', -1, 32)
	case types.DataType_DT_DOUBLE:
		return strconv.FormatFloat(math.Float64frombits(le.Uint64(b)), 'g', -1, 64)
	case types.DataType_DT_INT32, types.DataType_DT_QINT32:
		return strconv.FormatInt(int64(int32(le.Uint32(b))), 10)
	case types.DataType_DT_INT64:
		return strconv.FormatInt(int64(le.Uint64(b)), 10)
	case types.DataType_DT_UINT32:
		return strconv.FormatUint(uint64(le.Uint32(b)), 10)
	case types.DataType_DT_UINT64:
		return strconv.FormatUint(le.Uint64(b), 10)
	case types.DataType_DT_INT16, types.DataType_DT_QINT16:
		return strconv.FormatInt(int64(int16(le.Uint16(b))), 10)
	case types.DataType_DT_UINT16, types.DataType_DT_QUINT16:
		return strconv.FormatUint(uint64(le.Uint16(b)), 10)
	case types.DataType_DT_INT8, types.DataType_DT_QINT8:
		return strconv.FormatInt(int64(int8(b[0])), 10)
	case types.DataType_DT_UINT8, types.DataType_DT_QUINT8:
		return strconv.FormatUint(uint64(b[0]), 10)
	case types.DataType_DT_BOOL:
		return strconv.FormatBool(b[0] != 0)
	case types.DataType_DT_BFLOAT16, types.DataType_DT_HALF:
		v, _ := t.float(i)
		return strconv.FormatFloat(v, 'g', -1, 32)
	case types.DataType_DT_COMPLEX64:
		return fmt.Sprintf("(%g%+gi)", math.Float32frombits(le.Uint32(b)), math.Float32frombits(le.Uint32(b[4:])))
	case types.DataType_DT_COMPLEX128:
		return fmt.Sprintf("(%g%+gi)", math.Float64frombits(le.Uint64(b)), math.Float64frombits(le.Uint64(b[8:])))
	}
	return fmt.Sprintf("%#x", b)
}

// float gives element i as a number; ok is false where the type is not a real number.
func (t *Tensor) float(i int) (v float64, ok bool) {
	le := binary.LittleEndian
	switch t.DType {
	case types.DataType_DT_FLOAT:
		return float64(math.Float32frombits(le.Uint32(t.Data[4*i:]))), true
	case types.DataType_DT_DOUBLE:
		return math.Float64frombits(le.Uint64(t.Data[8*i:])), true
	case types.DataType_DT_BFLOAT16:
		return float64(math.Float32frombits(uint32(le.Uint16(t.Data[2*i:])) << 16)), true
	case types.DataType_DT_HALF:
		return halfToFloat(le.Uint16(t.Data[2*i:])), true
	}
	return 0, false
}

func halfToFloat(h uint16) float64 {
	sign, exp, frac := 1.0, int(h>>10)&31, float64(h&1023)
	if h>>15 == 1 {
		sign = -1
	}
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

// isNaN tells whether the float of size bytes at b is a NaN.
func isNaN(d DType, b []byte) bool {
	le := binary.LittleEndian
	switch d {
	case types.DataType_DT_FLOAT:
		return le.Uint32(b)&0x7fffffff > 0x7f800000
	case types.DataType_DT_DOUBLE:
		return le.Uint64(b)&0x7fffffffffffffff > 0x7ff0000000000000
	case types.DataType_DT_HALF:
		return le.Uint16(b)&0x7fff > 0x7c00
	case types.DataType_DT_BFLOAT16:
		return le.Uint16(b)&0x7fff > 0x7f80
	}
	return false
}

// parts splits a complex type into its two floats; other types are one part.
func parts(d DType) (DType, int) {
	switch d {
	case types.DataType_DT_COMPLEX64:
		return types.DataType_DT_FLOAT, 2
	case types.DataType_DT_COMPLEX128:
		return types.DataType_DT_DOUBLE, 2
	}
	return d, 1
}

// difference tells where two tensors differ: -1 nowhere, else an element, with the reason. Without a tolerance elements are
// equal when their bits are, so -0.0 is not 0.0; any NaN equals any NaN, for its sign and payload mean nothing in TensorFlow
// and depend on the order of operands.
func difference(a, b *Tensor, tol Tolerance) (at int, why string) {
	if a.DType != b.DType {
		return 0, fmt.Sprintf("%s became %s", DTypeName(a.DType), DTypeName(b.DType))
	}
	if fmt.Sprint(a.Dims) != fmt.Sprint(b.Dims) {
		return 0, fmt.Sprintf("shape %v became %v", Shape{true, a.Dims}, Shape{true, b.Dims})
	}
	if a.DType == types.DataType_DT_STRING {
		for i := range a.Strings {
			if a.Strings[i] != b.Strings[i] {
				return i, fmt.Sprintf("%s became %s", a.Element(i), b.Element(i))
			}
		}
		return -1, ""
	}
	if bytes.Equal(a.Data, b.Data) {
		return -1, ""
	}
	part, k := parts(a.DType)
	pa, pb := a, b
	if k > 1 {
		pa, pb = &Tensor{DType: part, Data: a.Data}, &Tensor{DType: part, Data: b.Data}
	}
	size := itemSize(part)
	for i := 0; i*size < len(a.Data); i++ {
		x, y := a.Data[i*size:(i+1)*size], b.Data[i*size:(i+1)*size]
		if bytes.Equal(x, y) || isNaN(part, x) && isNaN(part, y) || tol.allows(pa, pb, i) {
			continue
		}
		return i / k, fmt.Sprintf("%s became %s", a.Element(i/k), b.Element(i/k))
	}
	return -1, ""
}
