package verify

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// canon gives every value of a flattened graph a digest from the inputs up, such that two values with the same digest are computed
// alike, whatever their graphs look like. docs/verify.md says what it takes for granted.
type canon struct {
	p     *program
	flat  *flat
	state *state

	depth    int                  // of functions within functions
	ops      map[*op]digest       // the digest of an op without the number of its output
	consts   map[*op]digest       // of constants, hashed once
	folds    map[*op]*Tensor      // of what is made of stored values, nil for what is not
	dies     map[*op]bool         // downstream of a Switch: may not run at all
	forms    map[*op]*form        // canonical inputs, for the walk that compares two graphs
	bound    map[*op]*binding     // parameters of a function that stand for values outside
	captured map[*op]digest       // parameters of the body of a loop that it never changes, with what they are
	loops    map[*op][]bool       // for each loop, which of its variables change
	turns    bool                 // of a loop: all of its parameters stand for something
	needs    map[*op]*liveness    // of each loop
	exits    map[*op][]digest     // what each loop leaves in its variables
	uses     map[*op]map[int]bool // the outputs of each loop that are used
	outlines map[value]outline
	outlined int  // how deep outline is in itself
	showsNaN bool // something in the graph tells one NaN from another
	chance   bool // random ops are taken for functions: not for a proof

	// While loading only:
	checkpoint *op            // the feed that is the path of the checkpoint
	assets     map[*op]digest // the feeds that are paths of assets, with the digest of the file
	writes     map[string]*op // what this step writes, by resourceKey
	assetOf    map[digest]digest
}

// binding is the value that a parameter of a function stands for.
type binding struct {
	outer *canon
	v     value
}

// form is an op as it is hashed.
type form struct {
	kind  string
	attrs []byte
	in    []value // normalised, and in order where the order does not matter
	ctrl  []*op   // only edges that decide whether the op runs
	guard []guard // the same of branches, for an op that may fail
}

func newCanon(p *program, f *flat, s *state) *canon {
	f.choose()
	c := &canon{p: p, flat: f, state: s, ops: map[*op]digest{}, forms: map[*op]*form{}, consts: map[*op]digest{}, folds: map[*op]*Tensor{}, captured: map[*op]digest{}, loops: map[*op][]bool{}, needs: map[*op]*liveness{}, exits: map[*op][]digest{}, outlines: map[value]outline{}, assetOf: map[digest]digest{}}
	c.dies = downstream(f, "Switch", "RefSwitch")
	c.showsNaN = slices.ContainsFunc(f.ops, func(o *op) bool {
		return slices.Contains(nanViewers, o.kind) || slices.Contains(branching, o.kind) || o.kind == kindLoop
	})
	for _, sum := range s.assetFiles() {
		c.assetOf[assetPath(sum)] = sum
	}
	return c
}

// assetFiles are the digests of the asset files of the meta graph.
func (s *state) assetFiles() []digest {
	if s.assetSums == nil {
		for _, a := range s.p.mg.Assets {
			if sum, err := fileDigest(s.p.mg.assetPath(a)); err == nil {
				s.assetSums = append(s.assetSums, sum)
			}
		}
	}
	return s.assetSums
}

// downstream marks the ops that depend, over data or control edges, on an op of one of the kinds.
func downstream(f *flat, kinds ...string) map[*op]bool {
	users := map[*op][]*op{}
	var work []*op
	marked := map[*op]bool{}
	for _, o := range f.ops {
		for _, v := range o.in {
			users[v.op] = append(users[v.op], o)
		}
		for _, c := range o.ctrl {
			users[c] = append(users[c], o)
		}
		if slices.Contains(kinds, o.kind) {
			marked[o] = true
			work = append(work, o)
		}
	}
	for len(work) > 0 {
		o := work[len(work)-1]
		work = work[:len(work)-1]
		for _, u := range users[o] {
			if !marked[u] {
				marked[u] = true
				work = append(work, u)
			}
		}
	}
	return marked
}

// control are the control edges of an op that decide whether it runs.
func (c *canon) control(o *op) []*op {
	var kept []*op
	for _, d := range o.ctrl {
		if c.dies[d] {
			kept = append(kept, d)
		}
	}
	return kept
}

// passThrough are the ops whose output is their input, bit by bit. Print also writes to the log.
var passThrough = []string{"Identity", "StopGradient", "Snapshot", "PreventGradient", "GuaranteeConst", "PlaceholderWithDefault", "IdentityN", "Print"}

// norm follows a value back to the op that made it, through ops that change nothing and through parameters of functions.
func (c *canon) norm(v value) (value, error) {
	for range maxOps {
		o := v.op
		if b := c.bound[o]; b != nil {
			return b.outer.norm(b.v)
		}
		loop := (canonicalKind(o) == "While" || o.kind == kindLoop) && v.index >= 0 && v.index < len(o.in) && !c.changing(o)[v.index]
		if !loop && !slices.Contains(passThrough, o.kind) && o.kind != kindSwitched || len(c.control(o)) > 0 {
			return v, nil
		}
		i := 0
		if loop || o.kind == "IdentityN" {
			i = v.index
		}
		if i >= len(o.in) {
			return v, notProvable("%s (%s) has %d inputs", o.kind, o.name, len(o.in))
		}
		v = o.in[i]
	}
	return v, notProvable("a value depends on nothing but itself")
}

