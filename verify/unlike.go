package verify

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// unlike is what is left of two signatures without the ops that both have just so: only there can they differ, and there the inputs have to show
// that they do not. Equal answers of a model to inputs that never reach what another model does differently mean nothing.
type unlike struct {
	pr       *prover
	joined   bool // what both have, both join in the same way, as far as that could be followed
	old, new *unlikePart
	// What either model stores for the signature.
	inOld, inNew map[digest]bool
}

// unlikePart is one model's side of it.
type unlikePart struct {
	p      *program
	c      *canon
	whole  map[*op]digest // what ops compute from what is a few steps above them
	ops    []*op          // that the outputs or a check need, and the other model lacks
	needed map[*op]bool   // by the outputs
}

// depth is how many steps above an op are looked at to find it in the other model. What differs farther above is unlike by itself.
const depth = 4

// unlike compares two signatures op by op; nil where one of them cannot be followed.
func (pr *prover) unlike(old, new *Signature) *unlike {
	a, b := newPart(pr.old, old), newPart(pr.new, new)
	if a == nil || b == nil {
		return nil
	}
	has := func(p *unlikePart) map[digest]bool {
		all := map[digest]bool{}
		for _, d := range p.whole {
			all[d] = true
		}
		return all
	}
	hasA, hasB := has(a), has(b)
	joined := true
	for rounds := depth; crossed(a, b, hasA, hasB); {
		if rounds *= 4; rounds*(len(a.whole)+len(b.whole)) > maxColoured {
			joined = false
			break
		}
		a.whole, b.whole = a.c.colours(rounds), b.c.colours(rounds)
		hasA, hasB = has(a), has(b)
	}
	a.keep(hasB)
	b.keep(hasA)
	return &unlike{pr, joined, a, b, a.held(pr.oldState), b.held(pr.newState)}
}

// maxColoured bounds the work of telling ops apart by what is far above them: ops times steps.
const maxColoured = 4_000_000

// crossed tells whether two models with ops of the same colours join them otherwise: at one place in the one there is an op that the other has at
// another place. Then what is a few steps above an op does not tell enough.
func crossed(a, b *unlikePart, hasA, hasB map[digest]bool) bool {
	type pair struct{ x, y value }
	seen := map[pair]bool{}
	var work []pair
	for name, was := range a.c.flat.outputs {
		is := b.c.flat.outputs[name]
		for i := range min(len(was), len(is)) {
			work = append(work, pair{was[i], is[i]})
		}
	}
	for len(work) > 0 && len(seen) <= 4*len(a.whole) {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		p.x, _ = a.c.reads(p.x)
		p.y, _ = b.c.reads(p.y)
		if seen[p] {
			continue
		}
		seen[p] = true
		dx, dy := a.whole[p.x.op], b.whole[p.y.op]
		switch {
		case dx == dy && p.x.index == p.y.index:
		case hasB[dx] && hasA[dy]:
			return true
		default:
			continue // one of them is unlike anything in the other model
		}
		_, inX, _ := a.c.spelling(p.x.op)
		_, inY, _ := b.c.spelling(p.y.op)
		if len(inX) == 2 && len(inY) == 2 && a.c.commutes(canonicalKind(p.x.op), p.x.op) {
			at := func(p *unlikePart, v value) digest {
				from, _ := p.c.reads(v)
				return p.whole[from.op]
			}
			if at(a, inX[0]) == at(b, inY[1]) || at(a, inX[1]) == at(b, inY[0]) {
				inY = []value{inY[1], inY[0]}
			}
		}
		for i := range min(len(inX), len(inY)) {
			work = append(work, pair{inX[i], inY[i]})
		}
	}
	return false
}

func newPart(p *program, sig *Signature) *unlikePart {
	f, err := p.flatten(sig)
	if err != nil {
		return nil
	}
	c := newCanon(p, f, &state{p: p})
	return &unlikePart{p: p, c: c, whole: c.colours(depth)}
}

