package verify

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/op_def_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// op is one node of a signature's graph with the function calls inlined.
type op struct {
	name  string // where it stands, for messages: f/g/MatMul
	kind  string // MatMul
	def   *op_def_go_proto.OpDef
	attrs attrMap
	in    []value
	ctrl  []*op // what it waits for, without the calls among them
	frame *frame
	id    int
	shape Shape   // of a feed, as the signature declares it
	guard []guard // what has to hold for the op to run
	loop  *loop   // of an op that is a loop
	maybe bool    // nothing needs the op, and whether TensorFlow runs it depends on how it prunes the graph
}

// guard is a condition and its outcome.
type guard struct {
	pred value
	side bool
}

// kindChoice is the op of one result of a branch: the condition, the value where it holds, the value where it does not.
const kindChoice = "(choice)"

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
	effects []*op              // ops that are more than functions of their inputs, however they were reached
	odd     string             // a call that does more than calling, or ""
}

// maxDepth bounds calls within calls; a deeper one is a recursion, which has no flat form.
const maxDepth = 64

// maxOps bounds what inlining may grow to: calls of calls double at every level.
const maxOps = 2_000_000

// maxChain bounds the ops of which one needs the next: they are followed by recursion.
const maxChain = 200_000

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
			if len(in.Tensors) == 1 {
				feed.shape = in.Shape
			}
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
	return f.flat, f.finish()
}

// maxEntered bounds the functions of loops and cases that are followed: those that hold each other multiply.
const maxEntered = 50_000

// flattenFunction is flatten for one function with given arguments; its outputs are named by their order.
func (p *program) flattenFunction(name string, args []value, depth int) (*flat, error) {
	fn := p.funcs[name]
	switch {
	case fn == nil:
		return nil, fmt.Errorf("the graph has no function %q", name)
	case depth >= maxDepth:
		return nil, fmt.Errorf("function %q %w", name, errRecursion)
	case len(args) != len(fn.GetSignature().GetInputArg()):
		return nil, fmt.Errorf("function %q takes %d arguments, not %d", name, len(fn.GetSignature().GetInputArg()), len(args))
	}
	if p.entered++; p.entered > maxEntered {
		return nil, fmt.Errorf("the graph has more than %d loops and cases within each other", maxEntered)
	}
	f := &flattener{p: p, flat: &flat{feeds: map[string]*op{}, outputs: map[string][]value{}}, fed: map[string]*op{}}
	fr, err := p.newFrame(fn, name+"/", depth)
	if err != nil {
		return nil, err
	}
	fr.args = args
	f.followEffects(fr)
	for i, out := range fn.GetSignature().GetOutputArg() {
		v, err := f.value(fr, fn.GetRet()[out.GetName()])
		if err != nil {
			return nil, err
		}
		f.flat.outputs[strconv.Itoa(i)] = []value{v}
	}
	return f.flat, f.finish()
}

// flattenStep inlines what running a step of loading executes.
func (p *program) flattenStep(step Step) (*flat, error) {
	f := &flattener{p: p, flat: &flat{feeds: map[string]*op{}, outputs: map[string][]value{}}, fed: map[string]*op{}}
	for _, feed := range step.Feeds {
		name := tensorName(feed.Tensor)
		f.fed[name] = f.newOp(&op{name: name, kind: kindFeed})
		f.flat.feeds[name] = f.fed[name]
	}
	main := &frame{nodes: p.nodes}
	for _, target := range step.Targets {
		f.follow(main, target, nil)
	}
	return f.flat, f.finish()
}

// finish follows the control edges that were put off, and then what may run though nothing needs it.
func (f *flattener) finish() error {
	for len(f.pending)+len(f.later) > 0 {
		queue := &f.pending
		if len(f.pending) == 0 {
			queue, f.maybe = &f.later, true
		}
		next := (*queue)[0]
		*queue = (*queue)[1:]
		if err := next(); err != nil {
			return err
		}
	}
	return nil
}