// value is the digest of a value.
func (c *canon) value(v value) (digest, error) {
	v, err := c.norm(v)
	if err != nil {
		return digest{}, err
	}
	return c.normed(v)
}

// normed is value for a value that is normalised already.
func (c *canon) normed(v value) (digest, error) {
	if d, ok, err := c.leaf(v); ok || err != nil {
		return d, err
	}
	if d, ok := c.ops[v.op]; ok {
		return c.output(d, v), nil
	}
	if err := c.component(v.op); err != nil {
		return digest{}, err
	}
	return c.output(c.ops[v.op], v), nil
}

// output is the digest of an output of an op. The variables of a loop that never change do not count.
func (c *canon) output(d digest, v value) digest {
	index := v.index
	if v.op.kind == kindLoop && index >= 0 {
		return digestOf("exit", d[:], c.exits[v.op][index][:])
	}
	if canonicalKind(v.op) == "While" && index > 0 {
		for _, changes := range c.changing(v.op)[:min(index, len(v.op.in))] {
			if !changes {
				index--
			}
		}
	}
	return outputDigest(d, index)
}

// changing tells which variables of a loop of TensorFlow 2 its body changes. The others are values that it captured: what one program
// reads outside of the loop, another reads in it.
func (c *canon) changing(o *op) []bool {
	if known, ok := c.loops[o]; ok {
		return known
	}
	all := make([]bool, len(o.in))
	params := make([]value, len(o.in))
	for i := range all {
		all[i] = true
		params[i] = value{&op{kind: kindParam}, 0}
	}
	c.loops[o] = all
	if o.kind == kindLoop {
		c.loops[o] = c.varies(o.loop)
		return c.loops[o]
	}
	flat, err := c.p.flattenFunction(o.attrs["body"].GetFunc().GetName(), params, c.depth+1)
	if err != nil || len(flat.outputs) != len(all) {
		return all
	}
	inner := newCanon(c.p, flat, c.state)
	inner.depth = c.depth + 1
	for i := range all {
		n, err := inner.norm(flat.outputs[fmt.Sprint(i)][0])
		all[i] = err != nil || n.op != params[i].op
	}
	return all
}

func outputDigest(d digest, index int) digest {
	return digestOf("output", d[:], fmt.Appendf(nil, "%d", index))
}

// leaf gives the values that no further op explains: requests, constants, and what the session holds.
func (c *canon) leaf(v value) (d digest, ok bool, err error) {
	o := v.op
	switch o.kind {
	case kindFeed:
		if o == c.checkpoint {
			return digest{}, false, notProvable("the path of the checkpoint is used for more than restoring")
		}
		if _, asset := c.assets[o]; asset {
			return digest{}, false, notProvable("the path of an asset is used for more than filling a table")
		}
		return digestOf("feed", []byte(o.name)), true, nil
	case kindParam:
		if d, ok := c.captured[o]; ok {
			return d, true, nil
		}
		if c.turns {
			return digest{}, false, notProvable("%s is used in a way that is not understood", o.name)
		}
		return digestOf("parameter", fmt.Appendf(nil, "%d", -o.id)), true, nil
	case "Const":
		if len(c.control(o)) > 0 {
			return digest{}, false, nil // a constant of one branch: it is what is not there in the other
		}
		d, ok := c.consts[o]
		if !ok {
			if d, err = c.constDigest(o); err != nil {
				return digest{}, false, err
			}
			c.consts[o] = d
		}
		return d, true, nil
	case "VariableV2", "Variable", "VarHandleOp", "HashTable", "HashTableV2":
		if len(c.control(o)) > 0 {
			return digest{}, false, notProvable("%s (%s) lives in a branch", o.kind, o.name)
		}
		d, err = c.content(o, o)
		if strings.HasPrefix(o.kind, "Variable") {
			return d, true, err
		}
		return digestOf("handle", d[:]), true, err
	case "ReadVariableOp":
		if len(c.control(o)) > 0 {
			return digest{}, false, nil
		}
		h, err := c.handle(o)
		if err != nil || h == nil {
			return digest{}, false, err
		}
		d, err = c.content(h, o)
		return d, true, err
	case "ConcatV2", "Transpose", "Reshape", "ExpandDims", "Squeeze", "StridedSlice", "Range", "Cast":
		if len(c.control(o)) > 0 || v.index > 0 {
			return digest{}, false, nil
		}
		return c.folded(o)
	case "RestoreV2":
		from, err := c.norm(o.in[0])
		if err != nil {
			return digest{}, false, err
		}
		if c.checkpoint == nil || from.op != c.checkpoint {
			return digest{}, false, notProvable("RestoreV2 (%s) reads another checkpoint", o.name)
		}
		d, err = c.restored(o, v.index)
		return d, true, err
	}
	return digest{}, false, nil
}

// handle is the VarHandleOp or table that an op's first input is, or nil where it is a parameter of a function.
func (c *canon) handle(o *op) (*op, error) {
	if len(o.in) == 0 {
		return nil, notProvable("%s (%s) has no inputs", o.kind, o.name)
	}
	h, err := c.norm(o.in[0])
	if err != nil {
		return nil, err
	}
	switch h.op.kind {
	case "VarHandleOp", "HashTable", "HashTableV2":
		return h.op, nil
	}
	return nil, notProvable("%s (%s) gets its resource from %s (%s)", o.kind, o.name, h.op.kind, h.op.name)
}