// keep leaves the ops that the other model lacks.
func (p *unlikePart) keep(others map[digest]bool) {
	p.needed, _ = p.c.cone(p.c.outputs())
	roots := p.c.outputs()
	for _, o := range p.c.flat.ops {
		if o.kind == "Assert" || strings.HasPrefix(o.kind, "CheckNumerics") {
			roots = append(roots, value{o, 0})
		}
	}
	looked, err := p.c.cone(roots)
	for _, o := range p.c.flat.ops {
		if o.kind != kindFeed && o.kind != kindSwitched && !others[p.whole[o]] && (err != nil || looked[o]) {
			p.ops = append(p.ops, o)
		}
	}
}

// plain follows a value to what computed it: reading a variable is no step.
func (c *canon) plain(v value) value {
	for range maxDepth {
		n, err := c.norm(v)
		if err != nil {
			return v
		}
		if n.op.kind != "ReadVariableOp" || len(n.op.in) == 0 {
			return n
		}
		v = n.op.in[0]
	}
	return v
}

// reads is plain for a value that may come from a variable which is written: what a write to a reference gives is what a resource gives that is
// read after the write.
func (c *canon) reads(v value) (from value, after bool) {
	for range maxDepth {
		o := v.op
		writes := strings.HasPrefix(o.kind, "Assign") && !strings.HasSuffix(o.kind, "VariableOp")
		after = after || writes || slices.ContainsFunc(o.ctrl, func(d *op) bool { return strings.HasPrefix(d.kind, "Assign") })
		if len(o.in) == 0 || !writes && o.kind != "ReadVariableOp" && (!slices.Contains(passThrough, o.kind) || o.kind == "IdentityN") {
			break
		}
		v = o.in[0]
	}
	return c.plain(v), after
}

// assigning are the ops that write a resource variable and those that write a reference.
var assigning = map[string]string{"Assign": "AssignVariableOp", "AssignAdd": "AssignAddVariableOp", "AssignSub": "AssignSubVariableOp",
	"Gather": "GatherV2", "ResourceGather": "GatherV2", "Variable": "VariableV2", "VarHandleOp": "VariableV2"}

// spelling is an op in the form in which it is looked for in another model. Contents of variables and tables are left out: they are compared as they are.
func (c *canon) spelling(o *op) (kind string, in []value, attrs []byte) {
	kind, in = cmp.Or(assigning[o.kind], canonicalKind(o)), o.in
	switch {
	case o.kind == kindFeed:
		attrs = []byte(o.name)
	case o.kind == "Const":
		d := c.number(o)
		attrs = d[:]
	case slices.Contains(handles, o.kind):
		attrs = fmt.Appendf(nil, "%d %v %d %d", base(o.attrs["dtype"].GetType()), shapeOf(o.attrs["shape"].GetShape()), o.attrs["key_dtype"].GetType(), o.attrs["value_dtype"].GetType())
	case kind == "GatherV2":
		if len(in) == 3 && isZero(in[2]) {
			in = in[:2]
		}
	case assigning[o.kind] != "" || strings.HasPrefix(o.kind, "Assign"):
	case o.kind != kindChoice && o.def != nil:
		attrs, _ = c.attributes(o)
	}
	return kind, in, attrs
}

// colours tells ops apart by what is up to so many steps above them.
func (c *canon) colours(rounds int) map[*op]digest {
	colour := make(map[*op]digest, len(c.flat.ops))
	inputs := make(map[*op][]value, len(c.flat.ops))
	after := map[*op][]bool{} // by the inputs: whether they are what is there after a write
	for _, o := range c.flat.ops {
		kind, in, attrs := c.spelling(o)
		colour[o] = digestOf(kind, attrs)
		for _, v := range in {
			from, written := c.reads(v)
			inputs[o], after[o] = append(inputs[o], from), append(after[o], written)
		}
	}
	for range rounds {
		next := make(map[*op]digest, len(colour))
		for o, d := range colour {
			parts := [][]byte{d[:]}
			for i, v := range inputs[o] {
				above := outputDigest(colour[v.op], v.index)
				if after[o][i] {
					above = digestOf("after", above[:])
				}
				parts = append(parts, above[:])
			}
			if len(parts) == 3 && c.commutes(canonicalKind(o), o) && bytes.Compare(parts[1], parts[2]) > 0 {
				parts[1], parts[2] = parts[2], parts[1]
			}
			next[o] = digestOf("", parts...)
		}
		colour = next
	}
	return colour
}

