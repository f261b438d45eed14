package verify

import (
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// DType is TensorFlow's own enumeration of element types (tensorflow/core/framework/types.proto).
type DType = types.DataType

// refOffset is what TensorFlow adds to a type to mean a reference to a variable of that type.
const refOffset = 100

// base is the type behind a reference type.
func base(d DType) DType {
	if d > refOffset && d <= 2*refOffset {
		return d - refOffset
	}
	return d
}

// dtypeNames has the types whose Python name is not the enumeration's in lower case.
var dtypeNames = map[DType]string{
	types.DataType_DT_FLOAT:  "float32",
	types.DataType_DT_DOUBLE: "float64",
	types.DataType_DT_HALF:   "float16",
}

// DTypeName is what Python calls the type: float32, int64, string.
func DTypeName(d DType) string {
	if d > refOffset && d <= 2*refOffset {
		return DTypeName(base(d)) + "_ref"
	}
	if name, ok := dtypeNames[d]; ok {
		return name
	}
	return strings.ToLower(strings.TrimPrefix(d.String(), "DT_"))
}

// itemSizes has the bytes of one element of the types that have a fixed size.
var itemSizes = map[DType]int{
	types.DataType_DT_FLOAT: 4, types.DataType_DT_DOUBLE: 8, types.DataType_DT_INT32: 4, types.DataType_DT_UINT8: 1,
	types.DataType_DT_INT16: 2, types.DataType_DT_INT8: 1, types.DataType_DT_COMPLEX64: 8, types.DataType_DT_INT64: 8,
	types.DataType_DT_BOOL: 1, types.DataType_DT_QINT8: 1, types.DataType_DT_QUINT8: 1, types.DataType_DT_QINT32: 4,
	types.DataType_DT_BFLOAT16: 2, types.DataType_DT_QINT16: 2, types.DataType_DT_QUINT16: 2, types.DataType_DT_UINT16: 2,
	types.DataType_DT_COMPLEX128: 16, types.DataType_DT_HALF: 2, types.DataType_DT_UINT32: 4, types.DataType_DT_UINT64: 8,
}

// itemSize is the bytes of one element, 0 for strings, resources and variants.
func itemSize(d DType) int { return itemSizes[base(d)] }