// content is what a variable or a table holds when reader looks at it: after loading; or while loading, after the writes of earlier
// steps, or after the write of this very step that the reader waits for.
func (c *canon) content(h, reader *op) (digest, error) {
	key, err := resourceKey(h)
	if err != nil {
		return digest{}, err
	}
	if who, ok := c.state.changed[key]; ok && c.writes == nil {
		return digest{}, notProvable("%q is changed by signature %q", h.name, who)
	}
	if reader.kind == "ReadVariableOp" && attrOf(reader.def, reader.attrs, "dtype").GetType() != h.attrs["dtype"].GetType() {
		return digest{}, notProvable("%q is read as another type", h.name)
	}
	if w := c.writes[key]; w != nil {
		if !slices.Contains(reader.ctrl, w) {
			return digest{}, notProvable("%q is read while it is written", h.name)
		}
		return c.written(key, w)
	}
	d, ok := c.state.content[key]
	if !ok {
		return digest{}, notProvable("%q %s", h.name, notInitialised)
	}
	return d, nil
}

// notInitialised is said of a variable that loading does not write.
const notInitialised = "is not initialised by the SavedModel"

func (c *canon) constDigest(o *op) (digest, error) {
	p := o.attrs["value"].GetTensor()
	if p == nil || base(p.GetDtype()) != base(o.attrs["dtype"].GetType()) {
		return digest{}, notProvable("constant %q has no value of its type", o.name)
	}
	if n, ok := elements(shapeOf(p.GetTensorShape()).Dims); ok && len(p.GetTensorContent()) == 0 {
		if c.p.spent += n * int64(max(itemSize(base(p.GetDtype())), 16)); n > maxWrittenOut || c.p.spent > maxWrittenOut {
			return digest{}, notProvable("constant %q of shape %v is too large to be written out", o.name, shapeOf(p.GetTensorShape()))
		}
	}
	t, err := TensorOf(p)
	if err != nil {
		return digest{}, notProvable("constant %q: %v", o.name, err)
	}
	return c.p.contents.tensor(t)
}

// maxWrittenOut bounds the bytes of the constants of a graph that are not stored as they are: one value may stand for any number.
const maxWrittenOut = 1 << 30

// neverProved are the ops that TensorFlow calls stateless and whose value is not a function of their inputs.
var neverProved = []string{"FakeParam", "Empty", "Placeholder", "PlaceholderV2", "StatelessRandomGetKeyCounterAlg"}

// provable are the stateful ops that canon understands.
var provableState = []string{"ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape", "LookupTableFind", "LookupTableFindV2", "LookupTableSize",
	"LookupTableSizeV2", "Assert", "CheckNumerics", "CheckNumericsV2", "RefSwitch", "RefMerge", "RefEnter", "RefExit", "RefNextIteration", "RefIdentity",
	"TensorArrayV3", "TensorArrayWriteV3", "TensorArrayReadV3", "TensorArrayGatherV3", "TensorArrayScatterV3", "TensorArraySizeV3", "TensorArrayConcatV3",
	"TensorArraySplitV3"}

// understood tells why an op has no place in a proof, or nil.
func (c *canon) understood(o *op) error {
	if o.kind == kindChoice || o.kind == kindLoop {
		return nil
	}
	info, known := opTable()[o.kind]
	switch {
	case !known || info.def == nil:
		return notProvable("the op %s (%s) is unknown", o.kind, o.name)
	case c.p.funcs[o.kind] != nil:
		return notProvable("the model has a function that is called %s, like an op", o.kind)
	case slices.Contains(neverProved, o.kind):
		return notProvable("%s (%s) has no value of its own", o.kind, o.name)
	}
	switch info.class {
	case opPure:
		return nil
	case opCall:
		if slices.Contains(branching, o.kind) {
			return nil
		}
	case opRandom:
		if c.chance {
			return nil
		}
		return notProvable("%s (%s) is random", o.kind, o.name)
	case opState:
		if slices.Contains(provableState, o.kind) {
			return nil
		}
	}
	if known && c.p.callee(&nodeDef{Op: o.kind}) == nil && info.class == opCall {
		return notProvable("%s (%s) calls a function that is not understood", o.kind, o.name)
	}
	return notProvable("%s (%s) keeps or changes state", o.kind, o.name)
}

// branching are the calls whose functions are compared as functions.
var branching = []string{"If", "StatelessIf", "While", "StatelessWhile", "Case", "StatelessCase"}

// form brings an op to its canonical form.
func (c *canon) form(o *op) (*form, error) {
	if f := c.forms[o]; f != nil {
		return f, nil
	}
	if err := c.understood(o); err != nil {
		return nil, err
	}
	f := &form{kind: canonicalKind(o), ctrl: c.control(o)}
	for _, v := range counted(o) {
		n, err := c.norm(v)
		if err != nil {
			return nil, err
		}
		f.in = append(f.in, n)
	}
	if o.kind != kindChoice && o.kind != "Assert" && o.kind != kindLoop {
		attrs, err := c.attributes(o)
		if err != nil {
			return nil, err
		}
		f.attrs = attrs
	}
	if c.guarded(o) {
		for _, g := range o.guard {
			n, err := c.norm(g.pred)
			if err != nil {
				return nil, err
			}
			f.guard = append(f.guard, guard{n, g.side})
		}
	}
	c.forms[o] = f
	return f, nil
}

