package verify

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	"google.golang.org/protobuf/encoding/protowire"
)

// exampleSpec is what a ParseExample op expects of a serialized tf.Example.
type exampleSpec struct {
	features []feature
}

// feature is one key of a tf.Example.
type feature struct {
	key    string
	dtype  DType
	length int64 // values of a dense feature; -1 where any number will do (sparse and ragged features, a leading None)
	row    int64 // for a dense feature of any length, the values in one step
}

// readExampleSpec takes the keys from the op's constant inputs and the types and shapes from its attributes
// (tensorflow/core/ops/parsing_ops.cc). Keys that are not constant are left out.
func readExampleSpec(o *op) *exampleSpec {
	spec := &exampleSpec{}
	dense := o.attrs["Tdense"].GetList().GetType()
	shapes := o.attrs["dense_shapes"].GetList().GetShape()
	sparse := o.attrs["sparse_types"].GetList().GetType()
	ragged := o.attrs["ragged_value_types"].GetList().GetType()
	var denseKeys, sparseKeys, raggedKeys []string
	switch o.kind {
	case "ParseExample":
		// serialized, names, Nsparse sparse keys, Ndense dense keys, the defaults
		for i := range sparse {
			sparseKeys = append(sparseKeys, keysOf(o, 2+i)...)
		}
		for i := range dense {
			denseKeys = append(denseKeys, keysOf(o, 2+len(sparse)+i)...)
		}
	case "ParseExampleV2":
		// serialized, names, sparse keys, dense keys, ragged keys, the defaults
		sparseKeys, denseKeys, raggedKeys = keysOf(o, 2), keysOf(o, 3), keysOf(o, 4)
	case "ParseSingleExample":
		for _, k := range o.attrs["sparse_keys"].GetList().GetS() {
			sparseKeys = append(sparseKeys, string(k))
		}
		for _, k := range o.attrs["dense_keys"].GetList().GetS() {
			denseKeys = append(denseKeys, string(k))
		}
	}
	for i, k := range denseKeys {
		if i >= len(dense) {
			break
		}
		f := feature{key: k, dtype: dense[i], length: 1, row: 1}
		if i < len(shapes) {
			for j, d := range shapeOf(shapes[i]).Dims {
				if j == 0 && d < 0 {
					f.length = -1
				} else if d > 0 {
					f.row *= d
				}
			}
			if n, ok := elements(shapeOf(shapes[i]).Dims); ok {
				f.length = n
			}
		}
		spec.features = append(spec.features, f)
	}
	for i, k := range sparseKeys {
		if i < len(sparse) {
			spec.features = append(spec.features, feature{k, sparse[i], -1, 1})
		}
	}
	for i, k := range raggedKeys {
		if i < len(ragged) {
			spec.features = append(spec.features, feature{k, ragged[i], -1, 1})
		}
	}
	slices.SortFunc(spec.features, func(a, b feature) int { return compareStrings(a.key, b.key) })
	return spec
}

func compareStrings(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func keysOf(o *op, input int) []string {
	if input >= len(o.in) {
		return nil
	}
	if t := constant(o.in[input]); t != nil {
		return t.Strings
	}
	return nil
}

const leaveAll = -2

// example serialises one tf.Example (tensorflow/core/example/example.proto and feature.proto) whose values are drawn as kind says;
// leave is the index of a feature to leave out, or -1 for none, or leaveAll; long is how many values those have that may have any number, for
// kindLength.
func (spec *exampleSpec) example(kind valueKind, leave, long int, rng *rand.Rand, h *hints) string {
	var features []byte
	for i, f := range spec.features {
		if i == leave || leave == leaveAll {
			continue
		}
		n := int(f.length)
		if f.length < 0 {
			n = rng.IntN(4) * int(f.row)
			if kind == kindLength && long > 0 {
				n = long * int(f.row)
			}
		}
		if n > 1<<20 {
			n = 1 << 20
		}
		entry := protowire.AppendTag(nil, 1, protowire.BytesType)
		entry = protowire.AppendString(entry, f.key)
		entry = protowire.AppendTag(entry, 2, protowire.BytesType)
		entry = protowire.AppendBytes(entry, encodeFeature(drawValues(f.dtype, n, kind, rng, h, &hint{limit: 5, vocab: true})))
		features = protowire.AppendTag(features, 1, protowire.BytesType)
		features = protowire.AppendBytes(features, entry)
	}
	out := protowire.AppendTag(nil, 1, protowire.BytesType)
	return string(protowire.AppendBytes(out, features))
}

// encodeFeature is a Feature message: bytes_list 1, float_list 2, int64_list 3.
func encodeFeature(t *Tensor) []byte {
	var list []byte
	field := protowire.Number(2)
	switch t.DType {
	case types.DataType_DT_STRING:
		field = 1
		for _, s := range t.Strings {
			list = protowire.AppendTag(list, 1, protowire.BytesType)
			list = protowire.AppendString(list, s)
		}
	case types.DataType_DT_INT64:
		field = 3
		var packed []byte
		for i := 0; i+8 <= len(t.Data); i += 8 {
			packed = protowire.AppendVarint(packed, binary.LittleEndian.Uint64(t.Data[i:]))
		}
		list = protowire.AppendTag(list, 1, protowire.BytesType)
		list = protowire.AppendBytes(list, packed)
	default:
		var packed []byte
		for i := range len(t.Data) / max(itemSize(t.DType), 1) {
			v, _ := t.float(i)
			packed = protowire.AppendFixed32(packed, math.Float32bits(float32(v)))
		}
		list = protowire.AppendTag(list, 1, protowire.BytesType)
		list = protowire.AppendBytes(list, packed)
	}
	out := protowire.AppendTag(nil, field, protowire.BytesType)
	return protowire.AppendBytes(out, list)
}
