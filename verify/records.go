package verify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path/filepath"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// warmUpFile has the requests that TensorFlow Serving sends to a model it has loaded
// (https://www.tensorflow.org/tfx/serving/saved_model_warmup).
var warmUpFile = filepath.Join("assets.extra", "tf_serving_warmup_requests")

// recordHead is the length of a record, eight bytes little-endian, and its masked CRC32C
// (tensorflow/core/lib/io/record_writer.h).
const recordHead = 12

func isRecordFile(data []byte) bool {
	return len(data) >= recordHead+4 && crc32.Checksum(data[:8], castagnoli) == unmaskCRC(binary.LittleEndian.Uint32(data[8:]))
}

// readRecords takes a TFRecord apart, checksums verified.
func readRecords(data []byte) ([][]byte, error) {
	var all [][]byte
	for at := 0; at < len(data); {
		rest := data[at:]
		if !isRecordFile(rest) {
			return nil, fmt.Errorf("truncated or corrupt at byte %d", at)
		}
		n := binary.LittleEndian.Uint64(rest)
		if n > uint64(len(rest)-recordHead-4) {
			return nil, fmt.Errorf("truncated or corrupt at byte %d", at)
		}
		record, sum := rest[recordHead:recordHead+n], rest[recordHead+n:]
		if crc32.Checksum(record, castagnoli) != unmaskCRC(binary.LittleEndian.Uint32(sum)) {
			return nil, fmt.Errorf("the record at byte %d has a wrong checksum", at)
		}
		all = append(all, record)
		at += recordHead + int(n) + 4
	}
	return all, nil
}

// exampleRequests makes a request of every record.
func exampleRequests(data []byte) ([]Request, error) {
	records, err := readRecords(data)
	if err != nil {
		return nil, err
	}
	var all []Request
	for _, r := range records {
		all = append(all, Request{values: map[string]any{"": &Tensor{DType: types.DataType_DT_STRING, Dims: []int64{1}, Strings: []string{string(r)}}}})
	}
	return all, nil
}

// warmUp reads the warm-up requests of a SavedModel, none where it has none. skipped counts those of kinds that are not known here.
func (m *SavedModel) warmUp() (all []Request, skipped int, err error) {
	path := filepath.Join(m.Dir, warmUpFile)
	data, err := readLimited(path, maxRequestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	records, err := readRecords(data)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	for i, record := range records[:min(len(records), maxRequests)] {
		r, err := predictionLog(record)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: record %d: %w", path, i+1, err)
		}
		if r == nil {
			skipped++
			continue
		}
		r.Note = fmt.Sprintf("warm-up request %d", i+1)
		all = append(all, *r)
	}
	return all, skipped + max(0, len(records)-maxRequests), nil
}

// field is one field of a protobuf message that has no generated code here.
type field struct {
	number protowire.Number
	bytes  []byte // of a string, bytes or message; nil for other types
}

func fieldsOf(b []byte) ([]field, error) {
	var all []field
	for len(b) > 0 {
		number, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		b = b[n:]
		f := field{number: number}
		n = protowire.ConsumeFieldValue(number, typ, b)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		if typ == protowire.BytesType {
			f.bytes, _ = protowire.ConsumeBytes(b)
		}
		all = append(all, f)
		b = b[n:]
	}
	return all, nil
}

// sub finds the last message with a number, nil when there is none.
func sub(fields []field, number protowire.Number) []byte {
	var found []byte
	for _, f := range fields {
		if f.number == number {
			found = f.bytes
		}
	}
	return found
}

// predictionLog reads a PredictionLog (tensorflow_serving/apis/prediction_log.proto); nil for the kinds that ask for no single
// signature.
func predictionLog(b []byte) (*Request, error) {
	log, err := fieldsOf(b)
	if err != nil {
		return nil, err
	}
	const classify, regress, predict = 2, 3, 6
	for _, kind := range []protowire.Number{classify, regress, predict} {
		if sub(log, kind) == nil {
			continue
		}
		entry, err := fieldsOf(sub(log, kind))
		if err != nil {
			return nil, err
		}
		request, err := fieldsOf(sub(entry, 1))
		if err != nil {
			return nil, err
		}
		spec, err := fieldsOf(sub(request, 1)) // ModelSpec of model.proto
		if err != nil {
			return nil, err
		}
		r := &Request{Signature: "serving_default", values: map[string]any{}}
		if key := sub(spec, 3); len(key) > 0 {
			r.Signature = string(key)
		}
		if kind == predict {
			return r, r.predictInputs(request)
		}
		return r.exampleList(sub(request, 2))
	}
	return nil, nil
}

// predictInputs reads the inputs of a PredictRequest (predict.proto): a map of TensorProtos, field 2.
func (r *Request) predictInputs(request []field) error {
	for _, f := range request {
		if f.number != 2 {
			continue
		}
		entry, err := fieldsOf(f.bytes)
		if err != nil {
			return err
		}
		p := new(tensor_go_proto.TensorProto)
		if err := proto.Unmarshal(sub(entry, 2), p); err != nil {
			return err
		}
		t, err := TensorOf(p)
		if err != nil {
			return err
		}
		r.values[string(sub(entry, 1))] = t
	}
	return nil
}

// exampleList reads the Input of a classification or regression request (input.proto): a list of tf.Examples, field 1. Those with a
// common context, field 2, are left out.
func (r *Request) exampleList(input []byte) (*Request, error) {
	fields, err := fieldsOf(input)
	if err != nil {
		return nil, err
	}
	list, err := fieldsOf(sub(fields, 1))
	if err != nil || sub(fields, 2) != nil {
		return nil, err
	}
	t := &Tensor{DType: types.DataType_DT_STRING}
	for _, f := range list {
		t.Strings = append(t.Strings, string(bytes.Clone(f.bytes)))
	}
	t.Dims = []int64{int64(len(t.Strings))}
	r.values[""] = t
	return r, nil
}