// guarded tells whether it counts under which conditions an op runs.
func (c *canon) guarded(o *op) bool {
	return len(o.guard) > 0 && o.kind != kindChoice && !c.neverFails(o)
}

// counted are the inputs of an op that its answer depends on. What an assertion prints is not among them: whether it can be computed is looked at by itself.
func counted(o *op) []value {
	if o.kind == "Assert" && len(o.in) > 1 {
		return o.in[:1]
	}
	return o.in
}

// renamed are ops of two names and one meaning.
var renamed = map[string]string{
	"LookupTableFind": "LookupTableFindV2", "LookupTableSize": "LookupTableSizeV2", "RefSwitch": "Switch", "RefMerge": "Merge", "RefEnter": "Enter",
	"RefExit": "Exit", "RefNextIteration": "NextIteration", "StatelessIf": "If", "StatelessWhile": "While", "StatelessCase": "Case",
}

func canonicalKind(o *op) string {
	if o.kind == "Add" && base(o.attrs["T"].GetType()) != types.DataType_DT_STRING {
		return "AddV2" // the same kernel; only Add takes strings
	}
	if k, ok := renamed[o.kind]; ok {
		return k
	}
	return o.kind
}

// commutes tells whether the order of the inputs makes no difference to any bit. Maximum and Minimum are not among these: they tell
// 0.0 from -0.0 by position. The sum of two NaNs is one of them, so floats do not commute where something looks at the bits of a NaN.
func (c *canon) commutes(kind string, o *op) bool {
	switch kind {
	case "AddV2", "Mul", "LogicalAnd", "LogicalOr", "Equal", "NotEqual", "BitwiseAnd", "BitwiseOr", "BitwiseXor":
		t := base(o.attrs["T"].GetType())
		return t != types.DataType_DT_STRING && !isComplex(t) && (!isFloat(t) || !c.showsNaN)
	}
	return false
}

// nanViewers are the ops that tell one NaN from another.
var nanViewers = []string{"Bitcast", "AsString", "SerializeTensor", "StringFormat", "Fingerprint", "NextAfter"}

func isComplex(d DType) bool {
	return d == types.DataType_DT_COMPLEX64 || d == types.DataType_DT_COMPLEX128
}

// silentAttrs are attributes that change no value: static information, names, hints to the executor.
var silentAttrs = []string{"_class", "_output_shapes", "_cloned", "_lower_using_switch_merge", "_num_original_outputs", "_read_only_resource_inputs",
	"_gradient_op_type", "_construction_context", "_acd_function_control_output", "_has_manual_control_dependencies", "_stateful_parallelism",
	"_user_specified_name", "_parallel_iterations", "_collective_manager_ids", "_maximum_iterations", "_keras_node", "_tf_keras_used",
	"output_shapes", "parallel_iterations", "frame_name", "tensor_array_name", "use_locking", "container", "shared_name",
	"use_node_name_sharing", "debug_name", "allowed_devices", "summarize", "message", "first_n"}

// attributes serialises an op's attributes in the order of its declaration, defaults filled in, functions compared by what they do.
func (c *canon) attributes(o *op) ([]byte, error) {
	def := opTable()[o.kind].def
	var b bytes.Buffer
	known := map[string]bool{}
	for _, a := range def.GetAttr() {
		known[a.GetName()] = true
		if slices.Contains(silentAttrs, a.GetName()) || slices.Contains(branching, o.kind) && (a.GetType() == "func" || a.GetType() == "list(func)") {
			continue // the functions of a branch are compared by branches
		}
		if canonicalKind(o) == "While" && a.GetName() == "T" {
			continue // it has the types of what the loop captured, too
		}
		v := attrOf(def, o.attrs, a.GetName())
		if v == nil {
			return nil, notProvable("%s (%s) lacks the attribute %s", o.kind, o.name, a.GetName())
		}
		fmt.Fprintf(&b, "%q=", a.GetName())
		if err := c.attribute(&b, o, v); err != nil {
			return nil, err
		}
	}
	for name := range o.attrs {
		if !known[name] && !slices.Contains(silentAttrs, name) {
			return nil, notProvable("%s (%s) has an attribute %s that is not understood", o.kind, o.name, name)
		}
	}
	return b.Bytes(), nil
}

func (c *canon) attribute(b *bytes.Buffer, o *op, v *attr_value_go_proto.AttrValue) error {
	switch v := v.GetValue().(type) {
	case *attr_value_go_proto.AttrValue_S:
		fmt.Fprintf(b, "s%q;", v.S)
	case *attr_value_go_proto.AttrValue_I:
		fmt.Fprintf(b, "i%d;", v.I)
	case *attr_value_go_proto.AttrValue_F:
		fmt.Fprintf(b, "f%08x;", math.Float32bits(v.F))
	case *attr_value_go_proto.AttrValue_B:
		fmt.Fprintf(b, "b%t;", v.B)
	case *attr_value_go_proto.AttrValue_Type:
		fmt.Fprintf(b, "t%d;", base(v.Type))
	case *attr_value_go_proto.AttrValue_Shape:
		fmt.Fprintf(b, "S%v;", shapeOf(v.Shape))
	case *attr_value_go_proto.AttrValue_Tensor:
		t, err := TensorOf(v.Tensor)
		if err != nil {
			return notProvable("%s (%s): %v", o.kind, o.name, err)
		}
		fmt.Fprintf(b, "T%x;", tensorDigest(t))
	case *attr_value_go_proto.AttrValue_Func:
		return notProvable("%s (%s) takes a function", o.kind, o.name)
	case *attr_value_go_proto.AttrValue_List:
		l := v.List
		fmt.Fprintf(b, "[")
		for _, x := range l.GetS() {
			fmt.Fprintf(b, "s%q;", x)
		}
		for _, x := range l.GetI() {
			fmt.Fprintf(b, "i%d;", x)
		}
		for _, x := range l.GetF() {
			fmt.Fprintf(b, "f%08x;", math.Float32bits(x))
		}
		for _, x := range l.GetB() {
			fmt.Fprintf(b, "b%t;", x)
		}
		for _, x := range l.GetType() {
			fmt.Fprintf(b, "t%d;", base(x))
		}
		for _, x := range l.GetShape() {
			fmt.Fprintf(b, "S%v;", shapeOf(x))
		}
		if len(l.GetTensor())+len(l.GetFunc()) > 0 {
			return notProvable("%s (%s) has a list of tensors or functions", o.kind, o.name)
		}
		fmt.Fprintf(b, "];")
	default:
		return notProvable("%s (%s) has an attribute without a value", o.kind, o.name)
	}
	return nil
}