// doubt tells why equal answers of two models do not settle that they are the same, or "".
func (u *unlike) doubt() string {
	switch {
	case u == nil:
		return "what the models have different cannot be followed"
	case !u.joined:
		return "the models join the same ops in other ways"
	}
	return cmp.Or(u.twins(), u.contents(), u.loops(), u.patterns())
}

// patterns describes a regular expression that only one of the models uses, or "": no number of texts shows all that it matches.
func (u *unlike) patterns() string {
	used := func(ops []*op) map[string]string {
		all := map[string]string{}
		for _, o := range ops {
			if expression, ok := patternOf(o); ok {
				all[expression] = o.name
			}
		}
		return all
	}
	for _, side := range []struct {
		who  string
		p, q *unlikePart
	}{{"old", u.old, u.new}, {"new", u.new, u.old}} {
		own, others := used(side.p.ops), used(side.q.c.flat.ops)
		for _, expression := range sortedKeys(own) {
			if others[expression] == "" {
				return fmt.Sprintf("only the %s model looks for %q (%s), and no number of texts shows all that this matches", side.who, expression, own[expression])
			}
		}
	}
	return ""
}

// spelled are ops whose constants have many spellings: a wrong one shows for any input.
var spelled = []string{"Reshape", "Squeeze", "ExpandDims", "Pack", "Unpack", "ConcatV2", "Transpose", "Tile", "BroadcastTo", "Fill", "Range", "StridedSlice", "Slice", "Pad", "Split",
	"Sum", "Mean", "Max", "Min", "Prod", "All", "Any", "ArgMax", "ArgMin", "Shape", "Size", "Rank", "Const", "Cast", "Assert", "Enter", "Exit", "Merge", "Switch", "NextIteration",
	"TensorArrayV3", "TensorListReserve", "TensorListFromTensor", "TensorListStack"}

// geometry are attributes for which the same holds.
var geometry = []string{"strides", "ksize", "padding", "explicit_paddings", "dilations", "data_format", "transpose_a", "transpose_b", "adj_x", "adj_y", "keep_dims", "axis",
	"squeeze_dims", "begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask", "batch_dims"}

// twins describes ops of one kind that differ in a constant or in an attribute, and in that alone are unlike anything that the other model has.
func (u *unlike) twins() string {
	was, is := u.old.settings(), u.new.settings()
	for _, key := range sortedKeys(was) {
		var only [2][]*op
		for _, d := range slices.SortedFunc(maps.Keys(was[key]), compareDigests) {
			if is[key][d] == nil {
				only[0] = append(only[0], was[key][d])
			}
		}
		for _, d := range slices.SortedFunc(maps.Keys(is[key]), compareDigests) {
			if was[key][d] == nil {
				only[1] = append(only[1], is[key][d])
			}
		}
		if len(only[0]) > 0 && len(only[1]) > 0 {
			return fmt.Sprintf("%s of the old model and %s of the new one are both a %s and differ in a constant or an attribute", only[0][0].name, only[1][0].name, only[0][0].kind)
		}
	}
	return ""
}

func compareDigests(a, b digest) int { return bytes.Compare(a[:], b[:]) }

// settings are the constants and attributes of the unlike ops, and of those in the functions of loops and cases: by the kind and the types of an op,
// and by their digest.
func (p *unlikePart) settings() map[string]map[digest]*op {
	found := map[string]map[digest]*op{}
	add := func(c *canon, o *op) {
		if slices.Contains(spelled, o.kind) || o.def == nil || slices.Contains(handles, o.kind) || slices.Contains(branching, o.kind) || opTable()[o.kind].def == nil {
			return
		}
		key, content := canonicalKind(o), [][]byte{}
		for _, v := range o.in {
			n := c.plain(v)
			if n.op.kind != "Const" {
				key += " *"
				continue
			}
			key += fmt.Sprintf(" %d", n.op.attrs["dtype"].GetType())
			d := c.number(n.op)
			content = append(content, d[:])
		}
		if strings.HasPrefix(o.kind, "ParseExample") { // its versions name the keys in other ways
			key, content = parsed(c, o)
			if found[key] == nil {
				found[key] = map[digest]*op{}
			}
			found[key][digestOf("", content...)] = o
			return
		}
		for _, a := range opTable()[o.kind].def.GetAttr() {
			v := attrOf(o.def, o.attrs, a.GetName())
			if v == nil || slices.Contains(silentAttrs, a.GetName()) || slices.Contains(geometry, a.GetName()) {
				continue
			}
			var b bytes.Buffer
			if c.attribute(&b, o, v) != nil {
				continue
			}
			if strings.Contains(a.GetType(), "type") || a.GetName() == "N" {
				key += " " + b.String()
			} else {
				content = append(content, b.Bytes())
			}
		}
		if found[key] == nil {
			found[key] = map[digest]*op{}
		}
		found[key][digestOf("", content...)] = o
	}
	for _, o := range p.ops {
		add(p.c, o)
	}
	for _, o := range p.c.flat.ops {
		if slices.Contains(branching, o.kind) {
			p.functions(o, 0, add)
		}
	}
	return found
}

