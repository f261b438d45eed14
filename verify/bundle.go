package verify

import (
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// maxIndexFile bounds a checkpoint's index, which is read whole: about a hundred bytes a variable.
const maxIndexFile = 1 << 30

// Bundle is a checkpoint of TensorFlow's V2 format, <prefix>.index with <prefix>.data-00000-of-00001 and so on
// (tensorflow/core/util/tensor_bundle). The index is in memory; tensors are read, and their checksums verified, when asked for.
type Bundle struct {
	Prefix  string
	shards  int
	sizes   []int64
	entries map[string]*pb.BundleEntryProto
	keys    []string
}

// OpenBundle reads the index and checks that every entry lies inside its shard.
func OpenBundle(prefix string) (*Bundle, error) {
	b, err := openIndex(prefix)
	if err != nil {
		return nil, err
	}
	if err := b.checkShards(); err != nil {
		return nil, err
	}
	return b, nil
}

// openIndex reads the index alone.
func openIndex(prefix string) (*Bundle, error) {
	path := prefix + ".index"
	data, err := readLimited(path, maxIndexFile)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Prefix: prefix, entries: map[string]*pb.BundleEntryProto{}}
	var header *pb.BundleHeaderProto
	err = readTable(data, func(key string, value []byte) error {
		if key == "" {
			header = new(pb.BundleHeaderProto)
			return proto.Unmarshal(value, header)
		}
		e := new(pb.BundleEntryProto)
		if err := proto.Unmarshal(value, e); err != nil {
			return fmt.Errorf("corrupt: entry %q: %w", key, err)
		}
		b.entries[key] = e
		b.keys = append(b.keys, key)
		return nil
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case header == nil:
		return nil, fmt.Errorf("%s: corrupt: no header", path)
	case header.GetEndianness() != pb.BundleHeaderProto_LITTLE:
		return nil, fmt.Errorf("%s: written on a big-endian machine, which is not supported", path)
	case header.GetNumShards() < 1 || header.GetNumShards() > 1<<16:
		return nil, fmt.Errorf("%s: corrupt: %d shards", path, header.GetNumShards())
	}
	b.shards = int(header.GetNumShards())
	slices.Sort(b.keys)
	return b, nil
}

// checkShards holds that every shard is there, and every entry inside its own.
func (b *Bundle) checkShards() error {
	path := b.Prefix + ".index"
	for i := range b.shards {
		info, err := os.Stat(b.shard(i))
		if err != nil {
			return fmt.Errorf("%s: %w", b.shard(i), plain(err))
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s: not a regular file", b.shard(i))
		}
		b.sizes = append(b.sizes, info.Size())
	}
	room := int64(0)
	for _, size := range b.sizes {
		room += size
	}
	for key, e := range b.entries {
		if len(e.GetSlices()) > 0 {
			continue // the whole of a partitioned variable: its slices have entries of their own
		}
		id, off, size := int(e.GetShardId()), e.GetOffset(), e.GetSize()
		if id < 0 || id >= b.shards {
			return fmt.Errorf("%s: corrupt: %q is in shard %d of %d", path, key, id, b.shards)
		}
		if off < 0 || size < 0 || off > b.sizes[id] || size > b.sizes[id]-off {
			return fmt.Errorf("%s: truncated: %q ends at byte %d of %d", b.shard(id), key, off+size, b.sizes[id])
		}
		if room -= size; room < 0 { // a small file could ask for the same gigabyte a million times
			return fmt.Errorf("%s: corrupt: the entries have more bytes than the shards", path)
		}
	}
	return nil
}

func (b *Bundle) shard(i int) string {
	return fmt.Sprintf("%s.data-%05d-of-%05d", b.Prefix, i, b.shards)
}

// Keys lists the names in the checkpoint in order.
func (b *Bundle) Keys() []string { return b.keys }

// Has tells whether the checkpoint has that name.
func (b *Bundle) Has(key string) bool { return b.entries[key] != nil }

// Info gives the type and the shape of an entry.
func (b *Bundle) Info(key string) (DType, Shape, bool) {
	e := b.entries[key]
	if e == nil {
		return 0, Shape{}, false
	}
	return e.GetDtype(), shapeOf(e.GetShape()), true
}

// Size is the bytes of an entry on disk.
func (b *Bundle) Size(key string) int64 { return b.entries[key].GetSize() }

// Partitioned tells whether an entry is a variable saved in slices.
func (b *Bundle) Partitioned(key string) bool { return len(b.entries[key].GetSlices()) > 0 }

// Copy streams the stored bytes of an entry into w and then verifies its CRC32C: what w got is to be believed only when the
// error is nil. Numbers are stored as in memory, little-endian.
func (b *Bundle) Copy(key string, w io.Writer) error {
	e := b.entries[key]
	if e == nil {
		return fmt.Errorf("%s.index: no entry %q", b.Prefix, key)
	}
	path := b.shard(int(e.GetShardId()))
	if len(e.GetSlices()) > 0 {
		return fmt.Errorf("%s.index: %q is saved in slices", b.Prefix, key)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, plain(err))
	}
	defer f.Close()
	sum := crc32.New(castagnoli)
	if _, err := io.CopyN(io.MultiWriter(w, sum), io.NewSectionReader(f, e.GetOffset(), e.GetSize()), e.GetSize()); err != nil {
		return fmt.Errorf("%s: %q: truncated: %w", path, key, err)
	}
	if e.GetDtype() == types.DataType_DT_STRING {
		return nil // the sum of a string entry is taken over other bytes; Tensor verifies it
	}
	return b.checkSum(key, path, sum, e)
}

