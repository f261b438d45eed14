package verify

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

const madeSmaller = ", made smaller"

const (
	maxShrinks  = 200              // smaller inputs that are tried
	shrinkTime  = 10 * time.Second // and how long that may take
	maxSimplify = 64               // elements of one input that are simplified one by one
)

// shrink makes a sample on which the models differ smaller for as long as they still do: differs runs it.
func shrink(ctx context.Context, sig *Signature, s Sample, differs func(Sample) bool) Sample {
	end := time.Now().Add(shrinkTime)
	tries := 0
	try := func(smaller Sample) bool {
		if tries++; tries > maxShrinks || time.Now().After(end) || ctx.Err() != nil || !differs(smaller) {
			return false
		}
		if !strings.HasSuffix(s.Note, madeSmaller) {
			smaller.Note += madeSmaller
		}
		s = smaller
		return true
	}
	for _, n := range []int64{1, 2} {
		for row := int64(0); row < batchOf(sig, s); row++ {
			if smaller, ok := s.rows(sig, row, n); ok && try(smaller) {
				break
			}
		}
	}
	for _, in := range sig.Inputs {
		v := s.Values[in.Name]
		if v == nil {
			continue
		}
		plain := &Tensor{DType: v.DType, Dims: v.Dims, Data: make([]byte, len(v.Data)), Strings: make([]string, len(v.Strings))}
		if try(s.with(in.Name, plain)) {
			continue
		}
		for i := range min(v.Len(), maxSimplify) {
			for _, simple := range simpler(v, i) {
				if try(s.with(in.Name, s.Values[in.Name].set(i, simple))) {
					break
				}
			}
		}
	}
	return s
}

// batchOf is the common size of the first dimension of all inputs that are open there; 0 when they have none.
func batchOf(sig *Signature, s Sample) int64 {
	size := int64(-1)
	for _, in := range sig.Inputs {
		v := s.Values[in.Name]
		switch {
		case in.Sparse():
			return 0
		case v == nil || in.Shape.Known && (len(in.Shape.Dims) == 0 || in.Shape.Dims[0] >= 0):
		case len(v.Dims) == 0 || size >= 0 && v.Dims[0] != size:
			return 0
		default:
			size = v.Dims[0]
		}
	}
	return max(size, 0)
}

// rows is the sample with n rows of its batch, from row on; ok is false when that is no smaller.
func (s Sample) rows(sig *Signature, row, n int64) (Sample, bool) {
	size := batchOf(sig, s)
	if row+n > size || n >= size {
		return s, false
	}
	smaller := Sample{Note: s.Note, Values: map[string]*Tensor{}}
	for _, in := range sig.Inputs {
		v := s.Values[in.Name]
		if v == nil {
			continue
		}
		if !in.Shape.Known || len(in.Shape.Dims) > 0 && in.Shape.Dims[0] < 0 {
			cut := &Tensor{DType: v.DType, Dims: append([]int64{n}, v.Dims[1:]...)}
			if v.DType == types.DataType_DT_STRING {
				each := int64(len(v.Strings)) / size
				cut.Strings = v.Strings[row*each : (row+n)*each]
			} else {
				each := int64(len(v.Data)) / size
				cut.Data = v.Data[row*each : (row+n)*each]
			}
			v = cut
		}
		smaller.Values[in.Name] = v
	}
	return smaller, true
}

// with is the sample with another value for one input.
func (s Sample) with(name string, v *Tensor) Sample {
	values := map[string]*Tensor{}
	for k, old := range s.Values {
		values[k] = old
	}
	values[name] = v
	return Sample{Note: s.Note, Values: values}
}

// set is the tensor with another element: a one-element tensor of its type.
func (t *Tensor) set(i int, one *Tensor) *Tensor {
	c := &Tensor{DType: t.DType, Dims: t.Dims, Data: bytes.Clone(t.Data), Strings: slices.Clone(t.Strings)}
	if t.DType == types.DataType_DT_STRING {
		c.Strings[i] = one.Strings[0]
	} else {
		copy(c.Data[i*len(one.Data):], one.Data)
	}
	return c
}

// simpler are the values to try in place of an element, the simplest first.
func simpler(t *Tensor, i int) []*Tensor {
	if t.DType == types.DataType_DT_STRING {
		if t.Strings[i] == "" {
			return nil
		}
		return []*Tensor{{DType: t.DType, Strings: []string{""}}}
	}
	var all []*Tensor
	add := func(f float64) {
		one := &Tensor{DType: t.DType, Data: appendNumber(nil, t.DType, f, int64(f))}
		if all = append(all, one); t.Element(i) == one.Element(0) {
			all = nil
		}
	}
	if v, ok := t.float(i); ok && !math.IsNaN(v) && !math.IsInf(v, 0) && v != math.Trunc(v) && math.Abs(v) < 1<<20 {
		add(math.Round(v*10) / 10)
		add(math.Round(v))
	}
	if t.DType != types.DataType_DT_BOOL {
		add(1)
	}
	add(0)
	slices.Reverse(all)
	return all
}

// WriteJSON writes the counterexample as a request that ReadRequests reads. An error means that JSON has no such value.
func (c *Counterexample) WriteJSON(w io.Writer) error {
	request := map[string]any{"signature_name": c.signature}
	inputs := map[string]any{}
	for name, t := range c.values {
		v, err := t.jsonValue()
		if err != nil {
			return fmt.Errorf("input %q: %w", name, err)
		}
		inputs[name] = v
	}
	request["inputs"] = inputs
	b, err := json.Marshal(request)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// jsonValue is the tensor as nested lists, with every digit.
func (t *Tensor) jsonValue() (any, error) {
	if t.DType == types.DataType_DT_COMPLEX64 || t.DType == types.DataType_DT_COMPLEX128 {
		return nil, fmt.Errorf("JSON has no %s", DTypeName(t.DType))
	}
	var flat []any
	for i := range t.Len() {
		flat = append(flat, t.jsonElement(i))
	}
	if t.Len() == 0 {
		return map[string]any{"shape": t.Dims, "values": []any{}}, nil
	}
	for d := len(t.Dims) - 1; d >= 0; d-- {
		var rows []any
		for row := range slices.Chunk(flat, int(t.Dims[d])) {
			rows = append(rows, row)
		}
		flat = rows
	}
	return flat[0], nil
}

func (t *Tensor) jsonElement(i int) any {
	if t.DType == types.DataType_DT_STRING {
		if s := t.Strings[i]; utf8.ValidString(s) {
			return s
		}
		return map[string]any{"b64": base64.StdEncoding.EncodeToString([]byte(t.Strings[i]))}
	}
	text := t.Element(i)
	if v, ok := t.float(i); ok {
		switch {
		case math.IsNaN(v):
			return "NaN"
		case math.IsInf(v, 1):
			return "Infinity"
		case math.IsInf(v, -1):
			return "-Infinity"
		}
	}
	return json.RawMessage(text)
}