// parsed are the defaults of the features that an op parses.
func parsed(c *canon, o *op) (key string, content [][]byte) {
	n := len(o.attrs["Tdense"].GetList().GetType())
	for _, v := range o.in[max(len(o.in)-n, 0):] {
		if d := c.plain(v); d.op.kind == "Const" {
			sum := c.number(d.op)
			content = append(content, sum[:])
		}
	}
	return fmt.Sprintf("ParseExample %v", o.attrs["Tdense"].GetList().GetType()), content
}

// number is the digest of a constant in which one NaN is as good as another.
func (c *canon) number(o *op) digest {
	t := smallConst(o)
	if t == nil || !isFloat(t.DType) || isComplex(t.DType) {
		d, err := c.constDigest(o)
		if err != nil {
			return digestOf("constant", []byte(o.name))
		}
		return d
	}
	same := *t
	same.Data = slices.Clone(t.Data)
	size := itemSize(t.DType)
	var none []byte // where a NaN is
	for i := range t.Len() {
		if n, ok := t.float(i); ok && n != n {
			clear(same.Data[i*size : (i+1)*size])
			none = fmt.Appendf(none, "%d ", i)
		}
	}
	return digestOf("number", fmt.Appendf(nil, "%d %v", same.DType, same.Dims), same.Data, none)
}

// wholly is the number of elements up to which inputs can be expected to show what each element of a variable does, and few the same for floats, which may
// be weights: the others are shapes and the like.
const (
	wholly = 64
	few    = 4
)

// contents describes stored values that only one model has, and that are too many for inputs to show each of them. Of what is looked up it can be
// watched whether all of it was (watch.go), unless both models have such.
func (u *unlike) contents() string {
	if u.pr.err != nil {
		return ""
	}
	var names, plain [2]string
	a, b := u.old.stored(u.pr.oldState), u.new.stored(u.pr.newState)
	for i, side := range [][2]map[digest]*op{{a, b}, {b, a}} {
		lookedUp := []*unlikePart{u.old, u.new}[i].lookedUp()
		for _, d := range slices.SortedFunc(maps.Keys(side[0]), compareDigests) {
			if o := side[0][d]; side[1][d] == nil {
				names[i] = o.name
				if !lookedUp[o] && !regular(o) {
					plain[i] = o.name
				}
			}
		}
	}
	switch {
	case names[0] != "" && names[1] != "":
		return fmt.Sprintf("%s of the old model and %s of the new one hold other values, more than inputs can show one by one", names[0], names[1])
	case plain[0] != "":
		return fmt.Sprintf("%s of the old model holds values that the new one does not store, more than inputs can show one by one", plain[0])
	case plain[1] != "":
		return fmt.Sprintf("%s of the new model holds values that the old one does not store, more than inputs can show one by one", plain[1])
	}
	return ""
}

// lookedUp are the ops whose values are used for nothing but looking up rows by an index.
func (p *unlikePart) lookedUp() map[*op]bool {
	all, otherwise := map[*op]bool{}, map[*op]bool{}
	for _, o := range p.c.flat.ops {
		for i, v := range o.in {
			from := p.c.plain(v).op
			switch {
			case o.kind == "ReadVariableOp" || slices.Contains(passThrough, o.kind):
			case i == 0 && (o.kind == "Gather" || o.kind == "GatherV2" || o.kind == "ResourceGather"):
				all[from] = true
			case p.needed[o]:
				otherwise[from] = true
			}
		}
	}
	for o := range otherwise {
		delete(all, o)
	}
	return all
}

