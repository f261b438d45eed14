package verify

import (
	"fmt"
	"slices"
	"strings"
)

// Picture is the graph of a signature as people look at it: calls inlined, what the outputs need and nothing else, without the ops that pass
// a value on, and a variable in place of its reading.
type Picture struct {
	Title string
	Nodes []PictureNode
	Edges []PictureEdge
}

// PictureNode is one op, or an input or output of the signature.
type PictureNode struct {
	Kind   PictureKind
	Label  string // the op, or the name of what it stands for
	Detail string // type and shape, a constant's value, or the functions of a branch
	Name   string // where the op stands in the graph
}

// PictureKind says what a node stands for.
type PictureKind string

// The kinds of nodes.
const (
	PictureInput    PictureKind = "input"
	PictureOutput   PictureKind = "output"
	PictureConstant PictureKind = "constant"
	PictureVariable PictureKind = "variable"
	PictureTable    PictureKind = "table"
	PictureOp       PictureKind = "op"
)

// PictureEdge leads from the node that makes a value to one that takes it. Nodes are numbered from 0.
type PictureEdge struct {
	From, To int
	Control  bool // no value: To only waits for From
}

// Draw makes the picture of one signature.
func (g *MetaGraph) Draw(s *Signature) (*Picture, error) {
	f, err := newProgram(g).flatten(s)
	if err != nil {
		return nil, fmt.Errorf("signature %q: %w", s.Key, err)
	}
	d := &drawing{sig: s, picture: &Picture{Title: fmt.Sprintf("%s (%s)", s.Key, tagSet(g.Tags))}, nodes: map[*op]int{}, edges: map[PictureEdge]bool{}}
	for _, in := range s.Inputs { // in order, and also those that no output needs
		for i := range in.Tensors {
			key := in.Name
			if len(in.Tensors) > 1 {
				key = fmt.Sprintf("%s/%d", in.Name, i)
			}
			d.node(f.feeds[key])
		}
	}
	for _, out := range s.Outputs {
		n := d.add(PictureNode{Kind: PictureOutput, Label: out.Name, Detail: paramDetail(out)})
		for _, v := range f.outputs[out.Name] {
			d.edge(d.node(source(v)), n, false)
		}
	}
	for len(d.work) > 0 {
		o := d.work[0]
		d.work = d.work[1:]
		to := d.nodes[o]
		for _, v := range o.in {
			d.edge(d.node(source(v)), to, false)
		}
		for _, c := range o.ctrl {
			if !slices.Contains(unseen, c.kind) {
				d.edge(d.node(source(value{c, 0})), to, true)
			}
		}
	}
	return d.picture, nil
}

type drawing struct {
	sig     *Signature
	picture *Picture
	nodes   map[*op]int
	edges   map[PictureEdge]bool
	work    []*op
}

// unseen are the ops that are not worth waiting for in a picture.
var unseen = []string{"NoOp", "Const", kindFeed}

// source follows a value through the ops that pass it on, and through the reading of a variable.
func source(v value) *op {
	for range maxOps {
		o := v.op
		if len(o.in) == 0 || !slices.Contains(passThrough, o.kind) && o.kind != "ReadVariableOp" {
			return o
		}
		i := 0
		if o.kind == "IdentityN" {
			i = min(v.index, len(o.in)-1)
		}
		v = o.in[i]
	}
	return v.op
}

func (d *drawing) add(n PictureNode) int {
	d.picture.Nodes = append(d.picture.Nodes, n)
	return len(d.picture.Nodes) - 1
}

func (d *drawing) edge(from, to int, control bool) {
	e := PictureEdge{from, to, control}
	if !d.edges[e] && !(control && d.edges[PictureEdge{from, to, false}]) {
		d.edges[e] = true
		d.picture.Edges = append(d.picture.Edges, e)
	}
}

// node is the number of an op's node, which is made when first asked for.
func (d *drawing) node(o *op) int {
	if i, ok := d.nodes[o]; ok {
		return i
	}
	n := PictureNode{Kind: PictureOp, Label: o.kind, Name: o.name}
	switch o.kind {
	case kindFeed:
		name, _, _ := strings.Cut(o.name, "/")
		n.Kind, n.Label = PictureInput, o.name
		for _, in := range d.sig.Inputs {
			if in.Name == o.name || in.Name == name && len(in.Tensors) > 1 {
				n.Detail = paramDetail(in)
			}
		}
	case "Const":
		n.Kind, n.Label = PictureConstant, constantDetail(o)
	case "VarHandleOp", "VariableV2", "Variable":
		n.Kind, n.Label = PictureVariable, o.name
		n.Detail = DTypeName(o.attrs["dtype"].GetType()) + shapeOf(o.attrs["shape"].GetShape()).String()
	case "HashTable", "HashTableV2", "MutableHashTable", "MutableHashTableV2":
		n.Kind, n.Label = PictureTable, o.name
		n.Detail = DTypeName(o.attrs["key_dtype"].GetType()) + " to " + DTypeName(o.attrs["value_dtype"].GetType())
	default:
		var functions []string
		for _, name := range sortedKeys(o.attrs) {
			if f := o.attrs[name].GetFunc(); f != nil {
				functions = append(functions, name+" "+f.GetName())
			}
		}
		n.Detail = strings.Join(functions, ", ")
	}
	i := d.add(n)
	d.nodes[o] = i
	d.work = append(d.work, o)
	return i
}

func paramDetail(p Param) string { return DTypeName(p.DType) + p.Shape.String() }

// maxDrawn bounds a constant's elements that are written into its node.
const maxDrawn = 6

func constantDetail(o *op) string {
	p := o.attrs["value"].GetTensor()
	shape := shapeOf(p.GetTensorShape())
	n, ok := elements(shape.Dims)
	if t, err := TensorOf(p); ok && err == nil && n <= maxDrawn {
		return t.String()
	}
	return DTypeName(base(p.GetDtype())) + shape.String()
}
