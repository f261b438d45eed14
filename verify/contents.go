package verify

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sync"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// contents gives every value that two models store a digest, such that equal digests are equal values. Small ones are hashed. Of large ones
// the checksum in the index says which could be equal, and these are compared byte by byte: that is several times as fast as hashing, and
// needs no trust in a hash. Every byte of a checkpoint goes through its checksum on the way.
type contents struct {
	mu    sync.Mutex
	large map[contentKind][]*content
}

// contentKind is what equal values have in common.
type contentKind struct {
	dtype DType
	dims  string
	size  int64
	crc   uint32
}

// content is one large value, of a checkpoint or of a constant.
type content struct {
	sum      digest
	bundle   *Bundle
	key      string
	data     []byte // of a constant, where bundle is nil
	verified bool   // the checksum was found to be right
}

// largeContent is the size in bytes from which on values are compared.
const largeContent = 1 << 16

func newContents() *contents {
	return &contents{large: map[contentKind][]*content{}}
}

// entry is the digest of one entry. The checksum of a large one may still be unread then: verify reads what is left.
func (c *contents) entry(b *Bundle, key string) (digest, error) {
	d, shape, _ := b.Info(key)
	if d == types.DataType_DT_STRING || b.Size(key) < largeContent {
		return entryDigest(b, key)
	}
	kind := contentKind{d, fmt.Sprint(shape.Dims), b.Size(key), unmaskCRC(b.entries[key].GetCrc32C())}
	return c.identify(kind, &content{bundle: b, key: key})
}

// entryDigest hashes an entry, and verifies its checksum.
func entryDigest(b *Bundle, key string) (digest, error) {
	d, shape, _ := b.Info(key)
	if d == types.DataType_DT_STRING {
		t, err := b.Tensor(key)
		if err != nil {
			return digest{}, err
		}
		return tensorDigest(t), nil
	}
	h := sha256.New()
	tensorHead(h, d, shape.Dims)
	if err := b.Copy(key, h); err != nil {
		return digest{}, err
	}
	return digest(h.Sum(nil)), nil
}

// tensor is the digest of a value in memory. Without contents to compare it with it is hashed.
func (c *contents) tensor(t *Tensor) (digest, error) {
	if c == nil || len(t.Data) < largeContent {
		return tensorDigest(t), nil
	}
	kind := contentKind{t.DType, fmt.Sprint(t.Dims), int64(len(t.Data)), crc32.Checksum(t.Data, castagnoli)}
	return c.identify(kind, &content{data: t.Data, verified: true})
}

// identify finds the value among those that were seen, or takes it in.
func (c *contents) identify(kind contentKind, v *content) (digest, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, other := range c.large[kind] {
		same, err := sameContent(kind, v, other)
		if err != nil {
			return digest{}, err
		}
		if same {
			return other.sum, nil
		}
	}
	v.sum = digestOf("large", fmt.Appendf(nil, "%+v %d", kind, len(c.large[kind])))
	c.large[kind] = append(c.large[kind], v)
	return v.sum, nil
}

// verify reads what no comparison has read, for its checksum.
func (c *contents) verify() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for kind, all := range c.large {
		for _, v := range all {
			if v.verified {
				continue
			}
			r, err := v.open(kind)
			if err != nil {
				return err
			}
			for r.next() {
			}
			if err := r.close(); err != nil {
				return err
			}
			v.verified = true
		}
	}
	return nil
}

// sameContent compares two values and verifies the checksums of both where that has not been done.
func sameContent(kind contentKind, a, b *content) (bool, error) {
	ra, err := a.open(kind)
	if err != nil {
		return false, err
	}
	rb, err := b.open(kind)
	if err != nil {
		ra.close()
		return false, err
	}
	same := true
	for same || !a.verified || !b.verified {
		more := make(chan bool)
		go func() { more <- rb.next() }()
		moreA, moreB := ra.next(), <-more
		if !moreA || !moreB {
			break
		}
		same = same && bytes.Equal(ra.chunk, rb.chunk)
	}
	if errA, errB := ra.close(), rb.close(); errA != nil || errB != nil {
		if errA != nil {
			return false, errA
		}
		return false, errB
	}
	a.verified, b.verified = true, true
	return same, nil
}

// contentReader goes through a value in chunks.
type contentReader struct {
	v     *content
	kind  contentKind
	chunk []byte
	buf   []byte
	file  *os.File
	at    int64
	crc   uint32
	err   error
}

// contentChunk is how much is read at a time: enough to be quick, and little enough to stay in a processor's cache.
const contentChunk = 1 << 19

func (v *content) open(kind contentKind) (*contentReader, error) {
	r := &contentReader{v: v, kind: kind}
	if v.bundle == nil {
		return r, nil
	}
	path := v.bundle.shard(int(v.bundle.entries[v.key].GetShardId()))
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, plain(err))
	}
	r.file, r.buf = f, make([]byte, contentChunk)
	return r, nil
}

// next reads the next chunk; false at the end, and where reading failed.
func (r *contentReader) next() bool {
	n := min(r.kind.size-r.at, contentChunk)
	if n <= 0 || r.err != nil {
		return false
	}
	if r.file == nil {
		r.chunk = r.v.data[r.at : r.at+n]
	} else {
		r.chunk = r.buf[:n]
		if _, err := r.file.ReadAt(r.chunk, r.v.bundle.entries[r.v.key].GetOffset()+r.at); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			r.err = fmt.Errorf("%s: %q: truncated: %w", r.file.Name(), r.v.key, err)
			return false
		}
		if !r.v.verified {
			r.crc = crc32.Update(r.crc, castagnoli, r.chunk)
		}
	}
	r.at += n
	return true
}

// close ends a reading to the end: the checksum has to be right.
func (r *contentReader) close() error {
	if r.file != nil {
		defer r.file.Close()
	}
	switch {
	case r.err != nil:
		return r.err
	case !r.v.verified && r.at == r.kind.size && r.crc != r.kind.crc:
		return fmt.Errorf("%s: corrupt: checksum of %q fails", r.file.Name(), r.v.key)
	case !r.v.verified && r.at != r.kind.size:
		return fmt.Errorf("%s: %q: truncated", r.file.Name(), r.v.key)
	}
	return nil
}
