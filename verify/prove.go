package verify

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// minProducer is the version of GraphDef from which on no op that is proved changed its meaning with it; TensorFlow 1.4 wrote 24
// (tensorflow/core/public/version.h).
const minProducer = 24

// prover proves signatures of two meta graphs equal. What loading leaves behind is worked out once for each.
type prover struct {
	old, new           *program
	oldState, newState *state
	err                error // nothing of these meta graphs is provable
}

func newProver(old, new *program) *prover {
	pr := &prover{old: old, new: new}
	a, b := old.mg.Def.GetGraphDef().GetVersions().GetProducer(), new.mg.Def.GetGraphDef().GetVersions().GetProducer()
	if a != b && min(a, b) < minProducer {
		pr.err = notProvable("the graphs are of versions %d and %d", a, b)
		return pr
	}
	for _, p := range []*program{old, new} {
		if pr.err = p.loadable(); pr.err != nil {
			return pr
		}
		for name := range p.funcs {
			if opTable()[name].def != nil {
				pr.err = notProvable("a function is called %s, like an op", name)
				return pr
			}
		}
	}
	if pr.oldState, pr.err = old.load(); pr.err != nil {
		pr.err = fmt.Errorf("the old model: %w", pr.err)
		return pr
	}
	if pr.newState, pr.err = new.load(); pr.err != nil {
		pr.err = fmt.Errorf("the new model: %w", pr.err)
		return pr
	}
	if !sameDigests(pr.oldState.checks, pr.newState.checks) {
		pr.err = notProvable("loading computes other things that may fail")
	}
	return pr
}

// sameDigests compares two sets.
func sameDigests(a, b []digest) bool {
	order := func(a, b digest) int { return bytes.Compare(a[:], b[:]) }
	return slices.Equal(slices.Compact(slices.SortedFunc(slices.Values(a), order)), slices.Compact(slices.SortedFunc(slices.Values(b), order)))
}

// maxMinConsumer is the version of TensorFlow 2.15.1's GraphDef: a graph that asks for a later one does not load everywhere.
const maxMinConsumer = 1645

// loadable refuses graphs that some TensorFlow does not load, and that no rule below would notice.
func (p *program) loadable() error {
	g := p.mg.Def.GetGraphDef()
	if v := g.GetVersions(); v.GetMinConsumer() > maxMinConsumer || len(v.GetBadConsumers()) > 0 {
		return notProvable("the graph excludes versions of TensorFlow")
	}
	if len(p.nodes) < len(g.GetNode()) || len(p.funcs) < len(g.GetLibrary().GetFunction()) {
		return notProvable("two nodes or two functions have one name")
	}
	return nil
}

// prove returns nil when every output of the two signatures is the same function of the inputs, bit by bit, and errors wrap
// errNotProvable otherwise: that two graphs are not proved equal does not mean that they differ.
func (pr *prover) prove(old, new *Signature) error {
	if pr.err != nil {
		return pr.err
	}
	if err := errors.Join(pr.old.inputs(old), pr.new.inputs(new)); err != nil {
		return err
	}
	var a *canon
	var errA error
	done := make(chan struct{})
	go func() { // the two have nothing in common but what they store
		defer close(done)
		a, errA = pr.digested(pr.old, pr.oldState, old)
	}()
	b, errB := pr.digested(pr.new, pr.newState, new)
	<-done
	switch {
	case errA != nil:
		return fmt.Errorf("the old model: %w", errA)
	case errB != nil:
		return fmt.Errorf("the new model: %w", errB)
	}
	w := newWalk(a, b)
	identities := slices.ContainsFunc(slices.Concat(a.flat.ops, b.flat.ops), func(o *op) bool { return singular(o) || strings.HasSuffix(o.kind, "Enter") })
	for _, out := range old.Outputs {
		va, vb := a.flat.outputs[out.Name], b.flat.outputs[out.Name]
		if len(va) != len(vb) {
			return notProvable("output %q is made of %d and %d tensors", out.Name, len(va), len(vb))
		}
		for i := range va {
			da, err := a.value(va[i])
			if err != nil {
				return fmt.Errorf("the old model: %w", err)
			}
			db, err := b.value(vb[i])
			if err != nil {
				return fmt.Errorf("the new model: %w", err)
			}
			if da != db {
				return notProvable("output %q is computed in another way%s", out.Name, w.where(va[i], vb[i]))
			}
			if !identities {
				continue
			}
			if err := w.pair(va[i], vb[i]); err != nil {
				return err
			}
		}
	}
	ea, err := a.effects(a.outputs())
	if err != nil {
		return fmt.Errorf("the old model: %w", err)
	}
	eb, err := b.effects(b.outputs())
	if err != nil {
		return fmt.Errorf("the new model: %w", err)
	}
	if !slices.Equal(ea, eb) {
		return notProvable("the models check other conditions (Assert), or compute other things that may fail")
	}
	return nil
}

