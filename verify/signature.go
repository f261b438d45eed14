package verify

import (
	"fmt"
	"slices"
	"strings"

	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/protowire"
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
	// Composite marks a composite tensor (ragged, or a structure), which no tensor of its own stands for.
	Composite bool
}

// Sparse tells whether the parameter is a sparse tensor.
func (p Param) Sparse() bool { return len(p.Tensors) == 3 && !p.Composite }

func readSignature(key string, def *pb.SignatureDef) *Signature {
	s := &Signature{Key: key, Method: def.GetMethodName(), Inputs: readParams(def.GetInputs()), Outputs: readParams(def.GetOutputs())}
	defaults := inputDefaults(def)
	for i := range s.Inputs {
		s.Inputs[i].Default = defaults[s.Inputs[i].Name]
	}
	return s
}

// inputDefaults are the inputs with a default value: SignatureDef.defaults, field 4, a map that TensorFlow has written since
// 2.13 and that the generated Go message does not know (tensorflow/core/protobuf/meta_graph.proto).
func inputDefaults(def *pb.SignatureDef) map[string]bool {
	found := map[string]bool{}
	for b := []byte(def.ProtoReflect().GetUnknown()); len(b) > 0; {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			break
		}
		b = b[n:]
		if num == 4 && typ == protowire.BytesType {
			entry, _ := protowire.ConsumeBytes(b)
			if num, typ, n := protowire.ConsumeTag(entry); n > 0 && num == 1 && typ == protowire.BytesType {
				key, _ := protowire.ConsumeString(entry[n:])
				found[key] = true
			}
		}
		n = protowire.ConsumeFieldValue(num, typ, b)
		if n < 0 {
			break
		}
		b = b[n:]
	}
	return found
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

// compareSignatures is the static tier: breaks are what a client of old would notice, notes are what it would not.
//
// An input that accepts less than before is a break, one that accepts more is a note. An output whose static shape is less
// known than before is a note, for a migration loses such shapes without changing a value; two shapes that no value fits
// together are a break. An empty method name that became a name is a note: nothing could be served by it.
func compareSignatures(old, new *Signature) (breaks, notes []string) {
	if old.Method != new.Method {
		text := fmt.Sprintf("method name %q became %q", old.Method, new.Method)
		if old.Method == "" {
			notes = append(notes, text)
		} else {
			breaks = append(breaks, text)
		}
	}
	for _, o := range old.Inputs {
		n := find(new.Inputs, o.Name)
		if n == nil {
			breaks = append(breaks, fmt.Sprintf("input %q is missing; the new signature has %s", o.Name, names(new.Inputs)))
			continue
		}
		if b := kindChange("input", o, *n); b != "" {
			breaks = append(breaks, b)
			continue
		}
		switch {
		case !n.Shape.accepts(o.Shape):
			breaks = append(breaks, fmt.Sprintf("input %q accepted shape %v, and now only %v", o.Name, o.Shape, n.Shape))
		case !o.Shape.accepts(n.Shape):
			notes = append(notes, fmt.Sprintf("input %q accepts more: shape %v, was %v", o.Name, n.Shape, o.Shape))
		}
		if o.Default && !n.Default {
			breaks = append(breaks, fmt.Sprintf("input %q has no default value any more", o.Name))
		}
	}
	for _, n := range new.Inputs {
		if find(old.Inputs, n.Name) == nil {
			if n.Default {
				notes = append(notes, fmt.Sprintf("input %q is new, and has a default value", n.Name))
			} else {
				breaks = append(breaks, fmt.Sprintf("input %q is new, so old requests do not feed it", n.Name))
			}
		}
	}
	for _, o := range old.Outputs {
		n := find(new.Outputs, o.Name)
		if n == nil {
			breaks = append(breaks, fmt.Sprintf("output %q is missing; the new signature has %s", o.Name, names(new.Outputs)))
			continue
		}
		if b := kindChange("output", o, *n); b != "" {
			breaks = append(breaks, b)
			continue
		}
		switch {
		case !o.Shape.compatible(n.Shape):
			breaks = append(breaks, fmt.Sprintf("output %q has shape %v, was %v", o.Name, n.Shape, o.Shape))
		case !o.Shape.accepts(n.Shape):
			notes = append(notes, fmt.Sprintf("output %q has a static shape less known: %v, was %v", o.Name, n.Shape, o.Shape))
		case !n.Shape.accepts(o.Shape):
			notes = append(notes, fmt.Sprintf("output %q has a static shape better known: %v, was %v", o.Name, n.Shape, o.Shape))
		}
	}
	for _, n := range new.Outputs {
		if find(old.Outputs, n.Name) == nil {
			breaks = append(breaks, fmt.Sprintf("output %q is new", n.Name))
		}
	}
	return breaks, notes
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