func (b *Bundle) checkSum(key, path string, sum hash.Hash32, e *pb.BundleEntryProto) error {
	if sum.Sum32() != unmaskCRC(e.GetCrc32C()) {
		return fmt.Errorf("%s: corrupt: checksum of %q fails", path, key)
	}
	return nil
}

// Tensor reads an entry into memory. Variant and resource entries have no bytes of their own and are an error.
func (b *Bundle) Tensor(key string) (*Tensor, error) {
	d, shape, ok := b.Info(key)
	if !ok {
		return nil, fmt.Errorf("%s.index: no entry %q", b.Prefix, key)
	}
	n, known := elements(shape.Dims)
	if !known {
		return nil, fmt.Errorf("%s.index: corrupt: %q has shape %v", b.Prefix, key, shape)
	}
	if b.Size(key) > maxTensorBytes {
		return nil, fmt.Errorf("%s.index: %q has %d bytes, more than are read into memory", b.Prefix, key, b.Size(key))
	}
	var buf sliceWriter
	if err := b.Copy(key, &buf); err != nil {
		return nil, err
	}
	t := &Tensor{DType: d, Dims: shape.Dims}
	path := b.shard(int(b.entries[key].GetShardId()))
	if d == types.DataType_DT_STRING {
		strs, err := b.strings(key, path, buf, n)
		t.Strings = strs
		return t, err
	}
	size := int64(itemSize(d))
	if size == 0 {
		return nil, fmt.Errorf("%s: %q has type %s, which is not read", path, key, DTypeName(d))
	}
	if int64(len(buf)) != n*size {
		return nil, fmt.Errorf("%s: corrupt: %q of shape %v has %d bytes", path, key, shape, len(buf))
	}
	t.Data = buf
	return t, nil
}

type sliceWriter []byte

func (w *sliceWriter) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}

// strings decodes a string entry: the lengths as varints, a masked CRC32C of the lengths, then the bytes. Both sums are
// taken over the lengths as little-endian integers, four bytes each, eight where one does not fit
// (WriteStringTensor in tensorflow/core/util/tensor_bundle/tensor_bundle.cc).
func (b *Bundle) strings(key, path string, data []byte, n int64) ([]string, error) {
	corrupt := fmt.Errorf("%s: corrupt: %q is no string tensor of %d elements", path, key, n)
	if n > int64(len(data)) {
		return nil, corrupt
	}
	sum := crc32.New(castagnoli)
	lengths := make([]uint64, n)
	for i := range lengths {
		v, k := binary.Uvarint(data)
		if k <= 0 || v > uint64(len(data)) {
			return nil, corrupt
		}
		lengths[i], data = v, data[k:]
		if v <= 1<<32-1 {
			sum.Write(binary.LittleEndian.AppendUint32(nil, uint32(v)))
		} else {
			sum.Write(binary.LittleEndian.AppendUint64(nil, v))
		}
	}
	if len(data) < 4 || sum.Sum32() != unmaskCRC(binary.LittleEndian.Uint32(data)) {
		return nil, fmt.Errorf("%s: corrupt: checksum of the lengths of %q fails", path, key)
	}
	sum.Write(data[:4])
	data = data[4:]
	out := make([]string, n)
	for i, l := range lengths {
		if l > uint64(len(data)) {
			return nil, corrupt
		}
		out[i] = string(data[:l])
		data = data[l:]
		io.WriteString(sum, out[i])
	}
	return out, b.checkSum(key, path, sum, b.entries[key])
}

// variableKeys are the entries that hold values of the model: not the object graph, and not the slices of a partitioned variable,
// whose keys begin with a zero byte (tensorflow/core/util/saved_tensor_slice_util.cc).
func (b *Bundle) variableKeys() []string {
	return slices.DeleteFunc(slices.Clone(b.keys), func(k string) bool {
		return k == "_CHECKPOINTABLE_OBJECT_GRAPH" || strings.HasPrefix(k, "\x00")
	})
}