// digested is one side with the digests of its outputs.
func (pr *prover) digested(p *program, s *state, sig *Signature) (*canon, error) {
	c, err := pr.side(p, s, sig)
	if err != nil {
		return nil, err
	}
	for _, v := range c.outputs() {
		if _, err := c.value(v); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// matchedBranches are the branches, by their names, that either model has and that the other has just so.
func (pr *prover) matchedBranches(old, new *Signature) (inOld, inNew map[string]bool) {
	return pr.matched(old, new, append([]string{kindChoice}, choosing...)...)
}

// matched are the ops of some kinds, by their names, that either model has and that the other has just so.
func (pr *prover) matched(old, new *Signature, kinds ...string) (inOld, inNew map[string]bool) {
	inOld, inNew = map[string]bool{}, map[string]bool{}
	if pr.err != nil {
		return inOld, inNew
	}
	digests := func(p *program, s *state, sig *Signature) map[digest][]string {
		found := map[digest][]string{}
		c, err := pr.side(p, s, sig)
		if err != nil {
			return nil
		}
		for _, o := range c.flat.ops {
			if !slices.Contains(kinds, o.kind) {
				continue
			}
			if o.kind == kindLoop {
				if d, err := c.value(value{o, -1}); err == nil {
					found[d] = append(append(found[d], o.name), o.loop.inside...)
				}
			} else if d, err := c.value(value{o, 0}); err == nil {
				found[d] = append(found[d], o.name)
			}
		}
		return found
	}
	a, b := digests(pr.old, pr.oldState, old), digests(pr.new, pr.newState, new)
	for d, names := range a {
		if also, ok := b[d]; ok {
			for _, n := range names {
				inOld[n] = true
			}
			for _, n := range also {
				inNew[n] = true
			}
		}
	}
	return inOld, inNew
}

// sameButChance tells whether two signatures compute the same of the same random numbers.
func (pr *prover) sameButChance(old, new *Signature) bool {
	if pr.err != nil {
		return false
	}
	a, errA := pr.side(pr.old, pr.oldState, old)
	b, errB := pr.side(pr.new, pr.newState, new)
	if errA != nil || errB != nil {
		return false
	}
	a.chance, b.chance = true, true
	w := newWalk(a, b)
	for _, out := range old.Outputs {
		va, vb := a.flat.outputs[out.Name], b.flat.outputs[out.Name]
		for i := range min(len(va), len(vb)) {
			da, errA := a.value(va[i])
			db, errB := b.value(vb[i])
			if errA != nil || errB != nil || da != db || w.pair(va[i], vb[i]) != nil {
				return false
			}
		}
	}
	return true
}

// outputs are the values that a signature answers.
func (c *canon) outputs() []value {
	var all []value
	for _, name := range sortedKeys(c.flat.outputs) {
		all = append(all, c.flat.outputs[name]...)
	}
	return all
}

// inputs refuses signatures that TensorFlow would not take a request for: two names for one tensor, which a request could feed
// differently; a tensor that is not there, or of another type; one that is fed and fetched.
func (p *program) inputs(s *Signature) error {
	seen := map[string]bool{}
	for _, in := range s.Inputs {
		for i, t := range in.Tensors {
			name, index, _ := tensorRef(t)
			if seen[tensorName(t)] {
				return notProvable("two inputs of the signature are one tensor, %s", t)
			}
			seen[tensorName(t)] = true
			want := in.DType
			if in.Sparse() && i != 1 {
				want = types.DataType_DT_INT64
			}
			if n := p.nodes[name]; n == nil || p.outputType(n, index) != want {
				return notProvable("input %q is not a tensor of type %s", in.Name, DTypeName(want))
			}
		}
	}
	for _, t := range tensorsOf(s.Outputs) {
		if seen[tensorName(t)] {
			return notProvable("%s is an input and an output, which TensorFlow refuses", t)
		}
	}
	return nil
}

// outputType is the type of an output of a node, DT_INVALID where it has no such output or is a function's call.
func (p *program) outputType(n *nodeDef, index int) DType {
	def := p.opDef(n.GetOp())
	for _, arg := range def.GetOutputArg() {
		count := argLen(def, arg, n.GetAttr())
		if index < 0 || index >= count {
			index -= count
			continue
		}
		switch {
		case arg.GetTypeListAttr() != "":
			return base(attrOf(def, n.GetAttr(), arg.GetTypeListAttr()).GetList().GetType()[index])
		case arg.GetTypeAttr() != "":
			return base(attrOf(def, n.GetAttr(), arg.GetTypeAttr()).GetType())
		}
		return base(arg.GetType())
	}
	return types.DataType_DT_INVALID
}

func (pr *prover) side(p *program, s *state, sig *Signature) (*canon, error) {
	f, err := p.flatten(sig)
	if err == nil && !p.lift(f, 0) {
		f, err = p.flatten(sig)
	}
	if err != nil {
		return nil, notProvable("%v", err)
	}
	if f.odd != "" {
		return nil, notProvable("%s", f.odd)
	}
	c := newCanon(p, f, s)
	if slices.ContainsFunc(f.ops, func(o *op) bool { return len(o.guard) > 0 }) && f.mixes() {
		return nil, notProvable("control flow of TensorFlow 1 is mixed into that of TensorFlow 2")
	}
	for _, o := range f.ops {
		if c.dies[o] && o.frame != nil && len(o.frame.frames) > 0 {
			return nil, notProvable("a function is called beside control flow of TensorFlow 1 (%s)", o.name)
		}
	}
	return c, nil
}

// walk goes through two graphs of equal digests side by side, where digests alone do not tell enough: a digest forgets whether two
// equal values are one op or two, which makes a difference to a TensorArray and to the frame of a loop. Those have to correspond
// one to one.
type walk struct {
	a, b        *canon
	seen        map[[2]value]bool
	there, back map[any]any
}

// frameName is the frame that an Enter opens.
type frameName struct {
	in   *frame
	name string
}

func newWalk(a, b *canon) *walk {
	return &walk{a: a, b: b, seen: map[[2]value]bool{}, there: map[any]any{}, back: map[any]any{}}
}

// pair visits two values of the same digest and everything below them.
func (w *walk) pair(x, y value) error {
	type job struct{ x, y value }
	work := []job{{x, y}}
	for len(work) > 0 {
		j := work[len(work)-1]
		work = work[:len(work)-1]
		x, err := w.a.norm(j.x)
		if err != nil {
			return err
		}
		y, err := w.b.norm(j.y)
		if err != nil {
			return err
		}
		if w.seen[[2]value{x, y}] {
			continue
		}
		w.seen[[2]value{x, y}] = true
		dx, err := w.a.normed(x)
		if err != nil {
			return err
		}
		dy, err := w.b.normed(y)
		if err != nil {
			return err
		}
		if dx != dy {
			return notProvable("%s and %s do not correspond", x.op.name, y.op.name)
		}
		if err := w.identities(x.op, y.op); err != nil {
			return err
		}
		_, leafX, err := w.a.leaf(x)
		if err != nil {
			return err
		}
		_, leafY, err := w.b.leaf(y)
		if err != nil {
			return err
		}
		if leafX || leafY {
			continue
		}
		in, err := w.inputs(w.a, x.op)
		if err != nil {
			return err
		}
		also, err := w.inputs(w.b, y.op)
		if err != nil {
			return err
		}
		for i := range min(len(in), len(also)) {
			work = append(work, job{in[i], also[i]})
		}
	}
	return nil
}

// inputs are what an op is compared by: its inputs and then its control edges, in the order in which they were hashed. Where the same
// op has two spellings the inputs that they share come first.
func (w *walk) inputs(c *canon, o *op) ([]value, error) {
	f, err := c.form(o)
	if err != nil {
		return nil, err
	}
	in := slices.Clone(f.in)
	switch o.kind {
	case "ParseExample", "ParseExampleV2":
		return in[:1], nil
	case "Gather", "GatherV2": // the indices first: they are what all three share
		return []value{in[1], in[0]}, nil
	case "ResourceGather":
		return in[1:2], nil
	case "VariableShape", kindLoop: // nothing that is told apart by its identity is in a loop, or beside it
		return nil, nil
	case "While", "StatelessWhile":
		return w.loopInputs(c, o, in)
	}
	in = c.shared(o, in)
	key := func(v value) digest {
		d, err2 := c.normed(v)
		if err2 != nil {
			err = err2
		}
		return d
	}
	if c.commutes(f.kind, o) {
		slices.SortStableFunc(in, func(x, y value) int { dx, dy := key(x), key(y); return bytes.Compare(dx[:], dy[:]) })
	}
	var ctrl []value
	for _, d := range f.ctrl {
		ctrl = append(ctrl, value{d, -1})
	}
	slices.SortStableFunc(ctrl, func(x, y value) int { dx, dy := key(x), key(y); return bytes.Compare(dx[:], dy[:]) })
	return append(in, ctrl...), err
}

// loopInputs are what a loop begins with, and then what it captured.
func (w *walk) loopInputs(c *canon, o *op, in []value) ([]value, error) {
	var kept, captured []value
	sums := map[value]digest{}
	for i, v := range in {
		if c.changing(o)[i] {
			kept = append(kept, v)
			continue
		}
		if _, leaf, err := c.leaf(v); err != nil {
			return nil, err
		} else if leaf {
			continue
		}
		d, err := c.normed(v)
		if err != nil {
			return nil, err
		}
		sums[v] = d
		captured = append(captured, v)
	}
	slices.SortStableFunc(captured, func(x, y value) int { return compareDigests(sums[x], sums[y]) })
	captured = slices.CompactFunc(captured, func(x, y value) bool { return sums[x] == sums[y] })
	return append(kept, captured...), nil
}

// identities notes which op with an identity corresponds to which.
func (w *walk) identities(x, y *op) error {
	var kx, ky any
	switch {
	case strings.HasPrefix(x.kind, "TensorArray") || strings.HasPrefix(y.kind, "TensorArray"):
		kx, ky = x, y
	case opTable()[x.kind].class == opRandom || opTable()[y.kind].class == opRandom: // two throws of a die are not one
		kx, ky = x, y
	case strings.HasSuffix(x.kind, "Enter") || strings.HasSuffix(y.kind, "Enter"):
		kx = frameName{x.frame, string(x.attrs["frame_name"].GetS())}
		ky = frameName{y.frame, string(y.attrs["frame_name"].GetS())}
	default:
		return nil
	}
	if was, ok := w.there[kx]; ok && was != ky {
		return notProvable("%s corresponds to two ops of the new model", x.name)
	}
	if was, ok := w.back[ky]; ok && was != kx {
		return notProvable("%s corresponds to two ops of the old model", y.name)
	}
	w.there[kx], w.back[ky] = ky, kx
	return nil
}

// where looks for the first ops in which two graphs part, for the message.
func (w *walk) where(x, y value) string {
	for seen := map[value]bool{}; !seen[x]; {
		seen[x] = true // a loop leads back
		var errX, errY error
		x, errX = w.a.norm(x)
		y, errY = w.b.norm(y)
		if errX != nil || errY != nil {
			return ""
		}
		fx, errX := w.a.form(x.op)
		fy, errY := w.b.form(y.op)
		if errX != nil || errY != nil || fx.kind != fy.kind || !bytes.Equal(fx.attrs, fy.attrs) || len(fx.in) != len(fy.in) {
			return fmt.Sprintf(": %s (%s) against %s (%s)", x.op.kind, x.op.name, y.op.kind, y.op.name)
		}
		i := w.firstOther(fx.in, fy.in)
		if i < 0 {
			return ""
		}
		x, y = fx.in[i], fy.in[i]
	}
	return ""
}

// firstOther is the first input in which two ops differ, or -1.
func (w *walk) firstOther(in, also []value) int {
	for i := range in {
		dx, errX := w.a.normed(in[i])
		dy, errY := w.b.normed(also[i])
		if errX == nil && errY == nil && dx != dy {
			return i
		}
	}
	return -1
}

// proofFailure is the reason for a note; "" when the error is none of the prover's.
func proofFailure(err error) string {
	if !errors.Is(err, errNotProvable) {
		return err.Error()
	}
	return strings.Replace(err.Error(), errNotProvable.Error()+": ", "", 1)
}
