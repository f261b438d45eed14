package verify

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// FuzzModel reads, looks at and proves whatever a saved_model.pb may hold: it may be refused, and nothing may panic or hang.
func FuzzModel(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(modeltest.Dir(f, "."), "*", "saved_model.pb"))
	if err != nil || len(files) < 10 {
		f.Fatalf("%d models, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	variables := modeltest.Dir(f, "softmax_v2")
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(variables)); err != nil {
			t.Fatal(err)
		}
		modeltest.Write(t, filepath.Join(dir, "saved_model.pb"), data)
		m, err := Read(dir)
		if err != nil {
			return
		}
		if _, err := Summarise(m, nil); err != nil {
			return
		}
		r, err := Compare(context.Background(), m, m, Options{Runtime: fakeRuntime{refuse, refuse}, Samples: 30})
		if err == nil && r.Verdict == Different {
			t.Errorf("a model differs from itself: %+v", r.Signatures)
		}
	})
}

// FuzzTable reads whatever an index may hold.
func FuzzTable(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(modeltest.Dir(f, "."), "*", "variables", "variables.index"))
	if err != nil || len(files) < 5 {
		f.Fatalf("%d indexes, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		prefix := filepath.Join(dir, "variables")
		modeltest.Write(t, prefix+".index", data)
		modeltest.Write(t, prefix+".data-00000-of-00001", make([]byte, 100))
		b, err := OpenBundle(prefix)
		if err != nil {
			return
		}
		for _, key := range b.Keys() {
			if _, err := b.Tensor(key); err == nil && !b.Has(key) {
				t.Errorf("%q is there and is not", key)
			}
		}
	})
}

// FuzzText reads whatever a saved_model.pbtxt may hold.
func FuzzText(f *testing.F) {
	for _, name := range []string{"add_v1", "add_v2", "lookup_v1", "cond_v1"} {
		data, err := os.ReadFile(filepath.Join(modeltest.Dir(f, name), "saved_model.pb"))
		if err != nil {
			f.Fatal(err)
		}
		m := new(pb.SavedModel)
		if err := proto.Unmarshal(data, m); err != nil {
			f.Fatal(err)
		}
		text, err := prototext.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		modeltest.Write(t, filepath.Join(dir, "saved_model.pbtxt"), data)
		m, err := Read(dir)
		if err != nil {
			return
		}
		if _, err := Summarise(m, nil); err != nil {
			return
		}
		r, err := Compare(context.Background(), m, m, Options{Runtime: fakeRuntime{refuse, refuse}, Samples: 30})
		if err == nil && r.Verdict == Different {
			t.Errorf("a model differs from itself: %+v", r.Signatures)
		}
	})
}

// maskCRC is the reverse of unmaskCRC.
func maskCRC(sum uint32) uint32 { return (sum>>15 | sum<<17) + 0xa282ead8 }

// tableOf makes a table of one data block and one index block with right checksums, so that what is fuzzed is what is in them.
func tableOf(data []byte) []byte {
	var file []byte
	block := func(b []byte) handle {
		h := handle{uint64(len(file)), uint64(len(b))}
		file = append(append(file, b...), 0)
		sum := crc32.Checksum(file[h.offset:], castagnoli)
		file = binary.LittleEndian.AppendUint32(file, maskCRC(sum))
		return h
	}
	ref := func(h handle) []byte { return binary.AppendUvarint(binary.AppendUvarint(nil, h.offset), h.size) }
	value := ref(block(data))
	index := append([]byte{0, 1, byte(len(value)), 'z'}, value...)
	h := block(binary.LittleEndian.AppendUint32(append(index, 0, 0, 0, 0), 1))
	footer := append(ref(h), ref(h)...)
	footer = append(footer, make([]byte, tableFooter-8-len(footer))...)
	return binary.LittleEndian.AppendUint64(append(file, footer...), tableMagic)
}

