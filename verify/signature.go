package verify

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// Signature is what a client of a SavedModel sees: a key, a method name, and named inputs and outputs.
type Signature struct {
	Key, Method     string
	Inputs, Outputs []Param // sorted by name
}

// Param is one input or output of a signature.
type Param struct {
	Name  string
	DType DType
	Shape Shape
	// Tensors are the graph's tensors behind it: one, or indices, values and dense shape of a sparse tensor.
	Tensors []string
	// Default is set when a client need not feed this input.
	Default bool
	// value is the serialised TensorProto of the default.
	value []byte
	// Composite marks a composite tensor (ragged, or a structure), which no tensor of its own stands for.
	Composite bool
}

// Sparse tells whether the parameter is a sparse tensor.
func (p Param) Sparse() bool { return len(p.Tensors) == 3 && !p.Composite }

func readSignature(key string, def *pb.SignatureDef) *Signature {
	s := &Signature{Key: key, Method: def.GetMethodName(), Inputs: readParams(def.GetInputs()), Outputs: readParams(def.GetOutputs())}
	defaults := inputDefaults(def)
	for i := range s.Inputs {
		s.Inputs[i].value, s.Inputs[i].Default = defaults[s.Inputs[i].Name]
	}
	return s
}

// inputDefaults are the default values of inputs: SignatureDef.defaults, field 4, a map from names to TensorProtos that TensorFlow has
// written since 2.13 and that the generated Go message does not know (tensorflow/core/protobuf/meta_graph.proto).
func inputDefaults(def *pb.SignatureDef) map[string][]byte {
	found := map[string][]byte{}
	for b := []byte(def.ProtoReflect().GetUnknown()); len(b) > 0; {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			break
		}
		b = b[n:]
		if num == 4 && typ == protowire.BytesType {
			entry, _ := protowire.ConsumeBytes(b)
			key, value := mapEntry(entry)
			found[key] = value
		}
		n = protowire.ConsumeFieldValue(num, typ, b)
		if n < 0 {
			break
		}
		b = b[n:]
	}
	return found
}

// mapEntry takes the entry of a map apart, of a string to a message.
func mapEntry(b []byte) (key string, value []byte) {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		size := -1
		if n > 0 {
			size = protowire.ConsumeFieldValue(num, typ, b[n:])
		}
		if size < 0 {
			break
		}
		if field, m := protowire.ConsumeBytes(b[n:]); typ == protowire.BytesType && m > 0 {
			switch num {
			case 1:
				key = string(field)
			case 2:
				value = field
			}
		}
		b = b[n+size:]
	}
	return key, value
}

func readParams(infos map[string]*pb.TensorInfo) []Param {
	var params []Param
	for name, info := range infos {
		p := Param{Name: name, DType: base(info.GetDtype()), Shape: shapeOf(info.GetTensorShape())}
		switch e := info.GetEncoding().(type) {
		case *pb.TensorInfo_Name:
			p.Tensors = []string{e.Name}
		case *pb.TensorInfo_CooSparse_:
			p.Tensors = []string{e.CooSparse.GetIndicesTensorName(), e.CooSparse.GetValuesTensorName(), e.CooSparse.GetDenseShapeTensorName()}
		case *pb.TensorInfo_CompositeTensor_:
			p.Composite = true
			for _, c := range e.CompositeTensor.GetComponents() {
				p.Tensors = append(p.Tensors, c.GetName())
			}
		}
		params = append(params, p)
	}
	slices.SortFunc(params, func(a, b Param) int { return strings.Compare(a.Name, b.Name) })
	return params
}

func find(params []Param, name string) *Param {
	for i := range params {
		if params[i].Name == name {
			return &params[i]
		}
	}
	return nil
}

// Change is one difference between what two models declare.
type Change struct {
	Part     string `json:"part"`           // "tag set", "signature", "method name", "input", "output", "asset", "init op", "variables"
	Name     string `json:"name,omitempty"` // of the input, the output, the signature
	Breaking bool   `json:"breaking"`       // a client of the old model notices it
	Text     string `json:"text"`
}

// texts are the sentences of the changes that break clients, or of those that do not.
func texts(changes []Change, breaking bool) []string {
	var all []string
	for _, c := range changes {
		if c.Breaking == breaking {
			all = append(all, c.Text)
		}
	}
	return all
}