// children are the ops that an op's digest needs, itself excluded when they are leaves.
func (c *canon) children(o *op) ([]*op, error) {
	f, err := c.form(o)
	if err != nil {
		return nil, err
	}
	var next []*op
	for _, v := range f.in {
		if _, leaf, err := c.leaf(v); err != nil {
			return nil, err
		} else if !leaf {
			next = append(next, v.op)
		}
	}
	for _, g := range f.guard {
		if _, leaf, err := c.leaf(g.pred); err != nil {
			return nil, err
		} else if !leaf {
			next = append(next, g.pred.op)
		}
	}
	for _, d := range f.ctrl {
		if _, leaf, err := c.leaf(value{d, 0}); err != nil {
			return nil, err
		} else if !leaf {
			next = append(next, d)
		}
	}
	return next, nil
}

// component computes the digests of everything below root, one strongly connected component after the other, those that others need
// first (Tarjan's algorithm, without recursion). Only loops of TensorFlow 1 make components of more than one op.
func (c *canon) component(root *op) error {
	type frame struct {
		op   *op
		next []*op
	}
	index, low := map[*op]int{}, map[*op]int{}
	onStack := map[*op]bool{}
	var stack []*op
	var calls []frame
	enter := func(o *op) error {
		next, err := c.children(o)
		if err != nil {
			return err
		}
		index[o] = len(index) + 1
		low[o] = index[o]
		stack = append(stack, o)
		onStack[o] = true
		calls = append(calls, frame{o, next})
		return nil
	}
	if err := enter(root); err != nil {
		return err
	}
	for len(calls) > 0 {
		top := &calls[len(calls)-1]
		if len(top.next) > 0 {
			o := top.next[0]
			top.next = top.next[1:]
			if _, done := c.ops[o]; done {
				continue
			}
			if index[o] == 0 {
				if err := enter(o); err != nil {
					return err
				}
			} else if onStack[o] {
				low[top.op] = min(low[top.op], index[o])
			}
			continue
		}
		o := top.op
		calls = calls[:len(calls)-1]
		if len(calls) > 0 {
			below := calls[len(calls)-1].op
			low[below] = min(low[below], low[o])
		}
		if low[o] != index[o] {
			continue
		}
		var members []*op
		for {
			last := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			onStack[last] = false
			members = append(members, last)
			if last == o {
				break
			}
		}
		if err := c.finish(members); err != nil {
			return err
		}
	}
	return nil
}

// maxLoop bounds the ops of one loop: the work grows with the square of it.
const maxLoop = 5000

// finish computes the digests of a component. In a loop every op begins alike and is told apart by what it depends on, round after
// round. Two loops of n ops each that agree after 2n rounds agree for ever: that is when the minimisation of an automaton of 2n
// states ends at the latest.
func (c *canon) finish(members []*op) error {
	self := func(o *op) bool {
		next, err := c.children(o)
		return err == nil && slices.Contains(next, o)
	}
	if len(members) == 1 && !self(members[0]) {
		d, err := c.combine(members[0], nil)
		c.ops[members[0]] = d
		return err
	}
	if !slices.ContainsFunc(members, func(o *op) bool { return canonicalKind(o) == "NextIteration" }) {
		return notProvable("%s (%s) depends on itself", members[0].kind, members[0].name)
	}
	if len(members) > maxLoop {
		return notProvable("a loop has %d ops", len(members))
	}
	colour := map[*op]digest{}
	for _, o := range members {
		colour[o] = digestOf("loop", fmt.Appendf(nil, "%d", len(members)))
	}
	for range 2 * len(members) {
		next := make(map[*op]digest, len(members))
		for _, o := range members {
			d, err := c.combine(o, colour)
			if err != nil {
				return err
			}
			next[o] = d
		}
		colour = next
	}
	for o, d := range colour {
		c.ops[o] = digestOf("in a loop", d[:])
	}
	return nil
}

