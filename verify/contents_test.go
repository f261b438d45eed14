package verify

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	shapes "github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_shape_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
)

// bundleOf is a checkpoint of byte vectors, one shard, with right checksums.
func bundleOf(t *testing.T, values map[string][]byte) *Bundle {
	t.Helper()
	b := &Bundle{Prefix: filepath.Join(t.TempDir(), "v"), shards: 1, entries: map[string]*pb.BundleEntryProto{}}
	var file []byte
	for _, key := range sortedKeys(values) {
		v := values[key]
		b.keys = append(b.keys, key)
		b.entries[key] = &pb.BundleEntryProto{Dtype: types.DataType_DT_UINT8, Offset: int64(len(file)), Size: int64(len(v)), Crc32C: maskCRC(crc32.Checksum(v, castagnoli)),
			Shape: &shapes.TensorShapeProto{Dim: []*shapes.TensorShapeProto_Dim{{Size: int64(len(v))}}}}
		file = append(file, v...)
	}
	b.sizes = []int64{int64(len(file))}
	if err := os.WriteFile(b.shard(0), file, 0o644); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestContents holds that values have equal digests if and only if they are equal: small and large ones, in two checkpoints and in
// constants, and large ones of equal checksums and different bytes.
func TestContents(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	}
	values := [][]byte{{}, random(100), random(largeContent - 1), random(largeContent), random(largeContent + 1), random(3*contentChunk + 7), make([]byte, 2*contentChunk)}
	for _, v := range values[1:] { // each once more with another last byte, and with another first one
		last, first := bytes.Clone(v), bytes.Clone(v)
		last[len(last)-1]++
		first[0]++
		values = append(values, last, first)
	}
	other := colliding(values[5])
	if bytes.Equal(other, values[5]) || crc32.Checksum(other, castagnoli) != crc32.Checksum(values[5], castagnoli) {
		t.Fatal("no collision")
	}
	values = append(values, other)
	old, new := map[string][]byte{}, map[string][]byte{}
	for i, v := range values {
		key := string(rune('a' + i))
		old[key], new[key+"2"] = v, v
	}
	c := newContents()
	sums := map[digest]string{}
	for _, b := range []*Bundle{bundleOf(t, old), bundleOf(t, new)} {
		for _, key := range b.Keys() {
			sum, err := c.entry(b, key)
			if err != nil {
				t.Fatal(err)
			}
			if was, ok := sums[sum]; ok && was != key[:1] {
				t.Errorf("%s and %s have one digest", was, key)
			}
			sums[sum] = key[:1]
		}
	}
	if len(sums) != len(values) {
		t.Errorf("%d values have %d digests", len(values), len(sums))
	}
	for i, v := range values {
		sum, err := c.tensor(&Tensor{DType: types.DataType_DT_UINT8, Dims: []int64{int64(len(v))}, Data: v})
		if want := string(rune('a' + i)); err != nil || sums[sum] != want {
			t.Errorf("constant %s is %q, %v", want, sums[sum], err)
		}
		if len(v) == 0 {
			continue
		}
		for _, other := range []*Tensor{{DType: types.DataType_DT_INT8, Dims: []int64{int64(len(v))}, Data: v}, {DType: types.DataType_DT_UINT8, Dims: []int64{1, int64(len(v))}, Data: v}} {
			if sum, err := c.tensor(other); err != nil || sums[sum] != "" {
				t.Errorf("another type or shape of %d has the digest of %q", i, sums[sum])
			}
		}
	}
	if err := c.verify(); err != nil {
		t.Error(err)
	}
}

// colliding is another value with the same CRC32C: adding a multiple of the polynomial changes no remainder.
func colliding(v []byte) []byte {
	// The remainder of d followed by four bytes is zero when these are the remainder of d.
	table := crc32.MakeTable(crc32.Castagnoli)
	crc := uint32(0)
	d := []byte{1, 2, 3, 4}
	for _, x := range d {
		crc = table[byte(crc)^x] ^ crc>>8
	}
	d = binary.LittleEndian.AppendUint32(d, crc)
	other := bytes.Clone(v)
	for i, x := range d {
		other[contentChunk+i] ^= x
	}
	return other
}

// TestContentsCorrupt flips one bit of a large value: that is found whether the value is compared with others or not.
func TestContentsCorrupt(t *testing.T) {
	v := bytes.Repeat([]byte{7}, 2*contentChunk)
	for _, test := range []struct {
		name string
		bad  int // which of the checkpoints
		both bool
	}{{"alone", 0, false}, {"the first", 0, true}, {"the second", 1, true}} {
		bundles := []*Bundle{bundleOf(t, map[string][]byte{"a": v}), bundleOf(t, map[string][]byte{"a": v})}
		file := bundles[test.bad].shard(0)
		flipped := bytes.Clone(v)
		flipped[contentChunk+3] ^= 1
		if err := os.WriteFile(file, flipped, 0o644); err != nil {
			t.Fatal(err)
		}
		if !test.both {
			bundles = bundles[:1]
		}
		c := newContents()
		var err error
		for _, b := range bundles {
			if _, e := c.entry(b, "a"); e != nil && err == nil {
				err = e
			}
		}
		if err == nil {
			err = c.verify()
		}
		if err == nil || !strings.Contains(err.Error(), "checksum of \"a\" fails") || !strings.HasPrefix(err.Error(), file) {
			t.Errorf("%s: %v", test.name, err)
		}
		if err := os.Truncate(file, contentChunk); err != nil {
			t.Fatal(err)
		}
		c = newContents()
		_, err = c.entry(bundles[min(test.bad, len(bundles)-1)], "a")
		if err == nil {
			err = c.verify()
		}
		if err == nil || !strings.Contains(err.Error(), "truncated") {
			t.Errorf("%s, cut off: %v", test.name, err)
		}
	}
}
