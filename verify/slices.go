package verify

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// A partitioned variable is saved in slices: the entry under its name has the shape of the whole and lists the slices, and every slice has an
// entry of its own under a key made of the name and its place (tensorflow/core/util/saved_tensor_slice_util.cc,
// tensorflow/core/lib/strings/ordered_code.cc).

// extent is a slice of one dimension; length is -1 for all of it.
type extent struct{ start, length int64 }

// parseSlice reads a shape_and_slices element of RestoreV2, "10 4 0,5:-": the shape of the whole, then an extent for every dimension.
func parseSlice(spec string) (whole []int64, part []extent, ok bool) {
	fields := strings.Fields(spec)
	if len(fields) < 2 {
		return nil, nil, false
	}
	for _, f := range fields[:len(fields)-1] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil || n < 0 {
			return nil, nil, false
		}
		whole = append(whole, n)
	}
	for _, f := range strings.Split(fields[len(fields)-1], ":") {
		if f == "-" {
			part = append(part, extent{0, -1})
			continue
		}
		a, b, _ := strings.Cut(f, ",")
		start, err1 := strconv.ParseInt(a, 10, 64)
		length, err2 := strconv.ParseInt(b, 10, 64)
		if err1 != nil || err2 != nil || start < 0 || length < 0 {
			return nil, nil, false
		}
		part = append(part, extent{start, length})
	}
	return whole, part, len(whole) == len(part)
}

// sliceKey is the key of a slice in the checkpoint.
func sliceKey(name string, part []extent) string {
	b := []byte{0} // the number 0: no variable's own key begins like this
	for i := range len(name) {
		b = append(b, name[i])
		switch name[i] {
		case 0:
			b = append(b, 0xff)
		case 0xff:
			b = append(b, 0)
		}
	}
	b = append(b, 0, 1)
	b = append(b, 1, byte(len(part)))
	for _, e := range part {
		b = appendSigned(appendSigned(b, e.start), e.length)
	}
	return string(b)
}

// signedHeader marks the length of a number in its first bits.
var signedHeader = [...][2]byte{{}, {0x80}, {0xc0}, {0xe0}, {0xf0}, {0xf8}, {0xfc}, {0xfe}, {0xff}, {0xff, 0x80}, {0xff, 0xc0}}

// appendSigned is OrderedCode's WriteSignedNumIncreasing.
func appendSigned(b []byte, v int64) []byte {
	size := uint64(v)
	var fill byte
	if v < 0 {
		size, fill = ^size, 0xff
	}
	n := bits.Len64(size)/7 + 1
	buf := [10]byte{fill, fill}
	for i := range 8 {
		buf[2+i] = byte(uint64(v) >> (56 - 8*i))
	}
	out := buf[10-n:]
	out[0] ^= signedHeader[n][0]
	if n > 1 {
		out[1] ^= signedHeader[n][1]
	}
	return append(b, out...)
}

// slice finds the entry of exactly one saved slice of a partitioned variable, and its shape.
func (b *Bundle) slice(name, spec string) (key string, dims []int64, err error) {
	whole, part, ok := parseSlice(spec)
	if !ok || b.entries[name] == nil {
		return "", nil, fmt.Errorf("%q has no slice %q", name, spec)
	}
	if !slices.Equal(whole, shapeOf(b.entries[name].GetShape()).Dims) {
		return "", nil, fmt.Errorf("%q has another shape than %q says", name, spec)
	}
	for i, e := range part {
		n := e.length
		if n < 0 {
			n = whole[i]
		}
		if e.start > whole[i] || n > whole[i]-e.start {
			return "", nil, fmt.Errorf("%q has no slice %q", name, spec)
		}
		dims = append(dims, n)
	}
	key = sliceKey(name, part)
	e := b.entries[key]
	if e == nil || !slices.Equal(shapeOf(e.GetShape()).Dims, dims) {
		return "", nil, fmt.Errorf("%q is not saved in the slice %q", name, spec)
	}
	return key, dims, nil
}
