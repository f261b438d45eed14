package verify

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/op_def_go_proto"
)

// op is one node of a signature's graph with the function calls inlined.
type op struct {
	name  string // where it stands, for messages: f/g/MatMul
	kind  string // MatMul
	def   *op_def_go_proto.OpDef
	attrs attrMap
	in    []value
	id    int
}

// value is one output of an op.
type value struct {
	op    *op
	index int
}

// kindFeed is the op of a value that a request feeds.
const kindFeed = "(feed)"

// flat is what a signature computes: its outputs, as a graph without calls.
type flat struct {
	ops     []*op // in the order of discovery
	feeds   map[string]*op
	outputs map[string][]value // by output name; three values for a sparse tensor
	effects []*op              // ops that run for what they do, reached over control edges or as the result of a stateful function
}

// maxDepth bounds calls within calls; a deeper one is a recursion, which has no flat form.
const maxDepth = 64

// maxOps bounds what inlining may grow to: calls of calls double at every level.
const maxOps = 2_000_000

var errRecursion = errors.New("calls itself")

// flatten inlines the calls of everything that the signature's outputs need.
//
// A frame is one activation of a function, or the main graph. A reference resolves in its frame; an argument resolves in the frame of
// the caller, so that a call costs nothing that its result does not need. Nodes are made before their inputs are resolved, so
// that a loop of TensorFlow 1 (NextIteration to Merge) ends in the node it began with.
func (p *program) flatten(s *Signature) (*flat, error) {
	f := &flattener{p: p, flat: &flat{feeds: map[string]*op{}, outputs: map[string][]value{}}, fed: map[string]*op{}}
	for _, in := range s.Inputs {
		for i, t := range in.Tensors {
			key := in.Name
			if len(in.Tensors) > 1 {
				key = fmt.Sprintf("%s/%d", in.Name, i)
			}
			feed := f.newOp(&op{name: key, kind: kindFeed})
			if f.fed[tensorName(t)] == nil {
				f.fed[tensorName(t)] = feed
			}
			f.flat.feeds[key] = feed
		}
	}
	main := &frame{nodes: p.nodes}
	for _, out := range s.Outputs {
		for _, t := range out.Tensors {
			v, err := f.value(main, tensorName(t))
			if err != nil {
				return nil, fmt.Errorf("output %q: %w", out.Name, err)
			}
			f.flat.outputs[out.Name] = append(f.flat.outputs[out.Name], v)
		}
	}
	for len(f.pending) > 0 {
		next := f.pending[0]
		f.pending = f.pending[1:]
		if err := next(); err != nil {
			return nil, err
		}
	}
	return f.flat, nil
}

type flattener struct {
	p       *program
	flat    *flat
	fed     map[string]*op
	pending []func() error // control edges still to follow
}

// frame is an activation: of a function by a call node of another frame, or of the main graph.
type frame struct {
	fn     *funcDef // nil for the main graph
	path   string
	nodes  map[string]*nodeDef
	caller *frame
	call   *nodeDef
	depth  int
	made   map[string]*op
	frames map[string]*frame
}

func (f *flattener) newOp(o *op) *op {
	o.id = len(f.flat.ops)
	f.flat.ops = append(f.flat.ops, o)
	return o
}

// value resolves a data reference.
func (f *flattener) value(fr *frame, ref string) (value, error) {
	if fr.fn == nil {
		name, index, _ := tensorRef(ref)
		if feed := f.fed[fmt.Sprintf("%s:%d", name, index)]; feed != nil {
			return value{feed, 0}, nil
		}
		n := fr.nodes[name]
		if n == nil || index < 0 {
			return value{}, fmt.Errorf("the graph has no tensor %q", ref)
		}
		return f.output(fr, n, index)
	}
	name, rest, dotted := strings.Cut(ref, ":")
	for i, arg := range fr.fn.GetSignature().GetInputArg() {
		if arg.GetName() == name && (!dotted || rest == "0") {
			return f.argument(fr, i)
		}
	}
	n := fr.nodes[name]
	if n == nil {
		return value{}, fmt.Errorf("function %q has no value %q", fr.fn.GetSignature().GetName(), ref)
	}
	outName, number, _ := strings.Cut(rest, ":")
	index, err := strconv.Atoi(number)
	if number == "" {
		index, err = 0, nil
	}
	if err != nil || index < 0 {
		return value{}, fmt.Errorf("function %q: bad reference %q", fr.fn.GetSignature().GetName(), ref)
	}
	start, err := f.outputIndex(n, outName)
	if err != nil {
		return value{}, fmt.Errorf("function %q: %w", fr.fn.GetSignature().GetName(), err)
	}
	return f.output(fr, n, start+index)
}

// outputIndex is the number of the first value of an output that a function body names.
func (f *flattener) outputIndex(n *nodeDef, name string) (int, error) {
	def := f.p.opDef(n.GetOp())
	if fn := f.p.funcs[n.GetOp()]; fn != nil {
		def = fn.GetSignature()
	}
	if def == nil {
		return 0, fmt.Errorf("op %s of node %q is unknown", n.GetOp(), n.GetName())
	}
	start, _, ok := outputStart(def, n.GetAttr(), name)
	if !ok {
		return 0, fmt.Errorf("op %s of node %q has no output %q", n.GetOp(), n.GetName(), name)
	}
	return start, nil
}

