package verify

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// Request is an input that was not made up: out of a user's file, or a warm-up request of the SavedModel.
type Request struct {
	Note      string // where it comes from: "requests.json, request 2"
	Signature string // the key it is meant for; "" for every signature that it fits

	values map[string]any // by input, or by "" for the only one: a *Tensor, or what JSON has, which gets its type from the signature
}

const (
	maxRequests    = 1000
	maxRequestFile = 1 << 30
)

// ReadRequests reads a file of requests: JSON, an .npz of NumPy, or a TFRecord of tf.Examples. Errors name the file.
//
// JSON is one request or an array of requests, or several of these one after the other. A request is an object that maps inputs to nested
// lists, or one of the two forms of TensorFlow Serving's REST API, {"inputs": ...} and {"instances": [...]}, with "signature_name" or
// without (https://www.tensorflow.org/tfx/serving/api_rest). Bytes are {"b64": "..."}; NaN and the infinities are strings; a tensor without
// elements may be given as {"shape": [0, 3], "values": []}.
// An .npz is one request, with an array for each input. A TFRecord has a request in every record, for a signature whose only input takes
// serialized tf.Examples.
func ReadRequests(path string) ([]Request, error) {
	data, err := readLimited(path, maxRequestFile)
	if err != nil {
		return nil, err
	}
	var all []Request
	switch first := bytes.TrimLeft(data, " \t\r\n"); {
	case isRecordFile(data):
		all, err = exampleRequests(data)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		all, err = npzRequests(data)
	case len(first) > 0 && (first[0] == '{' || first[0] == '['):
		all, err = jsonRequests(data)
	default:
		err = errors.New("neither JSON, nor an .npz, nor a TFRecord")
	}
	if err == nil && len(all) == 0 {
		err = errors.New("holds no request")
	}
	if err == nil && len(all) > maxRequests {
		err = fmt.Errorf("holds %d requests; %d are the most", len(all), maxRequests)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i := range all {
		all[i].Note = filepath.Base(path)
		if len(all) > 1 {
			all[i].Note = fmt.Sprintf("%s, request %d", filepath.Base(path), i+1)
		}
	}
	return all, nil
}

// sample gives the request's values the types of a signature's inputs. An error tells why it does not fit.
func (r *Request) sample(sig *Signature) (Sample, error) {
	s := Sample{Note: r.Note, Values: map[string]*Tensor{}}
	if r.Signature != "" && r.Signature != sig.Key {
		return s, fmt.Errorf("it is for signature %q", r.Signature)
	}
	used := 0
	for _, in := range sig.Inputs {
		parts := map[string]DType{in.Name: in.DType}
		if in.Sparse() {
			parts = map[string]DType{in.Name + "/0": types.DataType_DT_INT64, in.Name + "/1": in.DType, in.Name + "/2": types.DataType_DT_INT64}
		}
		for name, dtype := range parts {
			v, ok := r.values[name]
			if only, unnamed := r.values[""]; !ok && unnamed && len(sig.Inputs) == 1 && len(parts) == 1 {
				v, ok = only, true
			}
			if !ok && in.Default {
				continue
			}
			if !ok {
				return s, fmt.Errorf("it has no input %q", name)
			}
			t, err := typed(v, dtype)
			if err != nil {
				return s, fmt.Errorf("input %q: %w", name, err)
			}
			if in.Shape.Known && len(in.Shape.Dims) == 0 && len(t.Dims) == 1 && t.Len() == 1 && r.values[""] != nil {
				t = &Tensor{DType: t.DType, Data: t.Data, Strings: t.Strings} // one tf.Example for a signature that takes one
			}
			if shape := (Shape{Known: true, Dims: t.Dims}); !in.Sparse() && !in.Shape.accepts(shape) {
				return s, fmt.Errorf("input %q: shape %v where the signature has %v", name, shape, in.Shape)
			}
			s.Values[name] = t
			used++
		}
	}
	if used < len(r.values) {
		for _, name := range sortedKeys(r.values) {
			if s.Values[name] == nil {
				return s, fmt.Errorf("signature %q has no input %q", sig.Key, name)
			}
		}
	}
	return s, nil
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// typed makes a tensor of type d of a request's value.
func typed(v any, d DType) (*Tensor, error) {
	if t, ok := v.(*Tensor); ok {
		if t.DType != d {
			return nil, fmt.Errorf("type %s where the signature has %s", DTypeName(t.DType), DTypeName(d))
		}
		return t, nil
	}
	t := &Tensor{DType: d, Dims: []int64{}}
	if o, ok := v.(map[string]any); ok && len(o) == 2 && o["shape"] != nil && o["values"] != nil {
		dims, err := typed(o["shape"], types.DataType_DT_INT64)
		if err != nil {
			return nil, fmt.Errorf("shape: %w", err)
		}
		for i := range dims.Len() {
			n, _ := strconv.ParseInt(dims.Element(i), 10, 64)
			t.Dims = append(t.Dims, n)
		}
		flat, ok := o["values"].([]any)
		if n, fits := elements(t.Dims); !ok || !fits || int(n) != len(flat) {
			return nil, fmt.Errorf("shape %v does not fit its values", t.Dims)
		}
		for _, e := range flat {
			if err := t.append(e); err != nil {
				return nil, err
			}
		}
		return t, nil
	}
	for at := v; ; {
		list, ok := at.([]any)
		if !ok {
			break
		}
		t.Dims = append(t.Dims, int64(len(list)))
		if len(list) == 0 {
			break
		}
		at = list[0]
	}
	return t, t.fill(v, t.Dims)
}

// fill appends the elements of nested lists.
func (t *Tensor) fill(v any, dims []int64) error {
	list, ok := v.([]any)
	if len(dims) == 0 {
		if ok {
			return errors.New("the lists are not equally deep")
		}
		return t.append(v)
	}
	if !ok || int64(len(list)) != dims[0] {
		return errors.New("the lists are not equally long")
	}
	for _, e := range list {
		if err := t.fill(e, dims[1:]); err != nil {
			return err
		}
	}
	return nil
}

// append appends one element out of JSON.
func (t *Tensor) append(v any) error {
	bad := func() error {
		b, _ := json.Marshal(v)
		return fmt.Errorf("%s is no %s", oneLine(string(b)), DTypeName(t.DType))
	}
	switch {
	case t.DType == types.DataType_DT_STRING:
		switch v := v.(type) {
		case string:
			t.Strings = append(t.Strings, v)
			return nil
		case map[string]any:
			if s, ok := v["b64"].(string); ok && len(v) == 1 {
				b, err := base64.StdEncoding.DecodeString(s)
				t.Strings = append(t.Strings, string(b))
				return err
			}
		}
		return bad()
	case t.DType == types.DataType_DT_BOOL:
		b, ok := v.(bool)
		if !ok {
			return bad()
		}
		t.Data = append(t.Data, boolByte(b))
		return nil
	case t.DType == types.DataType_DT_COMPLEX64 || t.DType == types.DataType_DT_COMPLEX128:
		return fmt.Errorf("JSON has no %s", DTypeName(t.DType))
	case isFloat(t.DType):
		text, ok := v.(json.Number)
		if s, isString := v.(string); isString && slices.Contains([]string{"NaN", "Infinity", "-Infinity", "+Inf", "-Inf"}, s) {
			text, ok = json.Number(s), true
		}
		bits := 32
		if t.DType == types.DataType_DT_DOUBLE {
			bits = 64
		}
		f, err := strconv.ParseFloat(string(text), bits)
		if !ok || err != nil {
			return bad()
		}
		t.Data = appendNumber(t.Data, t.DType, f, 0)
		return nil
	}
	n, ok := v.(json.Number)
	if !ok {
		return bad()
	}
	low, high := intRange(t.DType)
	i, err := strconv.ParseInt(string(n), 10, 64)
	if u, uerr := strconv.ParseUint(string(n), 10, 64); t.DType == types.DataType_DT_UINT64 && uerr == nil {
		i, low, err = int64(u), math.MinInt64, nil
	}
	if err != nil || i < low || i > high {
		return bad()
	}
	t.Data = appendNumber(t.Data, t.DType, 0, i)
	return nil
}

func jsonRequests(data []byte) ([]Request, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var all []Request
	for {
		var v any
		if err := d.Decode(&v); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, v := range list {
			o, ok := v.(map[string]any)
			if !ok {
				return nil, errors.New("a request is an object that maps the names of inputs to values")
			}
			r, err := jsonRequest(o)
			if err != nil {
				return nil, err
			}
			all = append(all, r)
		}
	}
}

// jsonRequest reads one request in any of the three forms.
func jsonRequest(o map[string]any) (Request, error) {
	r := Request{values: o}
	for name := range o {
		if !slices.Contains([]string{"inputs", "instances", "signature_name"}, name) {
			return r, nil
		}
	}
	if len(o) == 0 {
		return r, nil
	}
	r.Signature, _ = o["signature_name"].(string)
	if inputs, ok := o["inputs"]; ok {
		r.values = map[string]any{"": inputs}
		if columns, ok := inputs.(map[string]any); ok && columns["b64"] == nil {
			r.values = columns
		}
		return r, nil
	}
	rows, ok := o["instances"].([]any)
	if !ok || len(rows) == 0 {
		return r, errors.New(`a request has neither "inputs" nor "instances"`)
	}
	if first, ok := rows[0].(map[string]any); !ok || first["b64"] != nil {
		r.values = map[string]any{"": rows}
		return r, nil
	}
	r.values = map[string]any{}
	for _, row := range rows {
		o, ok := row.(map[string]any)
		if !ok {
			return r, errors.New("instances are not all alike")
		}
		for name, v := range o {
			column, _ := r.values[name].([]any)
			r.values[name] = append(column, v)
		}
	}
	for name, column := range r.values {
		if len(column.([]any)) != len(rows) {
			return r, fmt.Errorf("not every instance has %q", name)
		}
	}
	return r, nil
}