// regular tells whether a constant is one that a few ops compute: numbers that are all the same, or that go up by the same step.
func regular(o *op) bool {
	if o.kind != "Const" {
		return false
	}
	t := smallConst(o)
	if t == nil || t.DType == types.DataType_DT_STRING || isComplex(t.DType) {
		return false
	}
	for i := 2; i < t.Len(); i++ {
		if t.number(i)-t.number(i-1) != t.number(1)-t.number(0) {
			return false
		}
	}
	return true
}

// stored are the large values that a signature uses: variables, and constants.
func (p *unlikePart) stored(s *state) map[digest]*op {
	all := map[digest]*op{}
	for _, o := range p.c.flat.ops {
		var dims []int64
		var d digest
		switch o.kind {
		case "VarHandleOp", "VariableV2", "Variable":
			key, err := resourceKey(o)
			if err != nil {
				continue
			}
			dims, d = staticDims(value{o, 0}), s.content[key]
		case "Const":
			var err error
			if d, err = p.c.constDigest(o); err != nil {
				continue
			}
			dims = staticDims(value{o, 0})
		default:
			continue
		}
		most := int64(wholly)
		if isFloat(base(o.attrs["dtype"].GetType())) {
			most = few
		}
		if n, ok := elements(dims); ok && n > most {
			all[d] = o
		}
	}
	return all
}

// foreign tells whether an op looks up what the other model does not store, or converts from one type to another as no unlike op of the other does.
func (u *unlike) foreign(o *op, new bool) bool {
	own, other, held, s := u.old, u.new, u.inNew, u.pr.oldState
	if new {
		own, other, held, s = u.new, u.old, u.inOld, u.pr.newState
	}
	if o.kind == "Cast" {
		return !slices.ContainsFunc(other.ops, func(x *op) bool {
			return x.kind == "Cast" && x.attrs["SrcT"].GetType() == o.attrs["SrcT"].GetType() && x.attrs["DstT"].GetType() == o.attrs["DstT"].GetType()
		})
	}
	if len(o.in) == 0 {
		return false
	}
	d, ok := own.content(own.c.plain(o.in[0]).op, s)
	return ok && !held[d]
}

// content is the digest of what a constant, a variable or a table holds.
func (p *unlikePart) content(o *op, s *state) (digest, bool) {
	switch o.kind {
	case "VarHandleOp", "VariableV2", "Variable", "HashTable", "HashTableV2":
		key, err := resourceKey(o)
		if err != nil || s == nil {
			return digest{}, err == nil
		}
		return s.content[key], true
	case "Const":
		d, err := p.c.constDigest(o)
		return d, err == nil
	}
	return digest{}, false
}

// held is everything that a signature stores, whatever its size.
func (p *unlikePart) held(s *state) map[digest]bool {
	all := map[digest]bool{}
	for _, o := range p.c.flat.ops {
		if d, ok := p.content(o, s); ok && d != (digest{}) {
			all[d] = true
		}
	}
	return all
}

// functions visits the ops of the functions of a loop or a case, and of those that they call.
func (p *unlikePart) functions(o *op, level int, visit func(*canon, *op)) {
	if level > maxDepth {
		return
	}
	for _, name := range p.p.calls(&nodeDef{Op: o.kind, Attr: o.attrs}) {
		fn := p.p.funcs[name]
		if fn == nil {
			continue
		}
		var args []value
		for i := range fn.GetSignature().GetInputArg() {
			args = append(args, value{&op{kind: kindParam, name: name, id: -i}, 0})
		}
		f, err := p.p.flattenFunction(name, args, level)
		if err != nil {
			continue
		}
		c := newCanon(p.p, f, &state{p: p.p})
		for _, inner := range f.ops {
			visit(c, inner)
			if slices.Contains(branching, inner.kind) {
				p.functions(inner, level+1, visit)
			}
		}
	}
}