// combine is the digest of an op from those of its inputs; within a loop, colour has those of the round before.
func (c *canon) combine(o *op, colour map[*op]digest) (digest, error) {
	f, err := c.form(o)
	if err != nil {
		return digest{}, err
	}
	if o.kind == kindLoop && colour != nil {
		return digest{}, notProvable("the loop %q is part of what it begins with", o.name)
	}
	of := func(v value) (digest, error) {
		if d, ok := colour[v.op]; ok {
			return c.output(d, v), nil
		}
		return c.normed(v)
	}
	var in []digest
	for _, v := range f.in {
		d, err := of(v)
		if err != nil {
			return digest{}, err
		}
		in = append(in, d)
	}
	if c.commutes(f.kind, o) && len(in) == 2 && bytes.Compare(in[0][:], in[1][:]) > 0 {
		in[0], in[1] = in[1], in[0]
	}
	kind, in, err := c.special(o, f, in)
	if err != nil {
		return digest{}, err
	}
	var ctrl []digest
	for _, d := range f.ctrl {
		sum, err := of(value{d, -1})
		if err != nil {
			return digest{}, err
		}
		ctrl = append(ctrl, sum)
	}
	for _, g := range f.guard {
		pred, err := of(g.pred)
		if err != nil {
			return digest{}, err
		}
		ctrl = append(ctrl, digestOf("guard", pred[:], []byte{boolByte(g.side)}))
	}
	slices.SortFunc(ctrl, func(a, b digest) int { return bytes.Compare(a[:], b[:]) })
	parts := [][]byte{f.attrs, fmt.Appendf(nil, "%d %d", len(in), len(ctrl))}
	for _, d := range append(in, ctrl...) {
		parts = append(parts, d[:])
	}
	return digestOf(kind, parts...), nil
}

// zeroAxis is the digest of the axis that Gather and ResourceGather do not have.
var zeroAxis = digestOf("axis 0")

// special brings ops of the same meaning and other inputs together, and hashes the functions of branches and loops.
func (c *canon) special(o *op, f *form, in []digest) (string, []digest, error) {
	switch o.kind {
	case "Gather", "GatherV2", "ResourceGather":
		return c.gather(o, f, in)
	case "VariableShape":
		return c.variableShape(o, f, in)
	case "ParseExample", "ParseExampleV2":
		return c.parseExample(o, f, in)
	case "Select", "SelectV2":
		return c.chosen(o, f, in)
	case "ExpandDims", "StridedSlice":
		return c.expanded(o, f, in)
	}
	if slices.Contains(branching, o.kind) {
		return c.branches(o, f, in)
	}
	if o.kind == kindLoop {
		in, err := c.turning(o, in)
		return f.kind, in, err
	}
	return c.counting(o, f, in)
}

// gather: Gather(p, i) is GatherV2(p, i, 0); ResourceGather is the same of the variable's content.
func (c *canon) gather(o *op, f *form, in []digest) (string, []digest, error) {
	dims := attrOf(o.def, o.attrs, "batch_dims").GetI()
	indices, params := "Tindices", "Tparams"
	if o.kind == "ResourceGather" {
		params = "dtype"
		h, err := c.handle(o)
		if err != nil {
			return "", nil, err
		}
		if o.attrs["dtype"].GetType() != h.attrs["dtype"].GetType() {
			return "", nil, notProvable("%q is read as another type", h.name)
		}
		content, err := c.content(h, o)
		if err != nil {
			return "", nil, err
		}
		in[0] = content
	}
	if o.kind == "GatherV2" {
		if len(in) != 3 {
			return "", nil, notProvable("GatherV2 (%s) has %d inputs", o.name, len(in))
		}
		if t := constant(o.in[2]); t != nil && len(t.Dims) == 0 {
			if axis, ok := t.int(0); ok && axis == 0 {
				in = append(in[:2:2], zeroAxis)
			}
		}
	} else {
		in = append(in[:2:2], zeroAxis)
	}
	f.attrs = fmt.Appendf(nil, "%d %d %d", base(o.attrs[params].GetType()), o.attrs[indices].GetType(), dims)
	return "GatherV2", in, nil
}

// variableShape: the shape of a variable is the shape of its content.
func (c *canon) variableShape(o *op, f *form, in []digest) (string, []digest, error) {
	h, err := c.handle(o)
	if err != nil {
		return "", nil, err
	}
	content, err := c.content(h, o)
	if err != nil {
		return "", nil, err
	}
	in[0] = content
	f.attrs = fmt.Appendf(nil, "\"T\"=t%d;\"out_type\"=t%d;", h.attrs["dtype"].GetType(), attrOf(o.def, o.attrs, "out_type").GetType())
	return "Shape", in, nil
}