type flattener struct {
	p       *program
	frames  int
	depth   int // of the op that is being made
	flat    *flat
	fed     map[string]*op
	pending []func() error // control edges still to follow
	later   []func() error // and what to resolve after those
	maybe   bool           // that is what is being done
}

// frame is an activation: of a function by a call node of another frame or with given arguments, or of the main graph.
type frame struct {
	fn     *funcDef // nil for the main graph
	args   []value  // of a function that no call node of the graph activates: a branch or the body of a loop
	path   string
	nodes  map[string]*nodeDef
	caller *frame
	call   *nodeDef
	depth  int
	made   map[string]*op
	frames map[string]*frame
	skip   int     // inputs of the call that are no arguments: the condition of a branch
	guard  []guard // of every op of the frame
}

func (f *flattener) newOp(o *op) *op {
	o.id, o.maybe = len(f.flat.ops), f.maybe
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
	if fr.call == nil {
		return fr.args[i], nil
	}
	in := dataInputs(fr.call)
	i += fr.skip
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

// branches are the two functions of an If which TensorFlow turns into Switch and Merge before it runs the graph: each op of them runs by
// itself, as soon as its inputs are there, if the condition holds. nil for other nodes.
func (p *program) branches(n *nodeDef) []*funcDef {
	if n.GetOp() != "If" && n.GetOp() != "StatelessIf" || !n.GetAttr()["_lower_using_switch_merge"].GetB() || n.GetAttr()["Tcond"].GetType() != types.DataType_DT_BOOL {
		return nil
	}
	then, other := p.funcs[n.GetAttr()["then_branch"].GetFunc().GetName()], p.funcs[n.GetAttr()["else_branch"].GetFunc().GetName()]
	if then == nil || other == nil || len(dataInputs(n)) == 0 {
		return nil
	}
	return []*funcDef{then, other}
}

// enterBranches makes the activations of both branches of an If.
func (f *flattener) enterBranches(fr *frame, n *nodeDef, fns []*funcDef) (frames [2]*frame, err error) {
	pred, err := f.value(fr, dataInputs(n)[0])
	if err != nil {
		return frames, err
	}
	for i, fn := range fns {
		name := n.GetName() + [2]string{"/then", "/else"}[i]
		if frames[i] = fr.frames[name]; frames[i] != nil {
			continue
		}
		if fr.depth >= maxDepth {
			return frames, fmt.Errorf("function %q %w", fn.GetSignature().GetName(), errRecursion)
		}
		sub, err := f.p.newFrame(fn, fr.path+name+"/", fr.depth+1)
		if err != nil {
			return frames, err
		}
		sub.caller, sub.call, sub.skip = fr, n, 1
		sub.guard = append(slices.Clone(fr.guard), guard{pred, i == 0})
		if fr.frames == nil {
			fr.frames = map[string]*frame{}
		}
		fr.frames[name] = sub
		frames[i] = sub
		if err := f.runs(fr, sub); err != nil {
			return frames, err
		}
	}
	return frames, nil
}

// choice gives output index of an If.
func (f *flattener) choice(fr *frame, n *nodeDef, fns []*funcDef, index int) (value, error) {
	name := fmt.Sprintf("%s:%d", n.GetName(), index)
	if o := fr.made[name]; o != nil {
		return value{o, 0}, nil
	}
	frames, err := f.enterBranches(fr, n, fns)
	if err != nil {
		return value{}, err
	}
	o := f.newOp(&op{name: fr.path + name, kind: kindChoice, frame: fr, guard: fr.guard, in: []value{frames[0].guard[len(fr.guard)].pred}})
	if fr.made == nil {
		fr.made = map[string]*op{}
	}
	fr.made[name] = o
	for i, fn := range fns {
		outs := fn.GetSignature().GetOutputArg()
		if index >= len(outs) {
			return value{}, fmt.Errorf("function %q has no output %d", fn.GetSignature().GetName(), index)
		}
		v, err := f.value(frames[i], fn.GetRet()[outs[index].GetName()])
		if err != nil {
			return value{}, err
		}
		o.in = append(o.in, v)
	}
	return value{o, 0}, nil
}

// output gives output index of a node, through the function if it is a call.
func (f *flattener) output(fr *frame, n *nodeDef, index int) (value, error) {
	if fns := f.p.branches(n); fns != nil {
		return f.choice(fr, n, fns, index)
	}
	fn := f.p.callee(n)
	if fn == nil {
		o, err := f.op(fr, n)
		if err == nil && o.def != nil && index >= outputs(o) {
			err = fmt.Errorf("node %q has no output %d", o.name, index)
		}
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

// enter makes the activation of a call, once for each call, and notes what runs for its effect: in the function, and what the call
// itself waits for.
func (f *flattener) enter(fr *frame, n *nodeDef, fn *funcDef) (*frame, error) {
	if sub := fr.frames[n.GetName()]; sub != nil {
		return sub, nil
	}
	name := fn.GetSignature().GetName()
	if fr.depth >= maxDepth {
		return nil, fmt.Errorf("function %q %w", name, errRecursion)
	}
	sub, err := f.p.newFrame(fn, fr.path+n.GetName()+"/", fr.depth+1)
	if err != nil {
		return nil, err
	}
	sub.caller, sub.call = fr, n
	for attr := range n.GetAttr() {
		if !slices.Contains(callAttrs, attr) && !slices.Contains(silentAttrs, attr) {
			f.flat.odd = fmt.Sprintf("the call %q has an attribute %s that is not understood", n.GetName(), attr)
		}
	}
	if fn.GetAttr()["_XlaMustCompile"].GetB() || n.GetAttr()["_XlaMustCompile"].GetB() {
		f.flat.odd = fmt.Sprintf("function %q is compiled by XLA", name)
	}
	if fr.frames == nil {
		fr.frames = map[string]*frame{}
	}
	fr.frames[n.GetName()] = sub
	sub.guard = fr.guard
	return sub, f.runs(fr, sub)
}

// runs notes what else runs when a function is called. TensorFlow computes all arguments and all results of a call. Those that nothing
// needs can still fail.
func (f *flattener) runs(fr, sub *frame) error {
	if f.frames++; f.frames > maxFrames {
		return fmt.Errorf("the graph has more than %d calls", maxFrames)
	}
	f.followEffects(sub)
	for _, ref := range sub.call.GetInput()[len(dataInputs(sub.call)):] {
		f.follow(fr, ref[1:], nil)
	}
	for _, ref := range dataInputs(sub.call) {
		f.compute(fr, ref)
	}
	for _, out := range sub.fn.GetSignature().GetOutputArg() {
		if ref, ok := sub.fn.GetRet()[out.GetName()]; ok {
			f.compute(sub, ref)
		}
	}
	return nil
}

// compute resolves a value that may have no use, when the rest is done.
func (f *flattener) compute(fr *frame, ref string) {
	f.later = append(f.later, func() error {
		_, err := f.value(fr, ref)
		return err
	})
}

// callAttrs are the attributes of a call that say what is called, and how it is run.
var callAttrs = []string{"f", "Tin", "Tout", "config", "config_proto", "executor_type", "_XlaMustCompile", "_noinline"}

// body is what all activations of a function share.
type body struct {
	nodes       map[string]*nodeDef
	effects     []string // the nodes that are more than functions of their inputs
	polymorphic bool
}

func (p *program) body(fn *funcDef) *body {
	if b := p.bodies[fn]; b != nil {
		return b
	}
	b := &body{nodes: map[string]*nodeDef{}}
	for _, inner := range fn.GetNodeDef() {
		b.nodes[inner.GetName()] = inner
		if opTable()[inner.GetOp()].class != opPure {
			b.effects = append(b.effects, inner.GetName())
		}
		for _, a := range inner.GetAttr() {
			b.polymorphic = b.polymorphic || a.GetPlaceholder() != ""
		}
	}
	p.bodies[fn] = b
	return b
}

// maxFrames bounds the activations, which can grow without growing the ops.
const maxFrames = 200_000

func (p *program) newFrame(fn *funcDef, path string, depth int) (*frame, error) {
	b := p.body(fn)
	if b.polymorphic {
		return nil, fmt.Errorf("function %q is polymorphic", fn.GetSignature().GetName())
	}
	return &frame{fn: fn, path: path, nodes: b.nodes, depth: depth}, nil
}

// followEffects follows everything in a function that is more than a function of its inputs, and its control outputs: TensorFlow runs
// them whether or not a result needs them.
func (f *flattener) followEffects(fr *frame) {
	b := f.p.body(fr.fn)
	for _, name := range b.effects {
		if strings.HasPrefix(b.nodes[name].GetOp(), "Stateless") || b.nodes[name].GetOp() == "PartitionedCall" { // pruned unless something needs it
			f.later = append(f.later, func() error {
				f.follow(fr, name, nil)
				return nil
			})
			continue
		}
		f.follow(fr, name, nil)
	}
	for _, name := range slices.Sorted(maps.Keys(fr.fn.GetControlRet())) {
		f.follow(fr, fr.fn.GetControlRet()[name], nil)
	}
}

// follow puts a control edge off until the data edges are done: control edges may lead around a loop. from is the op that waits, or nil.
func (f *flattener) follow(fr *frame, name string, from *op) {
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
		if fr.fn == nil && f.isFed(name) {
			return nil // whatever waits for a node waits for what is fed in its place
		}
		if fns := f.p.branches(n); fns != nil {
			_, err := f.enterBranches(fr, n, fns)
			return err
		}
		if fn := f.p.callee(n); fn != nil {
			_, err := f.enter(fr, n, fn)
			return err
		}
		o, err := f.op(fr, n)
		if from != nil && err == nil {
			from.ctrl = append(from.ctrl, o)
		}
		return err
	})
}

func (f *flattener) isFed(name string) bool {
	for tensor := range f.fed {
		if node, _, _ := tensorRef(tensor); node == name {
			return true
		}
	}
	return false
}

// op makes the op of a node of a frame, once.
func (f *flattener) op(fr *frame, n *nodeDef) (*op, error) {
	if o := fr.made[n.GetName()]; o != nil {
		return o, nil
	}
	if len(f.flat.ops) >= maxOps {
		return nil, fmt.Errorf("the graph has more than %d ops when its calls are inlined", maxOps)
	}
	if f.depth++; f.depth > maxChain {
		return nil, fmt.Errorf("the graph has a chain of more than %d ops", maxChain)
	}
	defer func() { f.depth-- }()
	o := f.newOp(&op{name: fr.path + n.GetName(), kind: n.GetOp(), def: f.p.opDef(n.GetOp()), attrs: n.GetAttr(), frame: fr, guard: fr.guard})
	if fr.made == nil {
		fr.made = map[string]*op{}
	}
	fr.made[n.GetName()] = o
	if class := opTable()[o.kind].class; class != opPure {
		f.flat.effects = append(f.flat.effects, o)
	}
	for _, ref := range n.GetInput() {
		if strings.HasPrefix(ref, "^") {
			f.follow(fr, ref[1:], o)
			continue
		}
		v, err := f.value(fr, ref)
		if err != nil {
			return nil, err
		}
		o.in = append(o.in, v)
	}
	return o, checkInputs(o)
}

// outputs is the number of values that an op has.
func outputs(o *op) int {
	n := 0
	for _, arg := range o.def.GetOutputArg() {
		n += argLen(o.def, arg, o.attrs)
	}
	return n
}

// checkInputs holds that an op has as many inputs as its declaration asks for, so that nobody else has to.
func checkInputs(o *op) error {
	if o.def == nil {
		return nil
	}
	want := 0
	for _, arg := range o.def.GetInputArg() {
		want += argLen(o.def, arg, o.attrs)
	}
	if want != len(o.in) {
		return fmt.Errorf("node %q has %d inputs, and %s takes %d", o.name, len(o.in), o.kind, want)
	}
	return nil
}
