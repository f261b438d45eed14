//go:build tensorflow

package tfrt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"

	tf "github.com/galeone/tensorflow/tensorflow/go"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/graph_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/node_def_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/verify"
)

// converter makes TensorFlow's tensors of TensorProtos. What the binding cannot make of bytes (see readable) TensorFlow makes itself,
// with its op ParseTensor in a graph of its own. TensorFlow 1 lays strings out in another way than the binding knows, so there it is a
// constant that is made and fetched, and strings are taken apart here.
type converter struct {
	graph      *tf.Graph
	session    *tf.Session
	serialized tf.Output // the placeholder of the serialized TensorProto
	parsed     map[types.DataType]tf.Output
	old        bool // TensorFlow 1
	constants  int
}

func newConverter(options *tf.SessionOptions) (*converter, error) {
	c := &converter{graph: tf.NewGraph(), parsed: map[types.DataType]tf.Output{}, old: strings.HasPrefix(tf.Version(), "1.")}
	op, err := c.graph.AddOperation(tf.OpSpec{Type: "Placeholder", Attrs: map[string]any{"dtype": tf.String, "shape": tf.ScalarShape()}})
	if err != nil {
		return nil, err
	}
	c.serialized = op.Output(0)
	c.session, err = tf.NewSession(c.graph, options)
	return c, err
}

// readable are the types that the binding's ReadTensor takes. It lists Half, Bfloat16 and the quantized types too, but its table of Go
// types lacks them, and it panics; of strings and the other unsigned integers it knows that it does not take them.
var readable = []tf.DataType{tf.Float, tf.Double, tf.Int8, tf.Int16, tf.Int32, tf.Int64, tf.Uint8, tf.Uint16, tf.Bool, tf.Complex64, tf.Complex128}

// tensor makes a tensor. A string, and so the proto of any type that is parsed, stays allocated until the process ends: TF_AllocateTensor
// frees the array of strings and not what they point to.
func (c *converter) tensor(p *tensor_go_proto.TensorProto) (*tf.Tensor, error) {
	v, err := verify.TensorOf(p)
	if err != nil {
		return nil, err
	}
	dtype := tf.DataType(v.DType)
	if slices.Contains(readable, dtype) {
		return tf.ReadTensor(dtype, v.Dims, bytes.NewReader(v.Data))
	}
	if c.old {
		return c.constant(v)
	}
	parsed, ok := c.parsed[v.DType]
	if !ok {
		op, err := c.graph.AddOperation(tf.OpSpec{Type: "ParseTensor", Name: fmt.Sprintf("parse_%d", v.DType), Input: []tf.Input{c.serialized},
			Attrs: map[string]any{"out_type": dtype}})
		if err != nil {
			return nil, err
		}
		parsed = op.Output(0)
		c.parsed[v.DType] = parsed
	}
	b, err := proto.Marshal(p)
	if err != nil {
		return nil, err
	}
	serialized, err := tf.NewTensor(string(b))
	if err != nil {
		return nil, err
	}
	out, err := c.session.Run(map[tf.Output]*tf.Tensor{c.serialized: serialized}, []tf.Output{parsed}, nil)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// constant makes a tensor by fetching a constant.
func (c *converter) constant(v *verify.Tensor) (*tf.Tensor, error) {
	c.constants++
	name := fmt.Sprintf("constant_%d", c.constants)
	b, err := proto.Marshal(&graph_go_proto.GraphDef{Node: []*node_def_go_proto.NodeDef{{Name: name, Op: "Const", Attr: map[string]*attr_value_go_proto.AttrValue{
		"dtype": {Value: &attr_value_go_proto.AttrValue_Type{Type: v.DType}},
		"value": {Value: &attr_value_go_proto.AttrValue_Tensor{Tensor: v.Proto()}},
	}}}})
	if err != nil {
		return nil, err
	}
	if err := c.graph.Import(b, ""); err != nil {
		return nil, err
	}
	out, err := c.session.Run(nil, []tf.Output{c.graph.Operation(name).Output(0)}, nil)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// oldStrings takes apart the strings of TensorFlow 1: an offset for each, eight bytes, and from there its length as a varint and its bytes
// (tensorflow/c/tf_tensor.h of 1.15).
func oldStrings(data []byte, n int) ([]string, error) {
	bad := errors.New("TensorFlow's answer is no string tensor")
	if n > len(data)/8 {
		return nil, bad
	}
	all := make([]string, n)
	for i := range all {
		rest := data[8*n:]
		at := binary.LittleEndian.Uint64(data[8*i:])
		if at > uint64(len(rest)) {
			return nil, bad
		}
		size, k := binary.Uvarint(rest[at:])
		if k <= 0 || size > uint64(len(rest))-at-uint64(k) {
			return nil, bad
		}
		all[i] = string(rest[at+uint64(k):][:size])
	}
	return all, nil
}

// proto copies a tensor of TensorFlow's.
func (c *converter) proto(t *tf.Tensor) (*tensor_go_proto.TensorProto, error) {
	v := &verify.Tensor{DType: types.DataType(t.DataType()), Dims: t.Shape()}
	switch v.DType {
	case types.DataType_DT_RESOURCE, types.DataType_DT_VARIANT:
		return nil, fmt.Errorf("a %s has no value to compare", verify.DTypeName(v.DType))
	case types.DataType_DT_STRING:
		if v.Len() > 0 && c.old {
			var err error
			v.Strings, err = oldStrings(t.TensorData(), v.Len())
			runtime.KeepAlive(t)
			if err != nil {
				return nil, err
			}
		} else if v.Len() > 0 {
			v.Strings = appendStrings(nil, reflect.ValueOf(t.Value()))
		}
	default:
		v.Data = bytes.Clone(t.TensorData())
		runtime.KeepAlive(t) // its finalizer frees the data
	}
	return v.Proto(), nil
}

// appendStrings flattens the nested slices of a string tensor's value.
func appendStrings(all []string, v reflect.Value) []string {
	if v.Kind() == reflect.String {
		return append(all, v.String())
	}
	for i := range v.Len() {
		all = appendStrings(all, v.Index(i))
	}
	return all
}