// parseExample: ParseExample takes every key as an input of its own, ParseExampleV2 takes vectors of keys.
func (c *canon) parseExample(o *op, f *form, in []digest) (string, []digest, error) {
	sparse := len(o.attrs["sparse_types"].GetList().GetType())
	dense := len(o.attrs["Tdense"].GetList().GetType())
	ragged := len(o.attrs["ragged_value_types"].GetList().GetType())
	keys := func(first, n int) ([]byte, error) {
		var all []string
		for i := first; i < first+n; i++ {
			if i >= len(o.in) {
				return nil, notProvable("%s (%s) has %d inputs", o.kind, o.name, len(o.in))
			}
			v, err := c.norm(o.in[i])
			if err != nil {
				return nil, err
			}
			t := constant(v)
			if t == nil || t.DType != types.DataType_DT_STRING {
				return nil, notProvable("%s (%s) has keys that are no constants", o.kind, o.name)
			}
			all = append(all, t.Strings...)
		}
		return fmt.Appendf(nil, "%q", all), nil
	}
	at := []int{2, sparse, 2 + sparse, dense, 0, 0} // where sparse, dense and ragged keys begin, and how many inputs hold them
	rest := 2 + sparse + dense
	if o.kind == "ParseExampleV2" {
		at, rest = []int{2, 1, 3, 1, 4, 1}, 5
	}
	var parts [][]byte
	for i := 0; i < len(at); i += 2 {
		k, err := keys(at[i], at[i+1])
		if err != nil {
			return "", nil, err
		}
		parts = append(parts, k)
	}
	if len(in) != rest+dense {
		return "", nil, notProvable("%s (%s) has %d inputs", o.kind, o.name, len(in))
	}
	if serialized, err := c.norm(o.in[0]); err != nil {
		return "", nil, err
	} else if s := serialized.op.shape; serialized.op.kind != kindFeed || !s.Known || len(s.Dims) != 1 {
		parts = append(parts, []byte(o.kind)) // ParseExampleV2 takes a scalar too
	}
	sum := digestOf("keys", parts...)
	list := append([]digest{in[0], in[1], sum}, in[rest:]...)
	var shapes []string
	for _, s := range o.attrs["dense_shapes"].GetList().GetShape() {
		shapes = append(shapes, shapeOf(s).String())
	}
	f.attrs = fmt.Appendf(nil, "%d %v %v %v %v %v", ragged, o.attrs["sparse_types"].GetList().GetType(), o.attrs["Tdense"].GetList().GetType(), shapes,
		o.attrs["ragged_value_types"].GetList().GetType(), o.attrs["ragged_split_types"].GetList().GetType())
	return "ParseExampleV2", list, nil
}

// branches hashes the functions of If, Case and While, each by what it computes of its parameters. Parameters that are resources stand
// for the resource that they are given.
func (c *canon) branches(o *op, f *form, in []digest) (string, []digest, error) {
	first := 1 // If and Case: the condition comes first
	var functions []string
	switch f.kind {
	case "If":
		functions = []string{o.attrs["then_branch"].GetFunc().GetName(), o.attrs["else_branch"].GetFunc().GetName()}
	case "Case":
		for _, b := range o.attrs["branches"].GetList().GetFunc() {
			functions = append(functions, b.GetName())
		}
	case "While":
		first = 0
		functions = []string{o.attrs["cond"].GetFunc().GetName(), o.attrs["body"].GetFunc().GetName()}
	}
	var changing []bool
	if f.kind == "While" {
		changing = c.changing(o)
	}
	var bodies []digest
	for i, name := range functions {
		d, err := c.function(o, f.kind == "While" && i == 1, name, f.in[first:], changing, in)
		if err != nil {
			return "", nil, err
		}
		bodies = append(bodies, d)
	}
	if f.kind == "While" {
		in = c.loopInputs(f, changing, in)
	}
	return f.kind, append(in, bodies...), nil
}

// loopInputs are the digests of what a loop begins with, and, in order, of what it captured that could end in an error.
func (c *canon) loopInputs(f *form, changing []bool, in []digest) []digest {
	var kept, captured []digest
	for i, d := range in {
		if changing[i] {
			kept = append(kept, d)
		} else if _, leaf, err := c.leaf(f.in[i]); err != nil || !leaf {
			captured = append(captured, d)
		}
	}
	slices.SortFunc(captured, compareDigests)
	return append(kept, slices.Compact(captured)...)
}

// kindParam is a parameter of a function under comparison.
const kindParam = "(parameter)"

// function is the digest of a function given its arguments; body tells of a loop, which has to hand resources on.
//
// Of a loop, changing tells which parameters are its own; the others are the captured values with the digests in.
func (c *canon) function(o *op, body bool, name string, args []value, changing []bool, in []digest) (digest, error) {
	params := make([]value, len(args))
	bound := map[*op]*binding{}
	captured := map[*op]digest{}
	own := 0
	for i, a := range args {
		n, err := c.norm(a)
		if err != nil {
			return digest{}, err
		}
		p := &op{kind: kindParam, name: fmt.Sprintf("%s, parameter %d", name, i), id: -own}
		switch n.op.kind {
		case "VarHandleOp", "HashTable", "HashTableV2":
			bound[p] = &binding{c, n}
		default:
			if changing != nil && !changing[i] {
				captured[p] = in[i]
			}
		}
		if changing == nil || changing[i] {
			own++
		}
		params[i] = value{p, 0}
	}
	flat, err := c.p.flattenFunction(name, params, c.depth+1)
	if err != nil {
		return digest{}, notProvable("%v", err)
	}
	if flat.odd != "" {
		return digest{}, notProvable("%s", flat.odd)
	}
	inner := newCanon(c.p, flat, c.state)
	inner.depth, inner.bound, inner.writes, inner.showsNaN = c.depth+1, bound, c.writes, true
	inner.chance, inner.captured = c.chance, captured
	if flat.mixes() {
		return digest{}, notProvable("function %q mixes control flow of TensorFlow 1 into that of TensorFlow 2", name)
	}
	count := len(flat.outputs)
	if body {
		count = own
	}
	parts := [][]byte{fmt.Appendf(nil, "%d %d", own, count)}
	var outputs []value
	for i := range len(flat.outputs) {
		v := flat.outputs[fmt.Sprint(i)][0]
		outputs = append(outputs, v)
		if body && i < len(params) && bound[params[i].op] != nil {
			if v.op != params[i].op {
				if n, err := inner.norm(v); err != nil || n.op != bound[params[i].op].v.op {
					return digest{}, notProvable("the loop %q changes which resource it uses", o.name)
				}
			}
		}
		if body && !changing[i] {
			continue
		}
		d, err := inner.value(v)
		if err != nil {
			return digest{}, err
		}
		parts = append(parts, d[:])
	}
	asserts, err := inner.effects(outputs)
	if err != nil {
		return digest{}, err
	}
	for _, d := range asserts {
		parts = append(parts, d[:])
	}
	return digestOf("function", parts...), nil
}

