//go:build tensorflow

package tfrt

import (
	"bytes"
	"fmt"
	"reflect"
	"runtime"
	"slices"

	tf "github.com/galeone/tensorflow/tensorflow/go"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/verify"
)

// converter makes TensorFlow's tensors of TensorProtos. What the binding cannot make of bytes (see readable) TensorFlow makes itself,
// with its op ParseTensor in a graph of its own.
type converter struct {
	graph   *tf.Graph
	session *tf.Session
	proto   tf.Output // the placeholder of the serialized TensorProto
	parsed  map[types.DataType]tf.Output
}

func newConverter(options *tf.SessionOptions) (*converter, error) {
	c := &converter{graph: tf.NewGraph(), parsed: map[types.DataType]tf.Output{}}
	op, err := c.graph.AddOperation(tf.OpSpec{Type: "Placeholder", Attrs: map[string]any{"dtype": tf.String, "shape": tf.ScalarShape()}})
	if err != nil {
		return nil, err
	}
	c.proto = op.Output(0)
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
	parsed, ok := c.parsed[v.DType]
	if !ok {
		op, err := c.graph.AddOperation(tf.OpSpec{Type: "ParseTensor", Name: fmt.Sprintf("parse_%d", v.DType), Input: []tf.Input{c.proto},
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
	out, err := c.session.Run(map[tf.Output]*tf.Tensor{c.proto: serialized}, []tf.Output{parsed}, nil)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// protoOf copies a tensor of TensorFlow's.
func protoOf(t *tf.Tensor) (*tensor_go_proto.TensorProto, error) {
	v := &verify.Tensor{DType: types.DataType(t.DataType()), Dims: t.Shape()}
	switch v.DType {
	case types.DataType_DT_RESOURCE, types.DataType_DT_VARIANT:
		return nil, fmt.Errorf("a %s has no value to compare", verify.DTypeName(v.DType))
	case types.DataType_DT_STRING:
		if v.Len() > 0 {
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