// compareSignatures is the static tier.
//
// An input that accepts less than before is a break, one that accepts more is a note. An output whose static shape is less
// known than before is a note, for a migration loses such shapes without changing a value; two shapes that no value fits
// together are a break. An empty method name that became a name is a note: nothing could be served by it.
func compareSignatures(old, new *Signature) (changes []Change) {
	add := func(part, name string, breaking bool, format string, args ...any) {
		changes = append(changes, Change{part, name, breaking, fmt.Sprintf(format, args...)})
	}
	if old.Method != new.Method {
		add("method name", "", old.Method != "", "method name %q became %q", old.Method, new.Method)
	}
	for _, o := range old.Inputs {
		n := find(new.Inputs, o.Name)
		if n == nil {
			add("input", o.Name, true, "input %q is missing; the new signature has %s", o.Name, names(new.Inputs))
			continue
		}
		if text := kindChange("input", o, *n); text != "" {
			add("input", o.Name, true, "%s", text)
			continue
		}
		switch {
		case !n.Shape.accepts(o.Shape):
			add("input", o.Name, true, "input %q accepted shape %v, and now only %v", o.Name, o.Shape, n.Shape)
		case !o.Shape.accepts(n.Shape):
			add("input", o.Name, false, "input %q accepts more: shape %v, was %v", o.Name, n.Shape, o.Shape)
		}
		switch {
		case o.Default && !n.Default:
			add("input", o.Name, true, "input %q has no default value any more", o.Name)
		case n.Default && !o.Default:
			add("input", o.Name, false, "input %q has got a default value", o.Name)
		case o.Default && !sameValue(o.value, n.value):
			add("input", o.Name, true, "input %q has another default value", o.Name)
		}
	}
	for _, n := range new.Inputs {
		if find(old.Inputs, n.Name) == nil {
			if n.Default {
				add("input", n.Name, false, "input %q is new, and has a default value", n.Name)
			} else {
				add("input", n.Name, true, "input %q is new, so old requests do not feed it", n.Name)
			}
		}
	}
	for _, o := range old.Outputs {
		n := find(new.Outputs, o.Name)
		if n == nil {
			add("output", o.Name, true, "output %q is missing; the new signature has %s", o.Name, names(new.Outputs))
			continue
		}
		if text := kindChange("output", o, *n); text != "" {
			add("output", o.Name, true, "%s", text)
			continue
		}
		switch {
		case !o.Shape.compatible(n.Shape):
			add("output", o.Name, true, "output %q has shape %v, was %v", o.Name, n.Shape, o.Shape)
		case !o.Shape.accepts(n.Shape):
			add("output", o.Name, false, "output %q has a static shape less known: %v, was %v", o.Name, n.Shape, o.Shape)
		case !n.Shape.accepts(o.Shape):
			add("output", o.Name, false, "output %q has a static shape better known: %v, was %v", o.Name, n.Shape, o.Shape)
		}
	}
	for _, n := range new.Outputs {
		if find(old.Outputs, n.Name) == nil {
			add("output", n.Name, true, "output %q is new", n.Name)
		}
	}
	return changes
}

// sameValue compares two serialised TensorProtos by their values, and by their bytes where they cannot be read.
func sameValue(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var pa, pb tensor_go_proto.TensorProto
	if proto.Unmarshal(a, &pa) != nil || proto.Unmarshal(b, &pb) != nil {
		return false
	}
	ta, errA := TensorOf(&pa)
	tb, errB := TensorOf(&pb)
	return errA == nil && errB == nil && tensorDigest(ta) == tensorDigest(tb)
}

func kindChange(what string, o, n Param) string {
	switch {
	case o.DType != n.DType:
		return fmt.Sprintf("%s %q has type %s, was %s", what, o.Name, DTypeName(n.DType), DTypeName(o.DType))
	case o.Sparse() != n.Sparse() || o.Composite != n.Composite:
		return fmt.Sprintf("%s %q is %s, was %s", what, o.Name, n.encoding(), o.encoding())
	}
	return ""
}

func (p Param) encoding() string {
	switch {
	case p.Composite:
		return "a composite tensor"
	case p.Sparse():
		return "a sparse tensor"
	}
	return "a dense tensor"
}

func names(params []Param) string {
	if len(params) == 0 {
		return "none"
	}
	var s []string
	for _, p := range params {
		s = append(s, fmt.Sprintf("%q", p.Name))
	}
	return strings.Join(s, ", ")
}