// harmless tells whether an op that is no pure function may run unseen: reads may, what canon knows to be a write of this step may.
func (c *canon) harmless(o *op, writes map[string]*op) error {
	switch o.kind {
	case "VarHandleOp", "VariableV2", "Variable", "HashTable", "HashTableV2":
		_, err := resourceKey(o)
		return err
	case "RestoreV2":
		return c.restorable(o)
	case "Print":
		return nil
	}
	for _, w := range writes {
		if w == o {
			return nil
		}
	}
	switch o.kind {
	case "ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape", "LookupTableFind", "LookupTableFindV2", "LookupTableSize", "LookupTableSizeV2":
		h, err := c.handle(o)
		if err != nil {
			return err
		}
		_, err = c.content(h, o)
		return err
	}
	return c.understood(o)
}

// neverFail are the pure ops that give an answer whatever their inputs are. Others may refuse a shape or a value, which is part of what a
// model does even where nothing needs their answer.
var neverFail = strings.Fields(`Const NoOp Identity IdentityN StopGradient PreventGradient Snapshot Shape ShapeN Rank Size ZerosLike OnesLike Cast
	PlaceholderWithDefault Relu Relu6 LeakyRelu Elu Selu Sigmoid Tanh Softplus Softsign Neg Abs Sign Exp Expm1 Log Log1p Sqrt Rsqrt Square Reciprocal Inv
	Floor Ceil Rint Round Erf Erfc Sin Cos IsNan IsInf IsFinite LogicalNot Invert StringLower StringUpper StringStrip StringLength AsString`)

// broadcasting are the ops of two inputs that refuse nothing but two shapes that do not go together, which a scalar always does.
var broadcasting = strings.Fields(`Add AddV2 Sub Mul Minimum Maximum SquaredDifference RealDiv Less LessEqual Greater GreaterEqual Equal NotEqual LogicalAnd LogicalOr`)

// neverFails tells whether an op gives an answer whatever its inputs are.
func (c *canon) neverFails(o *op) bool {
	if slices.Contains(neverFail, o.kind) {
		return true
	}
	return o.def != nil && base(o.attrs["T"].GetType()) != types.DataType_DT_STRING && c.fitting(o)
}

// given tells of an op that computes nothing.
func given(o *op) bool {
	return o.kind == kindFeed || o.kind == kindParam || o.kind == kindChoice || o.kind == kindSwitched
}

// mayFail tells whether an op may end in an error, or never.
func (c *canon) mayFail(o *op) bool {
	switch {
	case given(o):
		return false
	case o.kind == "Assert" || strings.HasPrefix(o.kind, "CheckNumerics"):
		return true
	case slices.Contains(branching, o.kind) || o.kind == kindLoop: // it may hold assertions
		return true
	}
	return opTable()[o.kind].class == opPure && !c.neverFails(o) && !c.carriedOut(o)
}

// cone marks the ops that some values are computed from.
func (c *canon) cone(outputs []value) (map[*op]bool, error) {
	seen := map[*op]bool{}
	work := slices.Clone(outputs)
	for len(work) > 0 {
		v, err := c.norm(work[len(work)-1])
		if err != nil {
			return nil, err
		}
		work = work[:len(work)-1]
		if seen[v.op] {
			continue
		}
		seen[v.op] = true
		if v.op.kind == kindLoop {
			needed, err := c.loopNeeds(v.op)
			if err != nil {
				return nil, err
			}
			work = append(work, needed...)
		} else {
			work = append(work, counted(v.op)...)
		}
		for _, d := range c.control(v.op) {
			work = append(work, value{d, 0})
		}
		if c.guarded(v.op) {
			for _, g := range v.op.guard {
				work = append(work, g.pred)
			}
		}
	}
	return seen, nil
}

// effects checks what runs besides the outputs: nothing may change state, and what may end in an error is part of what is compared:
// assertions, and pure ops that run though the outputs do not need them. It gives their digests in order.
func (c *canon) effects(outputs []value) ([]digest, error) {
	seen, err := c.cone(outputs)
	if err != nil {
		return nil, err
	}
	var checks []digest
	for _, o := range c.flat.ops {
		switch {
		case o.kind == "Assert" || strings.HasPrefix(o.kind, "CheckNumerics"):
		case seen[o] || given(o):
			continue
		case !c.mayFail(o):
			if opTable()[o.kind].class != opPure {
				if err := c.harmless(o, nil); err != nil {
					return nil, err
				}
			}
			continue
		}
		d, err := c.value(value{o, -1})
		if err != nil {
			return nil, err
		}
		if o.maybe {
			d = digestOf("maybe", d[:])
		}
		checks = append(checks, d)
	}
	slices.SortFunc(checks, func(a, b digest) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(checks), nil
}
