package verify

import (
	"errors"
	"slices"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// Branches of TensorFlow 1 are made of ops that pass a value on to one side (Switch) and that take the value of the side which has one
// (Merge); an op runs if all that it depends on has a value. Branches of TensorFlow 2 are an If with two functions, which TensorFlow turns into
// the former before it runs them. Both are brought to one form here: an op knows the conditions that it runs under (its guard), and
// a result is a choice between two values.

// loopKinds are the ops of loops of TensorFlow 1, in which a guard would hold for one iteration only, and those whose identity counts.
var loopKinds = []string{"Enter", "RefEnter", "Exit", "RefExit", "NextIteration", "RefNextIteration", "LoopCond", "RefSwitch", "RefMerge",
	"TensorArrayV3", "TensorArrayV2", "TensorArray", "Stack", "StackV2"}

// kindSwitched is what a Switch becomes: both outputs are its input, and the guards of those that use it tell the rest.
const kindSwitched = "(switched)"

var errNoBranches = errors.New("not made of branches")

// chooser works out the guards of a graph of TensorFlow 1.
type chooser struct {
	guards  map[*op][]guard
	choices map[*op][]value // what a Merge chooses from
}

// choose brings the branches of a graph into the form of choices, without those that are always taken.
func (f *flat) choose() {
	f.chooseSwitched()
	f.settle()
}

// chooseSwitched brings the branches of TensorFlow 1 into the form of choices. It leaves the graph alone if there is anything about
// them that does not come from a conditional: then they are compared as they stand.
func (f *flat) chooseSwitched() {
	if !slices.ContainsFunc(f.ops, func(o *op) bool { return o.kind == "Switch" }) {
		return
	}
	for _, o := range f.ops {
		if slices.Contains(loopKinds, o.kind) || len(o.guard) > 0 {
			return
		}
	}
	c := &chooser{guards: map[*op][]guard{}, choices: map[*op][]value{}}
	for _, o := range f.ops {
		g, err := c.op(o, 0)
		if err != nil {
			return
		}
		if (len(g) > 0 || o.kind == "Switch" || o.kind == "Merge") && o.frame != nil && len(o.frame.frames) > 0 {
			return // what a call in a branch holds runs under the guard of the call, which its ops do not show
		}
	}
	for _, out := range f.outputs {
		for _, v := range out {
			if g, err := c.value(v, 0); err != nil || len(g) > 0 {
				return
			}
		}
	}
	for o, g := range c.guards {
		o.guard = g
		switch o.kind {
		case "Switch":
			o.kind, o.def = kindSwitched, nil
		case "Merge":
			o.kind, o.def, o.in = kindChoice, nil, c.choices[o]
		}
	}
}

// maxNesting bounds a chain of ops that is followed by recursion.
const maxNesting = 100_000

func (c *chooser) op(o *op, depth int) ([]guard, error) {
	if g, ok := c.guards[o]; ok {
		return g, nil
	}
	if depth > maxNesting {
		return nil, errNoBranches
	}
	c.guards[o] = nil
	if o.kind == "Merge" {
		return c.merge(o, depth)
	}
	var all []guard
	for _, v := range o.in {
		g, err := c.value(v, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, g...)
	}
	for _, d := range o.ctrl {
		g, err := c.op(d, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, g...)
	}
	all = distinctGuards(all)
	if contradict(all) {
		return nil, errNoBranches // an op that never runs
	}
	c.guards[o] = all
	return all, nil
}

func distinctGuards(all []guard) []guard {
	var kept []guard
	for _, g := range all {
		if !slices.Contains(kept, g) {
			kept = append(kept, g)
		}
	}
	return kept
}

func contradict(all []guard) bool {
	return slices.ContainsFunc(all, func(g guard) bool { return slices.Contains(all, guard{g.pred, !g.side}) })
}

// value is the guard of one output of an op.
func (c *chooser) value(v value, depth int) ([]guard, error) {
	all, err := c.op(v.op, depth)
	switch {
	case err != nil:
		return nil, err
	case v.op.kind == "Merge" && v.index != 0:
		return nil, errNoBranches // which side it was
	case v.op.kind != "Switch":
		return all, nil
	}
	all = distinctGuards(append(slices.Clone(all), guard{plainValue(v.op.in[1]), v.index == 1}))
	if contradict(all) {
		return nil, errNoBranches
	}
	return all, nil
}

// plainValue follows a condition to where it was computed.
func plainValue(v value) value {
	for range maxNesting {
		switch v.op.kind {
		case "Identity", "Switch":
			v = v.op.in[0]
		default:
			return v
		}
	}
	return v
}

// merge holds that a Merge takes the values of the two sides of one condition.
func (c *chooser) merge(o *op, depth int) ([]guard, error) {
	if len(o.in) != 2 || len(o.ctrl) > 0 {
		return nil, errNoBranches
	}
	a, err := c.value(o.in[0], depth+1)
	if err != nil {
		return nil, err
	}
	b, err := c.value(o.in[1], depth+1)
	if err != nil {
		return nil, err
	}
	for i, g := range a {
		at := slices.Index(b, guard{g.pred, !g.side})
		if at < 0 {
			continue
		}
		rest, also := slices.Delete(slices.Clone(a), i, i+1), slices.Delete(slices.Clone(b), at, at+1)
		if len(rest) != len(also) || slices.ContainsFunc(rest, func(g guard) bool { return !slices.Contains(also, g) }) {
			return nil, errNoBranches
		}
		c.choices[o] = []value{g.pred, o.in[0], o.in[1]}
		if !g.side {
			c.choices[o] = []value{g.pred, o.in[1], o.in[0]}
		}
		c.guards[o] = rest
		return rest, nil
	}
	return nil, errNoBranches
}

// settle takes out the choices whose condition is a constant. A graph that can be trained as well as served has one wherever the two differ: a placeholder
// whose default says that nobody trains. Ops of the other side never run.
func (f *flat) settle() {
	known := map[value]*bool{}
	constantly := func(pred value) (is, ok bool) {
		at, seen := known[pred]
		if !seen {
			at = settled(pred)
			known[pred] = at
		}
		return at != nil && *at, at != nil
	}
	dead := map[*op]bool{}
	for _, o := range f.ops {
		var open []guard
		for _, g := range o.guard {
			if is, ok := constantly(g.pred); !ok {
				open = append(open, g)
			} else if is != g.side {
				dead[o] = true
			}
		}
		o.guard = open
		if o.kind != kindChoice {
			continue
		}
		if is, ok := constantly(o.in[0]); ok {
			taken := o.in[2]
			if is {
				taken = o.in[1]
			}
			o.kind, o.in = kindSwitched, []value{taken}
		}
	}
	if len(dead) > 0 {
		never := func(o *op) bool { return dead[o] }
		f.ops, f.effects = slices.DeleteFunc(f.ops, never), slices.DeleteFunc(f.effects, never)
	}
}

// settled is what a condition always is, or nil.
func settled(pred value) *bool {
	for range maxNesting {
		switch o := pred.op; {
		case o.kind == "Const":
			t := smallConst(o)
			if t == nil || t.DType != types.DataType_DT_BOOL || len(t.Dims) > 0 || len(t.Data) != 1 {
				return nil
			}
			is := t.Data[0] != 0
			return &is
		case o.kind == "Switch" || o.kind == kindSwitched || slices.Contains(passThrough, o.kind) && o.kind != "IdentityN":
			if len(o.in) == 0 {
				return nil
			}
			pred = o.in[0]
		default:
			return nil
		}
	}
	return nil
}

// mixes tells whether there is control flow of TensorFlow 1 that choose has left alone, or what depends on an op's identity.
func (f *flat) mixes() bool {
	return slices.ContainsFunc(f.ops, func(o *op) bool { return slices.Contains(loopKinds, o.kind) || o.kind == "Switch" || o.kind == "Merge" })
}