// argument resolves argument i of an activation in its caller.
func (f *flattener) argument(fr *frame, i int) (value, error) {
	in := dataInputs(fr.call)
	if i >= len(in) {
		return value{}, fmt.Errorf("call %q has %d arguments, and %q takes more", fr.call.GetName(), len(in), fr.fn.GetSignature().GetName())
	}
	return f.value(fr.caller, in[i])
}

func dataInputs(n *nodeDef) []string {
	in := n.GetInput()
	for i, ref := range in {
		if strings.HasPrefix(ref, "^") {
			return in[:i]
		}
	}
	return in
}

// callee is the function that a node does nothing but call, or nil.
func (p *program) callee(n *nodeDef) *funcDef {
	switch n.GetOp() {
	case "PartitionedCall", "StatefulPartitionedCall":
		return p.funcs[n.GetAttr()["f"].GetFunc().GetName()]
	}
	return p.funcs[n.GetOp()]
}

// output gives output index of a node, through the function if it is a call.
func (f *flattener) output(fr *frame, n *nodeDef, index int) (value, error) {
	fn := f.p.callee(n)
	if fn == nil {
		o, err := f.op(fr, n)
		return value{o, index}, err
	}
	sub, err := f.enter(fr, n, fn)
	if err != nil {
		return value{}, err
	}
	outs := fn.GetSignature().GetOutputArg()
	if index >= len(outs) {
		return value{}, fmt.Errorf("function %q has no output %d", fn.GetSignature().GetName(), index)
	}
	ref, ok := fn.GetRet()[outs[index].GetName()]
	if !ok {
		return value{}, fmt.Errorf("function %q does not return %q", fn.GetSignature().GetName(), outs[index].GetName())
	}
	return f.value(sub, ref)
}

// enter makes the activation of a call, once for each call, and notes what runs for its effect: the control outputs of the function
// and what the call itself waits for.
func (f *flattener) enter(fr *frame, n *nodeDef, fn *funcDef) (*frame, error) {
	if sub := fr.frames[n.GetName()]; sub != nil {
		return sub, nil
	}
	name := fn.GetSignature().GetName()
	if fr.depth >= maxDepth {
		return nil, fmt.Errorf("function %q %w", name, errRecursion)
	}
	sub := &frame{fn: fn, path: fr.path + n.GetName() + "/", nodes: map[string]*nodeDef{}, caller: fr, call: n, depth: fr.depth + 1}
	for _, inner := range fn.GetNodeDef() {
		sub.nodes[inner.GetName()] = inner
		for _, a := range inner.GetAttr() {
			if a.GetPlaceholder() != "" {
				return nil, fmt.Errorf("function %q is polymorphic", name)
			}
		}
	}
	if fr.frames == nil {
		fr.frames = map[string]*frame{}
	}
	fr.frames[n.GetName()] = sub
	for _, ret := range fn.GetControlRet() {
		f.follow(sub, ret)
	}
	for _, ref := range n.GetInput()[len(dataInputs(n)):] {
		f.follow(fr, ref[1:])
	}
	return sub, nil
}

// follow puts a control edge off until the data edges are done: control edges may lead around a loop.
func (f *flattener) follow(fr *frame, name string) {
	f.pending = append(f.pending, func() error {
		n := fr.nodes[name]
		if n == nil {
			if fr.fn != nil {
				for _, arg := range fr.fn.GetSignature().GetInputArg() {
					if arg.GetName() == name {
						return nil
					}
				}
			}
			return fmt.Errorf("the graph has no node %q", name)
		}
		if fr.fn == nil && f.fed[name+":0"] != nil {
			return nil
		}
		if fn := f.p.callee(n); fn != nil {
			_, err := f.enter(fr, n, fn)
			return err
		}
		_, err := f.op(fr, n)
		return err
	})
}

// op makes the op of a node of a frame, once.
func (f *flattener) op(fr *frame, n *nodeDef) (*op, error) {
	if o := fr.made[n.GetName()]; o != nil {
		return o, nil
	}
	if len(f.flat.ops) >= maxOps {
		return nil, fmt.Errorf("the graph has more than %d ops when its calls are inlined", maxOps)
	}
	o := f.newOp(&op{name: fr.path + n.GetName(), kind: n.GetOp(), def: f.p.opDef(n.GetOp()), attrs: n.GetAttr()})
	if fr.made == nil {
		fr.made = map[string]*op{}
	}
	fr.made[n.GetName()] = o
	if class := opTable()[o.kind].class; class != opPure {
		f.flat.effects = append(f.flat.effects, o)
	}
	for _, ref := range n.GetInput() {
		if strings.HasPrefix(ref, "^") {
			f.follow(fr, ref[1:])
			continue
		}
		v, err := f.value(fr, ref)
		if err != nil {
			return nil, err
		}
		o.in = append(o.in, v)
	}
	return o, nil
}