// FuzzBundle reads whatever the one block of an index may hold, and the shard that it describes.
func FuzzBundle(f *testing.F) {
	for _, name := range []string{"softmax_v1", "softmax_v2", "partitioned_v1", "lookup_v2"} {
		prefix := filepath.Join(modeltest.Dir(f, name), "variables", "variables")
		index, err := os.ReadFile(prefix + ".index")
		if err != nil {
			f.Fatal(err)
		}
		shard, err := os.ReadFile(prefix + ".data-00000-of-00001")
		if err != nil {
			f.Fatal(err)
		}
		_, rest, err := blockHandle(index[len(index)-tableFooter:])
		if err != nil {
			f.Fatal(err)
		}
		at, _, err := blockHandle(rest)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(index[:at.offset-tableTrailer], shard)
	}
	f.Fuzz(func(t *testing.T, block, shard []byte) {
		prefix := filepath.Join(t.TempDir(), "variables")
		modeltest.Write(t, prefix+".index", tableOf(block))
		modeltest.Write(t, prefix+".data-00000-of-00001", shard)
		b, err := OpenBundle(prefix)
		if err != nil {
			return
		}
		for _, key := range b.Keys() {
			v, err := b.Tensor(key)
			if err == nil && len(v.Data) > len(shard) {
				t.Errorf("%q has %d bytes of a shard of %d", key, len(v.Data), len(shard))
			}
			b.slice(key, "2 3 0,1:-")
		}
	})
}

// FuzzRequests reads whatever a file of requests may hold: JSON, NumPy's arrays, TFRecords.
func FuzzRequests(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(modeltest.Dir(f, "."), "..", "requests", "*"))
	if err != nil || len(files) == 0 {
		f.Fatalf("%d files of requests, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	sigs := []*Signature{}
	for _, name := range []string{"add_v1", "softmax_v1", "parse_v1", "sparse_v1", "lookup_v1"} {
		m, err := Read(modeltest.Dir(f, name))
		if err != nil {
			f.Fatal(err)
		}
		sigs = append(sigs, m.MetaGraphs[0].Signatures...)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "requests")
		modeltest.Write(t, path, data)
		all, err := ReadRequests(path)
		if err != nil {
			return
		}
		for _, r := range all {
			for _, sig := range sigs {
				s, err := r.sample(sig)
				if err != nil {
					continue
				}
				for name, v := range s.Values {
					if v.Len() != len(v.Strings) && v.Len()*itemSize(v.DType) != len(v.Data) {
						t.Errorf("%s: %v of %d bytes and %d strings", name, v.Dims, len(v.Data), len(v.Strings))
					}
				}
			}
		}
	})
}

// FuzzArray reads whatever one array of an .npz may hold.
func FuzzArray(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(modeltest.Dir(f, "."), "..", "requests", "*.npz"))
	for _, file := range files {
		archive, err := zip.OpenReader(file)
		if err != nil {
			f.Fatal(err)
		}
		defer archive.Close()
		for _, member := range archive.File {
			in, err := member.Open()
			if err != nil {
				f.Fatal(err)
			}
			var b bytes.Buffer
			if _, err := b.ReadFrom(in); err != nil {
				f.Fatal(err)
			}
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := readNPY(data)
		if err == nil && v.Len() != len(v.Strings) && v.Len()*itemSize(v.DType) != len(v.Data) {
			t.Errorf("%v of %d bytes and %d strings", v.Dims, len(v.Data), len(v.Strings))
		}
	})
}

// FuzzRecords reads whatever the warm-up requests of a SavedModel may hold, behind right checksums.
func FuzzRecords(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(modeltest.Dir(f, "."), "*", warmUpFile))
	more, _ := filepath.Glob(filepath.Join(modeltest.Dir(f, "."), "..", "requests", "*"))
	for _, file := range append(files, more...) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if records, err := readRecords(data); err == nil {
			for _, r := range records {
				f.Add(r)
			}
		}
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		var file []byte
		file = binary.LittleEndian.AppendUint64(file, uint64(len(record)))
		file = binary.LittleEndian.AppendUint32(file, maskCRC(crc32.Checksum(file, castagnoli)))
		file = append(file, record...)
		file = binary.LittleEndian.AppendUint32(file, maskCRC(crc32.Checksum(record, castagnoli)))
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "assets.extra"), 0o755); err != nil {
			t.Fatal(err)
		}
		modeltest.Write(t, filepath.Join(dir, warmUpFile), file)
		requests, skipped, err := (&SavedModel{Dir: dir}).warmUp()
		if err == nil && len(requests)+skipped != 1 {
			t.Errorf("%d requests and %d skipped of one record", len(requests), skipped)
		}
	})
}
