package verify

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
	"github.com/syndtr/goleveldb/leveldb/table"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// entriesByLevelDB reads a table with goleveldb.
func entriesByLevelDB(t *testing.T, data []byte) string {
	t.Helper()
	r, err := table.NewReader(bytes.NewReader(data), int64(len(data)), storage.FileDesc{}, nil, nil, &opt.Options{Strict: opt.StrictAll})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var b strings.Builder
	it := r.NewIterator(nil, nil)
	defer it.Release()
	for it.Next() {
		fmt.Fprintf(&b, "%q %x\n", it.Key(), it.Value())
	}
	if err := it.Error(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// bigTable is a table of many blocks with long shared prefixes, written by goleveldb.
func bigTable(t *testing.T) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := table.NewWriter(&buf, &opt.Options{Compression: opt.NoCompression, BlockSize: 256})
	for i := range 2000 {
		if err := w.Append(fmt.Appendf(nil, "layer/kernel/%06d", i), bytes.Repeat([]byte{byte(i)}, i%40)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestTableAgainstLevelDB(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(modeltest.Dir(t, "."), "*", "variables", "variables.index"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d indexes, %v", len(files), err)
	}
	tables := [][]byte{bigTable(t)}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, data)
	}
	for i, data := range tables {
		var b strings.Builder
		if err := readTable(data, func(key string, value []byte) error {
			fmt.Fprintf(&b, "%q %x\n", key, value)
			return nil
		}); err != nil {
			t.Errorf("table %d: %v", i, err)
		}
		if want := entriesByLevelDB(t, data); b.String() != want {
			t.Errorf("table %d: got\n%s\nwant\n%s", i, b.String(), want)
		}
	}
}

// TestTableDamage flips and cuts every byte of an index: reading must end, in an error or in what was there, and never panic.
func TestTableDamage(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(modeltest.Dir(t, "softmax_v2"), "variables", "variables.index"))
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(string, []byte) error { return nil }
	silent := 0
	for i := range data {
		if readTable(data[:i], nothing) == nil {
			t.Errorf("cut at byte %d, and nobody noticed", i)
		}
		for _, mask := range []byte{1, 0x80, 0xff} {
			damaged := bytes.Clone(data)
			damaged[i] ^= mask
			if readTable(damaged, nothing) == nil {
				silent++
			}
		}
	}
	// Only the meta index block, its handle and the padding of the footer can be damaged unnoticed: nothing is read from there.
	if silent > 3*80 {
		t.Errorf("%d of %d damaged bits went unnoticed", silent, 3*len(data))
	}
}

func TestBundleTensor(t *testing.T) {
	b, err := OpenBundle(filepath.Join(modeltest.Dir(t, "softmax_v1"), "variables", "variables"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.Tensor("b")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.String(), "float32[2]{0.25 -0.5}"; got != want {
		t.Errorf("b is %s, want %s", got, want)
	}
	if _, err := b.Tensor("nope"); err == nil || !strings.Contains(err.Error(), `no entry "nope"`) {
		t.Errorf("a missing entry: %v", err)
	}
}

func TestBundleErrors(t *testing.T) {
	damage := func(file string, change func([]byte) []byte) string {
		dir := modeltest.Copy(t, "softmax_v2")
		path := filepath.Join(dir, "variables", file)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		modeltest.Write(t, path, change(data))
		return dir
	}
	const shard = "variables.data-00000-of-00001"
	missing := modeltest.Copy(t, "softmax_v2")
	if err := os.Remove(filepath.Join(missing, "variables", shard)); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, dir, want string }{
		{"flipped weight", damage(shard, func(b []byte) []byte { b[3] ^= 1; return b }), "checksum of"},
		{"flipped object graph", damage(shard, func(b []byte) []byte { b[len(b)-20] ^= 1; return b }), "checksum of"},
		{"truncated shard", damage(shard, func(b []byte) []byte { return b[:9] }), "truncated"},
		{"missing shard", missing, "no such file or directory"},
		{"empty index", damage("variables.index", func([]byte) []byte { return nil }), "variables.index: empty"},
		{"truncated index", damage("variables.index", func(b []byte) []byte { return b[:len(b)-1] }), "no table footer"},
		{"garbage index", damage("variables.index", func(b []byte) []byte { b[5] ^= 0x40; return b }), "checksum of the block"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newContents()
			_, _, err := c.variables(read(t, test.dir))
			if err == nil {
				err = c.verify()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), test.dir) {
				t.Errorf("got %v, want %q after the path", err, test.want)
			}
		})
	}
}

// TestSlices holds the keys of slices against those that TensorFlow wrote.
func TestSlices(t *testing.T) {
	b, err := OpenBundle(filepath.Join(modeltest.Dir(t, "partitioned_v1"), "variables", "variables"))
	if err != nil {
		t.Fatal(err)
	}
	if !b.Partitioned("p/table") || len(b.Keys()) != 4 {
		t.Fatalf("keys %q", b.Keys())
	}
	for _, spec := range []string{"200 2 0,67:0,2", "200 2 67,67:0,2", "200 2 134,66:0,2"} {
		key, dims, err := b.slice("p/table", spec)
		if err != nil || len(dims) != 2 || dims[1] != 2 {
			t.Errorf("%s: %v, %v", spec, dims, err)
			continue
		}
		if v, err := b.Tensor(key); err != nil || v.Len() != int(dims[0]*dims[1]) {
			t.Errorf("%s: %v", spec, err)
		}
	}
	for _, spec := range []string{"", "200 2", "200 2 0,68:0,2", "200 2 0,67", "200 3 0,67:0,2", "200 2 -1,67:0,2", "200 2 199,67:0,2", "200 2 a:b"} {
		if key, _, err := b.slice("p/table", spec); err == nil {
			t.Errorf("%q gave %q", spec, key)
		}
	}
	for v, want := range map[int64]string{0: "\x80", 63: "\xbf", 64: "\xc0\x40", -1: "\x7f", -64: "\x40", -65: "\x3f\xbf", 8192: "\xe0\x20\x00"} {
		if got := string(appendSigned(nil, v)); got != want {
			t.Errorf("%d is %x, want %x", v, got, want)
		}
	}
}