// ending are the comparisons that a condition is made of, as far as it is made of those and their conjunction.
func (f *flat) ending(condition *op) map[*op]bool {
	found := map[*op]bool{}
	for work := []*op{condition}; len(work) > 0; {
		o := work[len(work)-1]
		work = work[:len(work)-1]
		if found[o] {
			continue
		}
		switch {
		case slices.Contains([]string{"Less", "LessEqual", "Greater", "GreaterEqual"}, o.kind):
			found[o] = true
		case o.kind == "LogicalAnd", o.kind == "LoopCond", slices.Contains(passThrough, o.kind):
			found[o] = true
			for _, v := range o.in {
				work = append(work, v.op)
			}
		}
	}
	return found
}

// loopConditions are the comparisons that end the loops of TensorFlow 1.
func (f *flat) loopConditions() map[*op]bool {
	all := map[*op]bool{}
	for _, o := range f.ops {
		if o.kind == "LoopCond" {
			maps.Copy(all, f.ending(o))
		}
	}
	return all
}

// inLoops are the ops in loops of TensorFlow 1: what depends on an Enter, up to the Exit.
func (f *flat) inLoops() map[*op]bool {
	users := map[*op][]*op{}
	in := map[*op]bool{}
	var work []*op
	for _, o := range f.ops {
		for _, v := range o.in {
			users[v.op] = append(users[v.op], o)
		}
		if o.kind == "Enter" || o.kind == "RefEnter" {
			in[o] = true
			work = append(work, o)
		}
	}
	for len(work) > 0 {
		o := work[len(work)-1]
		work = work[:len(work)-1]
		for _, u := range users[o] {
			if !in[u] && u.kind != "Exit" && u.kind != "RefExit" {
				in[u] = true
				work = append(work, u)
			}
		}
	}
	return in
}

// changes describes what requests change in one model and not so in the other, or "". A few requests show little of what state grows to.
func (u *unlike) changes() string {
	if u == nil {
		return "requests change state, and it cannot be told how"
	}
	writes := func(p *unlikePart) map[digest]bool {
		all := map[digest]bool{}
		for _, o := range p.c.flat.effects {
			if opTable()[o.kind].class == opState && !slices.Contains(handles, o.kind) && o.kind != "ReadVariableOp" {
				all[p.whole[o]] = true
			}
		}
		return all
	}
	if !maps.Equal(writes(u.old), writes(u.new)) {
		return "requests change state, and not in the same way in both models"
	}
	for i, p := range []*unlikePart{u.old, u.new} {
		kept := p.kept([]*state{u.pr.oldState, u.pr.newState}[i])
		for _, o := range p.ops {
			if kept[o] && p.needed[o] && !slices.Contains(handles, o.kind) && o.kind != "ReadVariableOp" && !slices.Contains(passThrough, o.kind) {
				return fmt.Sprintf("requests change state, and %s, which only one of the models has, depends on it", o.name)
			}
		}
	}
	return ""
}

// kept are the ops that are computed from what requests change.
func (p *unlikePart) kept(s *state) map[*op]bool {
	return p.c.flat.below(func(o *op) bool {
		if !slices.Contains(handles, o.kind) {
			return opTable()[o.kind].class == opState && o.kind != "ReadVariableOp" && o.kind != "ResourceGather" && !strings.HasPrefix(o.kind, "LookupTable")
		}
		key, err := resourceKey(o)
		if err != nil || s == nil {
			return true
		}
		_, changes := s.changed[key]
		return changes
	})
}

// below are the ops for which from holds, and those that are computed from what they compute.
func (f *flat) below(from func(*op) bool) map[*op]bool {
	users := map[*op][]*op{}
	marked := map[*op]bool{}
	var work []*op
	for _, o := range f.ops {
		for _, in := range o.in {
			users[in.op] = append(users[in.op], o)
		}
		if from(o) {
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

// sizes are the whole numbers that only one model has: how long an input has to be may depend on them.
func (u *unlike) sizes() []int64 {
	var all []int64
	if u == nil {
		return nil
	}
	for _, p := range []*unlikePart{u.old, u.new} {
		for _, o := range p.ops {
			if o.kind != "Const" {
				continue
			}
			t := smallConst(o)
			if t == nil || t.Len() > wholly || t.DType == types.DataType_DT_STRING || isFloat(t.DType) {
				continue
			}
			for i := range t.Len() {
				if n, ok := t.int(i); ok && n > 1 {
					all = append(all, n)
				}
			}
		}
	}
	return distinct(all, 2*maxSizes)
}

// maxSizes bounds the sizes that are tried.
const maxSizes = 8
