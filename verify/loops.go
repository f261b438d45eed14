package verify

import (
	"fmt"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// Loops of TensorFlow 1 are made of ops that pass values around (Enter, Merge, Switch, NextIteration, Exit); loops of TensorFlow 2 are a While with two
// functions, which TensorFlow turns into the former before it runs them. Both are brought to one form here: variables, each with what it begins with and
// what becomes of it in a turn, and the condition of another turn.

// kindLoop is the op of such a loop. Its inputs are what the variables begin with, and then what the loop captured; its outputs what the variables
// end with.
const kindLoop = "(loop)"

// loop is the inside of one.
type loop struct {
	params []*op // stand for the inputs of the op
	vars   int   // how many of these are variables
	cond   *flat // of the parameters: whether there is another turn
	body   *flat // what becomes of each variable
	inside []string
}

// singular are the ops of which two with equal inputs are not one.
func singular(o *op) bool {
	return strings.HasPrefix(o.kind, "TensorArray") || strings.HasPrefix(o.kind, "Stack")
}

// lift brings the loops of a graph into that form. It is false, and the graph of no more use, if there is anything about the loops of TensorFlow 1
// that does not come from tf.while_loop: then they are compared as they stand, and so are those of TensorFlow 2 beside them.
func (p *program) lift(f *flat, depth int) bool {
	if slices.ContainsFunc(f.ops, singular) {
		return !f.mixes()
	}
	for range maxLifted {
		enters, users := f.innermost()
		if len(enters) == 0 {
			break
		}
		if !f.liftLoop(enters, users) {
			return false
		}
	}
	if slices.ContainsFunc(f.ops, func(o *op) bool { return slices.Contains(loopKinds, o.kind) }) {
		return false
	}
	for _, o := range f.ops {
		if canonicalKind(o) == "While" {
			if l := p.liftWhile(o, depth); l != nil {
				o.kind, o.def, o.loop = kindLoop, nil, l
			}
		}
	}
	return true
}

// maxLifted bounds the loops of a graph: each is looked for anew.
const maxLifted = 200

// liftWhile is the inside of a loop of TensorFlow 2, or nil if that is not run as one of TensorFlow 1.
func (p *program) liftWhile(o *op, depth int) *loop {
	for name := range o.attrs {
		if !slices.Contains([]string{"T", "cond", "body", "output_shapes", "parallel_iterations"}, name) && !slices.Contains(silentAttrs, name) {
			return nil
		}
	}
	condition := p.funcs[o.attrs["cond"].GetFunc().GetName()]
	if !o.attrs["_lower_using_switch_merge"].GetB() || condition == nil || len(condition.GetSignature().GetOutputArg()) != 1 ||
		condition.GetSignature().GetOutputArg()[0].GetType() != types.DataType_DT_BOOL {
		return nil
	}
	l := &loop{vars: len(o.in)}
	var params []value
	for i := range o.in {
		param := &op{name: fmt.Sprintf("%s, variable %d", o.name, i), kind: kindParam, id: -i}
		l.params = append(l.params, param)
		params = append(params, value{param, 0})
	}
	part := func(attr string) *flat {
		f, err := p.flattenFunction(o.attrs[attr].GetFunc().GetName(), params, depth+1)
		if err != nil || f.odd != "" || !p.lift(f, depth+1) || !f.plain() {
			return nil
		}
		return f
	}
	if l.cond = part("cond"); l.cond == nil {
		return nil
	}
	if l.body = part("body"); l.body == nil || len(l.body.outputs) != len(params) {
		return nil
	}
	return l
}

// plain holds that a graph within a loop has nothing left of the control flow of TensorFlow 1, and nothing that is told apart by its identity.
func (f *flat) plain() bool {
	f.choose()
	return !f.mixes() && !slices.ContainsFunc(f.ops, singular)
}

// innermost gives the Enters of a loop of TensorFlow 1 that has no other in it, and who uses which op; no Enters if there is no such loop.
func (f *flat) innermost() ([]*op, map[*op][]*op) {
	if !slices.ContainsFunc(f.ops, func(o *op) bool { return o.kind == "Enter" }) {
		return nil, nil
	}
	users := map[*op][]*op{}
	groups := map[frameName][]*op{}
	var names []frameName
	for _, o := range f.ops {
		for _, v := range o.in {
			users[v.op] = append(users[v.op], o)
		}
		for _, d := range o.ctrl {
			users[d] = append(users[d], o)
		}
		if o.kind == "Enter" {
			name := frameName{o.frame, string(o.attrs["frame_name"].GetS())}
			if groups[name] == nil {
				names = append(names, name)
			}
			groups[name] = append(groups[name], o)
		}
	}
	for _, name := range names {
		nested := false
		for o := range region(groups[name], users) {
			nested = nested || o.kind == "Enter" && !slices.Contains(groups[name], o)
		}
		if !nested {
			return groups[name], users
		}
	}
	return nil, nil
}

// region are the ops between the Enters and the Exits of a loop that has no other in it.
func region(enters []*op, users map[*op][]*op) map[*op]bool {
	found := map[*op]bool{}
	for work := slices.Clone(enters); len(work) > 0; {
		o := work[len(work)-1]
		work = work[:len(work)-1]
		if !found[o] {
			found[o] = true
			if o.kind != "Exit" {
				work = append(work, users[o]...)
			}
		}
	}
	return found
}

// lifter takes one loop of TensorFlow 1 apart.
type lifter struct {
	in        map[*op]bool // the ops of the loop
	structure map[*op]bool // those that pass values around
	params    map[*op]*op  // of the loop, by the Enter, the Merge and the Switch that stand for them
	turn      *op          // the LoopCond
	cond      map[*op]bool // what the condition is made of
}

// liftLoop puts one op in the place of a loop.
func (f *flat) liftLoop(enters []*op, users map[*op][]*op) bool {
	w := &lifter{in: region(enters, users), structure: map[*op]bool{}, params: map[*op]*op{}, cond: map[*op]bool{}}
	where := enters[0].frame
	if where == nil || len(where.frames) > 0 {
		return false // what a call in a loop holds runs in each turn, which its ops do not show
	}
	var inside []string
	for _, o := range f.ops {
		switch {
		case !w.in[o]:
			continue
		case o.frame != where || len(o.guard) > 0 || strings.HasPrefix(o.kind, "Ref"):
			return false
		case o.kind == "LoopCond":
			if w.turn != nil || len(o.ctrl) > 0 || len(o.in) != 1 {
				return false
			}
			w.turn = o
			w.structure[o] = true
		}
		inside = append(inside, o.name)
	}
	if w.turn == nil {
		return false
	}
	made := &op{name: strings.TrimSuffix(w.turn.name, "/LoopCond"), kind: kindLoop, frame: where, id: w.turn.id, loop: &loop{inside: inside}}
	var next []value // what becomes of the variables, in terms of the loop's ops
	var ends [][]*op
	for _, constant := range []bool{false, true} { // the variables come first
		for _, e := range enters {
			if e.attrs["is_constant"].GetB() != constant {
				continue
			}
			param := &op{name: e.name, kind: kindParam, id: -len(made.in)}
			made.in = append(made.in, e.in[0])
			made.loop.params = append(made.loop.params, param)
			for _, d := range e.ctrl {
				if w.in[d] {
					return false
				}
				if !slices.Contains(made.ctrl, d) {
					made.ctrl = append(made.ctrl, d)
				}
			}
			w.structure[e] = true
			if constant {
				w.params[e] = param
				continue
			}
			made.loop.vars++
			n, exits, ok := w.variable(e, param, users)
			if !ok {
				return false
			}
			next = append(next, n)
			ends = append(ends, exits)
		}
	}
	for o := range w.in {
		if !w.structure[o] && (slices.Contains(loopKinds, o.kind) || o.kind == "Switch" && o.in[1].op == w.turn) {
			return false
		}
	}
	w.condition(w.turn.in[0].op)
	l := made.loop
	l.cond, l.body = &flat{outputs: map[string][]value{}}, &flat{outputs: map[string][]value{}}
	var outside, effects []*op
	for _, o := range f.ops {
		switch {
		case !w.in[o] || o.kind == "Exit":
			outside = append(outside, o)
		case w.structure[o]:
		case w.cond[o]:
			l.cond.ops = append(l.cond.ops, o)
		default:
			l.body.ops = append(l.body.ops, o)
		}
	}
	for _, o := range f.effects {
		switch {
		case !w.in[o] || o.kind == "Exit":
			effects = append(effects, o)
		case w.structure[o]:
		case w.cond[o]:
			l.cond.effects = append(l.cond.effects, o)
		default:
			l.body.effects = append(l.body.effects, o)
		}
	}
	for _, part := range []*flat{l.cond, l.body} {
		for _, o := range part.ops {
			if !w.inner(o, part == l.body) {
				return false
			}
		}
	}
	turn, ok := w.value(w.turn.in[0], false)
	if !ok {
		return false
	}
	l.cond.outputs["0"] = []value{turn}
	for i, v := range next {
		v, ok := w.value(v, true)
		if !ok {
			return false
		}
		l.body.outputs[fmt.Sprint(i)] = []value{v}
	}
	for _, out := range f.outputs {
		for _, v := range out {
			if w.in[v.op] && v.op.kind != "Exit" {
				return false
			}
		}
	}
	for i, exits := range ends {
		for _, x := range exits {
			x.kind, x.def, x.in = kindSwitched, nil, []value{{made, i}}
		}
	}
	f.ops, f.effects = append(outside, made), effects
	return l.cond.plain() && l.body.plain()
}

// variable finds the ops that pass one variable around, and what its next value is.
func (w *lifter) variable(enter, param *op, users map[*op][]*op) (next value, exits []*op, ok bool) {
	if len(users[enter]) != 1 {
		return next, nil, false
	}
	merge := users[enter][0]
	if merge.kind != "Merge" || len(merge.in) != 2 || merge.in[0] != (value{enter, 0}) || merge.in[1].op.kind != "NextIteration" || len(merge.ctrl) > 0 {
		return next, nil, false
	}
	iteration := merge.in[1].op
	if len(iteration.in) != 1 || len(iteration.ctrl) > 0 || len(users[iteration]) != 1 {
		return next, nil, false
	}
	w.structure[merge], w.structure[iteration] = true, true
	w.params[merge] = param
	for _, u := range users[merge] {
		if u.kind != "Switch" || len(u.in) != 2 || u.in[1] != (value{w.turn, 0}) {
			continue
		}
		if u.in[0] != (value{merge, 0}) || len(u.ctrl) > 0 {
			return next, nil, false
		}
		w.structure[u] = true
		w.params[u] = param
		for _, x := range users[u] {
			if x.kind == "Exit" {
				if len(x.in) != 1 || x.in[0] != (value{u, 0}) || len(x.ctrl) > 0 {
					return next, nil, false
				}
				w.structure[x] = true
				if !slices.Contains(exits, x) {
					exits = append(exits, x)
				}
			}
		}
	}
	return iteration.in[0], exits, true
}

// condition marks what the condition is computed from in a turn.
func (w *lifter) condition(o *op) {
	for work := []*op{o}; len(work) > 0; {
		o := work[len(work)-1]
		work = work[:len(work)-1]
		if !w.in[o] || w.structure[o] || w.cond[o] {
			continue
		}
		w.cond[o] = true
		for _, v := range o.in {
			work = append(work, v.op)
		}
		work = append(work, o.ctrl...)
	}
}

// inner puts parameters in the place of what passes values around, in the inputs of one op. All of the condition runs before any turn, and all of the body in
// every turn, but for branches within: so what an op waits for counts only there.
func (w *lifter) inner(o *op, body bool) bool {
	for i, v := range o.in {
		v, ok := w.value(v, body)
		if !ok {
			return false
		}
		o.in[i] = v
	}
	kept := o.ctrl[:0]
	for _, d := range o.ctrl {
		switch {
		case !w.in[d] || d.kind == "Exit" || d.kind == "NextIteration":
			return false
		case w.structure[d]:
		case w.cond[d] == body:
			return false
		default:
			kept = append(kept, d)
		}
	}
	o.ctrl = kept
	return true
}

// value is a value of the loop as its parameters give it: the condition looks at a variable before the Switch, and the body after it.
func (w *lifter) value(v value, body bool) (value, bool) {
	o := v.op
	switch {
	case !w.in[o]:
		return v, false
	case !w.structure[o]:
		return v, w.cond[o] != body
	case o.kind == "Enter" && w.params[o] != nil:
		return value{w.params[o], 0}, true
	case o.kind == "Merge" && v.index == 0:
		return value{w.params[o], 0}, !body
	case o.kind == "Switch" && v.index == 1:
		return value{w.params[o], 0}, body
	}
	return v, false
}

// within is a canon for a part of a loop. bound and captured are what parameters stand for.
func (c *canon) within(f *flat, bound map[*op]*binding, captured map[*op]digest) *canon {
	inner := newCanon(c.p, f, c.state)
	inner.depth, inner.bound, inner.writes, inner.showsNaN = c.depth+1, bound, c.writes, true
	inner.chance, inner.captured, inner.turns = c.chance, captured, true
	return inner
}

// again is the canon with other digests of its parameters.
func (c *canon) again(captured map[*op]digest) *canon {
	fresh := *c
	fresh.captured, fresh.ops, fresh.exits = captured, map[*op]digest{}, map[*op][]digest{}
	return &fresh
}

// varies tells which inputs of a loop are variables that change.
func (c *canon) varies(l *loop) []bool {
	inner := c.within(l.body, nil, nil)
	all := make([]bool, len(l.params))
	for i := range l.vars {
		n, err := inner.norm(l.body.outputs[fmt.Sprint(i)][0])
		all[i] = err != nil || n.op != l.params[i]
	}
	return all
}

// liveness is what counts of a loop: TensorFlow 2 gives each a counter that most have no use for.
type liveness struct {
	vars       []int // the variables that change and that something needs
	captured   []int // the other inputs that something needs
	cond, body *canon
}

// outs are the values that the variables that count take on.
func (l *liveness) outs(f *flat) []value {
	var all []value
	for _, i := range l.vars {
		all = append(all, f.outputs[fmt.Sprint(i)][0])
	}
	return all
}

// live works out what counts of a loop: the variables that are used after it, those that the condition is computed from or what may fail, and those
// that these are computed from.
func (c *canon) live(o *op) (*liveness, error) {
	if l := c.needs[o]; l != nil {
		return l, nil
	}
	bound := map[*op]*binding{}
	changing := c.changing(o)
	for i, v := range o.in {
		if changing[i] {
			continue
		}
		n, err := c.norm(v)
		if err != nil {
			return nil, err
		}
		if n.op.kind == "VarHandleOp" || strings.HasPrefix(n.op.kind, "HashTable") || n.op.kind == "Const" && len(c.control(n.op)) == 0 {
			bound[o.loop.params[i]] = &binding{c, n}
		}
	}
	l := &liveness{cond: c.within(o.loop.cond, bound, nil), body: c.within(o.loop.body, bound, nil)}
	for i, v := range o.in {
		if !changing[i] { // what is captured keeps its shape
			param := value{o.loop.params[i], 0}
			of := c.outline(v)
			l.cond.outlines[param] = outline{param, of.rank, of.ones}
			l.body.outlines[param] = l.cond.outlines[param]
		}
	}
	needed := map[int]bool{}
	for i := range c.used(o) {
		needed[i] = i < len(changing) && changing[i]
	}
	var checks []value
	for _, inner := range o.loop.body.ops {
		if l.body.mayFail(inner) {
			checks = append(checks, value{inner, 0})
		}
	}
	condition := slices.Clone(o.loop.cond.outputs["0"])
	for _, inner := range o.loop.cond.ops {
		if l.cond.mayFail(inner) {
			condition = append(condition, value{inner, 0})
		}
	}
	looked, err := l.cond.cone(condition)
	if err != nil {
		return nil, err
	}
	for {
		l.vars, l.captured = nil, nil
		for i := range o.in {
			if needed[i] {
				l.vars = append(l.vars, i)
			}
		}
		seen, err := l.body.cone(append(l.outs(o.loop.body), checks...))
		if err != nil {
			return nil, err
		}
		more := false
		for i, param := range o.loop.params {
			if !seen[param] && !looked[param] {
				continue
			}
			if !changing[i] {
				l.captured = append(l.captured, i)
			} else if !needed[i] {
				needed[i], more = true, true
			}
		}
		if !more {
			c.needs[o] = l
			return l, nil
		}
	}
}

// used are the outputs of an op that anything takes.
func (c *canon) used(o *op) map[int]bool {
	if c.uses == nil {
		c.uses = map[*op]map[int]bool{}
		note := func(v value) {
			if v.op.kind == kindLoop {
				if c.uses[v.op] == nil {
					c.uses[v.op] = map[int]bool{}
				}
				c.uses[v.op][v.index] = true
			}
		}
		for _, o := range c.flat.ops {
			for _, v := range o.in {
				note(v)
			}
			for _, g := range o.guard {
				note(g.pred)
			}
		}
		for _, v := range c.outputs() {
			note(v)
		}
	}
	return c.uses[o]
}

// loopNeeds are the inputs of a loop that count.
func (c *canon) loopNeeds(o *op) ([]value, error) {
	l, err := c.live(o)
	if err != nil {
		return nil, err
	}
	var all []value
	for _, i := range slices.Concat(l.vars, l.captured) {
		all = append(all, o.in[i])
	}
	return all, nil
}

// maxRounds bounds the rounds of all loops of a graph together: those of loops within loops multiply.
const maxRounds = 100_000

// turning gives what a loop is compared by, from the digests of its inputs.
//
// All variables begin alike and are told apart by what they begin with, by what becomes of them and by the condition, round after round, as the ops of a
// loop that is compared as it stands (finish). Two loops of up to n variables each that agree after 2n rounds agree for ever; and where the variables of two loops agree, so
// do their values before the first turn, and after every turn if they did before it, and the loops end after the same one.
func (c *canon) turning(o *op, in []digest) ([]digest, error) {
	l, err := c.live(o)
	if err != nil {
		return nil, err
	}
	size := 4
	for size < len(l.vars) {
		size *= 2
	}
	if c.p.rounds += 2 * size; c.p.rounds > maxRounds {
		return nil, notProvable("the loops take more than %d rounds to compare", maxRounds)
	}
	colour := map[*op]digest{}
	for _, i := range l.captured {
		colour[o.loop.params[i]] = in[i]
	}
	for _, i := range l.vars {
		colour[o.loop.params[i]] = digestOf("variable", fmt.Appendf(nil, "%d", size))
	}
	outs := l.outs(o.loop.body)
	var condition digest
	for range 2 * size {
		cond, body := l.cond.again(colour), l.body.again(colour)
		if condition, err = cond.value(o.loop.cond.outputs["0"][0]); err != nil {
			return nil, err
		}
		next := map[*op]digest{}
		for _, i := range l.captured {
			next[o.loop.params[i]] = in[i]
		}
		for k, i := range l.vars {
			d, err := body.value(outs[k])
			if err != nil {
				return nil, err
			}
			next[o.loop.params[i]] = digestOf("variable", in[i][:], d[:], condition[:])
		}
		colour = next
	}
	exits := make([]digest, len(o.in))
	for i := range exits {
		exits[i] = digestOf("of no use", fmt.Appendf(nil, "%p %d", o, i))
	}
	var variables, captured []digest
	for _, i := range l.vars {
		exits[i] = colour[o.loop.params[i]]
		variables = append(variables, exits[i])
	}
	c.exits[o] = exits
	for _, i := range l.captured {
		if safe, err := c.safe(o.in[i]); err != nil {
			return nil, err
		} else if !safe {
			captured = append(captured, in[i])
		}
	}
	before, err := l.cond.again(colour).effects(o.loop.cond.outputs["0"])
	if err != nil {
		return nil, err
	}
	during, err := l.body.again(colour).effects(outs)
	if err != nil {
		return nil, err
	}
	set := func(label string, all []digest) digest {
		slices.SortFunc(all, compareDigests)
		var parts [][]byte
		for _, d := range slices.Compact(all) {
			parts = append(parts, d[:])
		}
		return digestOf(label, parts...)
	}
	return []digest{condition, set("variables", variables), set("captured", captured), set("before", before), set("during", during)}, nil
}

// safe tells whether nothing that a value is computed from can fail.
func (c *canon) safe(v value) (bool, error) {
	seen, err := c.cone([]value{v})
	for o := range seen {
		if c.mayFail(o) {
			return false, err
		}
	}
	return true, err
}
