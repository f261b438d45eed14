package verify

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// A model turns where it compares: sum(x) > 10. Inputs that are drawn hardly ever fall between two models that turn at 10 and at 10.000001.
// So what is compared is looked at while an input runs through its range, and where the comparison turns the two neighbouring numbers are
// found by bisection. They, and the next ones to either side, are the inputs to try.

// turn is a comparison, or the condition of a branch, as tensors of the graph that can be fetched.
type turn struct {
	name   string
	a, b   string // b is "" for a condition, or for the number of a Case
	above  int    // without b: what a is compared with
	branch bool   // a branch depends on it, and the other model has no such branch
	steps  bool   // no comparison, but an op whose answers are steps: it turns where its answer changes
	unlike bool   // the other model has no such op
	seen   [2]bool
}

// turnPrefix begins the names of the nodes that stand for ops within functions, whose values cannot be fetched.
const turnPrefix = "tfmigrate_turn/"

// maxTurns bounds the comparisons that are looked at, and the branches that both models have; of those that only one has none is left out.
const maxTurns = 40

// choosing are the ops that choose by their first input.
var choosing = []string{"Select", "SelectV2", "Case", "StatelessCase", "If", "StatelessIf"}

// stepping are ops that make steps of numbers that run.
var stepping = []string{"ArgMax", "ArgMin", "TopK", "TopKV2", "Bucketize", "Round", "Rint", "Floor", "Ceil", "FloorDiv", "TruncateDiv", "Cast", "Sign"}

var comparisons = []string{"Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"}

// turner adds nodes to a graph such that what a flattened graph compares can be fetched.
type turner struct {
	exec   *execution
	prefix string
	inputs map[string]string // the tensors that are fed, by the name of the feed
	types  map[string]DType
	made   map[*op]string
}

// addTurns finds what a signature compares, and the ops to watch.
func (p *program) addTurns(exec *execution, sig *Signature, number int, ways ways) ([]*turn, []*watch) {
	f, err := p.flatten(sig)
	if err != nil {
		return nil, nil
	}
	f.choose()
	t := &turner{exec: exec, prefix: fmt.Sprintf("%s%d/", turnPrefix, number), inputs: map[string]string{}, types: map[string]DType{}, made: map[*op]string{}}
	for _, in := range sig.Inputs {
		for i, tensor := range in.Tensors {
			key := in.Name
			if len(in.Tensors) > 1 {
				key = fmt.Sprintf("%s/%d", in.Name, i)
			}
			t.inputs[key], t.types[key] = tensor, in.DType
			if in.Sparse() && i != 1 {
				t.types[key] = types.DataType_DT_INT64
			}
		}
	}
	var turns []*turn
	depends, _ := f.dependence()
	conditions := map[value]bool{}
	for _, o := range f.ops {
		switch {
		case o.kind == kindChoice, slices.Contains(choosing, o.kind) && len(o.in) > 0:
			pred := plainValue(o.in[0])
			if conditions[pred] || ways.matched[o.name] && len(turns) >= maxTurns {
				continue
			}
			conditions[pred] = true
			name, err := t.value(pred, 0)
			if err != nil {
				name = ""
			}
			for i := range max(len(o.attrs["branches"].GetList().GetFunc())-1, 1) {
				turns = append(turns, &turn{name: o.name, a: name, above: i, branch: !ways.matched[o.name]})
			}
		case slices.Contains(comparisons, o.kind) && len(o.in) == 2 && len(turns) < maxTurns:
			a, errA := t.value(o.in[0], 0)
			b, errB := t.value(o.in[1], 0)
			if d := base(o.attrs["T"].GetType()); errA == nil && errB == nil && !isComplex(d) && d != types.DataType_DT_STRING && d != types.DataType_DT_BOOL {
				turns = append(turns, &turn{name: o.name, a: a, b: b, unlike: ways.unlike[o.id]})
			}
		case slices.Contains(stepping, o.kind) && ways.unlike[o.id] && depends[o] && len(turns) < maxTurns:
			index := boolByte(o.kind == "TopK" || o.kind == "TopKV2") // the indices
			if o.kind == "Cast" && (!isFloat(base(o.attrs["SrcT"].GetType())) || isFloat(base(o.attrs["DstT"].GetType()))) {
				continue
			}
			if a, err := t.value(value{o, int(index)}, 0); err == nil {
				turns = append(turns, &turn{name: o.name, a: a, steps: true, unlike: true})
			}
		}
	}
	return turns, t.watches(f, ways)
}

var errNoTurn = errors.New("cannot be fetched")

// fetchableState are the ops that are no pure functions and may be computed once more, as may loops and cases: nothing is looked at where requests
// change state.
var fetchableState = append([]string{"ReadVariableOp", "ResourceGather", "VarHandleOp", "HashTableV2", "LookupTableFind", "LookupTableFindV2", "LookupTableSizeV2"}, branching...)

// value names the tensor of a value; where its op stands in a function or in a branch, an op like it is added to the main graph.
func (t *turner) value(v value, depth int) (string, error) {
	o := v.op
	for o.kind == kindSwitched {
		v = o.in[0]
		o = v.op
	}
	switch {
	case o.kind == kindFeed:
		return t.inputs[o.name], nil
	case o.kind == kindChoice && depth <= 500:
		return t.choice(o, depth)
	case o.frame == nil || o.def == nil || depth > 500:
		return "", errNoTurn
	case o.frame.fn == nil && len(o.guard) == 0 && o.kind != "Switch" && o.kind != "Merge":
		return fmt.Sprintf("%s:%d", o.name, v.index), nil
	case opTable()[o.kind].class != opPure && !slices.Contains(fetchableState, o.kind):
		return "", errNoTurn
	}
	name, ok := t.made[o]
	if !ok {
		name = fmt.Sprintf("%s%d", t.prefix, o.id)
		n := &nodeDef{Name: name, Op: o.kind, Attr: attrMap{}}
		for k, a := range o.attrs {
			if k != "_class" {
				n.Attr[k] = a
			}
		}
		for _, in := range o.in {
			ref, err := t.value(in, depth+1)
			if err != nil {
				return "", err
			}
			n.Input = append(n.Input, ref)
		}
		t.exec.turns = append(t.exec.turns, n)
		t.made[o] = name
	}
	return fmt.Sprintf("%s:%d", name, v.index), nil
}

// choice adds a branch that hands on one of two values, both of which are computed.
func (t *turner) choice(o *op, depth int) (string, error) {
	name, ok := t.made[o]
	if !ok {
		name = fmt.Sprintf("%s%d", t.prefix, o.id)
		kind := t.outputType(value{o, 0})
		if kind == types.DataType_DT_INVALID || len(o.in) != 3 {
			return "", errNoTurn
		}
		attrs := attrMap{"T": {Value: &attr_value_go_proto.AttrValue_Type{Type: kind}}}
		var refs [3]string
		for i, in := range o.in {
			ref, err := t.value(in, depth+1)
			if err != nil {
				return "", err
			}
			refs[i] = ref
		}
		t.exec.turns = append(t.exec.turns, &nodeDef{Name: name + "_then", Op: "Switch", Input: []string{refs[1], refs[0]}, Attr: attrs},
			&nodeDef{Name: name + "_else", Op: "Switch", Input: []string{refs[2], refs[0]}, Attr: attrs},
			&nodeDef{Name: name, Op: "Merge", Input: []string{name + "_else:0", name + "_then:1"},
				Attr: attrMap{"T": attrs["T"], "N": {Value: &attr_value_go_proto.AttrValue_I{I: 2}}}})
		t.made[o] = name
	}
	return name + ":0", nil
}

// outputType is the type of a value, DT_INVALID where it is not known.
func (t *turner) outputType(v value) DType {
	for v.op.kind == kindSwitched || v.op.kind == kindChoice {
		i := boolByte(v.op.kind == kindChoice) // of a choice, the value after the condition
		if int(i) >= len(v.op.in) {
			return types.DataType_DT_INVALID
		}
		v = v.op.in[i]
	}
	if v.op.kind == kindFeed {
		return t.types[v.op.name]
	}
	if v.op.def == nil {
		return types.DataType_DT_INVALID
	}
	all := outputTypes(v.op)
	if len(all) == 0 || v.index < 0 {
		return types.DataType_DT_INVALID
	}
	return all[min(v.index, len(all)-1)]
}

// look tells on which side of every turn a sample is, element by element: -1, 0, 1, and 2 for NaN. nil where the model does not say.
func (t *tester) look(ctx context.Context, s *session, sig *Signature, turns []*turn, sample Sample) ([][]int8, error) {
	step := Step{Feeds: sample.feeds(sig)}
	values := map[string]*Tensor{}
	for _, f := range step.Feeds {
		values[tensorName(f.Tensor)] = f.Value // what is fed cannot be fetched
	}
	for _, u := range turns {
		for _, name := range []string{u.a, u.b} {
			if name != "" && values[tensorName(name)] == nil && !slices.Contains(step.Fetches, name) {
				step.Fetches = append(step.Fetches, name)
			}
		}
	}
	if len(step.Fetches) > 0 {
		out, err := s.run(ctx, min(t.opt.Timeout, quick), step)
		if err != nil || len(out) != len(step.Fetches) {
			return nil, err
		}
		for i, name := range step.Fetches {
			values[tensorName(name)] = out[i]
		}
	}
	sides := make([][]int8, len(turns))
	for i, u := range turns {
		a, b := values[tensorName(u.a)], &Tensor{DType: types.DataType_DT_INT32, Data: binary.LittleEndian.AppendUint32(nil, uint32(u.above))}
		if u.b != "" {
			b = values[tensorName(u.b)]
		}
		if u.steps {
			sides[i] = stepsOf(a)
			continue
		}
		sides[i] = sidesOf(a, b)
		if u.b == "" {
			for _, side := range sides[i] {
				u.seen[min(max(side, 0), 1)] = true
			}
		}
	}
	return sides, nil
}

// maxSides bounds the elements of a comparison that are told apart.
const maxSides = 16

func sidesOf(a, b *Tensor) []int8 {
	n := max(a.Len(), b.Len())
	if a.Len() == 0 || b.Len() == 0 || a.Len() != n && a.Len() != 1 || b.Len() != n && b.Len() != 1 {
		return nil
	}
	var sides []int8
	for i := range min(n, maxSides) {
		x, y := a.number(i%a.Len()), b.number(i%b.Len())
		switch {
		case x < y:
			sides = append(sides, -1)
		case x > y:
			sides = append(sides, 1)
		case x == y:
			sides = append(sides, 0)
		default:
			sides = append(sides, 2)
		}
	}
	return sides
}

// stepsOf tells equal elements from unequal ones, but for one in 256.
func stepsOf(a *Tensor) []int8 {
	var steps []int8
	for i := range min(a.Len(), maxSides) {
		bits := math.Float64bits(a.number(i)) * 0x9e3779b97f4a7c15
		steps = append(steps, int8(bits>>56))
	}
	return steps
}

// number is an element as a float64, NaN for what is none.
func (t *Tensor) number(i int) float64 {
	if v, ok := t.float(i); ok {
		return v
	}
	if t.DType == types.DataType_DT_BOOL {
		return float64(t.Data[i])
	}
	if v, ok := t.int(i); ok {
		return float64(v)
	}
	return math.NaN()
}

// line is a way for a sample to move: one input, all of whose elements or one of them run through the numbers of its type in order.
type line struct {
	base  Sample
	input string
	only  int // the element, or -1 for all
}

// at is the sample at a place of the line: the number with that rank among the numbers of the type, 0 being zero.
func (l line) at(rank int64) Sample {
	t := *l.base.Values[l.input]
	size := itemSize(t.DType)
	number := rankedNumber(t.DType, rank)
	t.Data = slices.Clone(t.Data)
	for i := range t.Len() {
		if l.only < 0 || l.only == i {
			copy(t.Data[i*size:], number)
		}
	}
	s := Sample{Note: fmt.Sprintf("turning point in %q", l.input), Values: map[string]*Tensor{}}
	for name, v := range l.base.Values {
		s.Values[name] = v
	}
	s.Values[l.input] = &t
	return s
}

// rankedNumber is the number of a rank. The bits of positive floats are in the order of their values.
func rankedNumber(d DType, rank int64) []byte {
	le := binary.LittleEndian
	size := uint64(max(rank, -rank))
	switch d {
	case types.DataType_DT_FLOAT:
		bits := uint32(size)
		if rank < 0 {
			bits |= 1 << 31
		}
		return le.AppendUint32(nil, bits)
	case types.DataType_DT_DOUBLE:
		if rank < 0 {
			size |= 1 << 63
		}
		return le.AppendUint64(nil, size)
	case types.DataType_DT_HALF, types.DataType_DT_BFLOAT16:
		bits := uint16(size)
		if rank < 0 {
			bits |= 1 << 15
		}
		return le.AppendUint16(nil, bits)
	}
	return appendNumber(nil, d, 0, rank)
}

// ranks are the places to begin with: for a float a number for every few powers of two, for an integer the powers themselves.
func ranks(d DType) []int64 {
	var all []int64
	switch d {
	case types.DataType_DT_FLOAT:
		for e := int64(1); e < 255; e += 6 {
			all = append(all, e<<23)
		}
		all = append(all, 254<<23)
	case types.DataType_DT_HALF, types.DataType_DT_BFLOAT16:
		for r := int64(1); r < 0x7bff; r += 0x200 {
			all = append(all, r)
		}
	case types.DataType_DT_DOUBLE:
		for e := int64(1); e < 2047; e += 40 {
			all = append(all, e<<52)
		}
		for e := int64(1023 - 30); e < 1023+60; e += 6 {
			all = append(all, e<<52)
		}
	default:
		_, high := intRange(d)
		for v := int64(1); v > 0 && v <= high; v *= 4 {
			all = append(all, v)
		}
		all = append(all, high)
	}
	low := int64(math.MinInt64)
	if !isFloat(d) {
		low, _ = intRange(d)
	}
	for _, r := range slices.Clone(all) {
		if -r >= low {
			all = append(all, -r)
		}
	}
	all = append(all, 0)
	slices.Sort(all)
	return slices.Compact(all)
}

// moves tells whether an input of a type can run through its numbers.
func moves(d DType) bool {
	switch d {
	case types.DataType_DT_FLOAT, types.DataType_DT_DOUBLE, types.DataType_DT_HALF, types.DataType_DT_BFLOAT16, types.DataType_DT_INT8, types.DataType_DT_INT16, types.DataType_DT_INT32, types.DataType_DT_INT64,
		types.DataType_DT_UINT8, types.DataType_DT_UINT16, types.DataType_DT_UINT32:
		return true
	}
	return false
}

const (
	turnBudget   = 15 * time.Second // for finding the turns of one model
	maxTurnTries = 400              // inputs at turns
	moreBases    = 16               // samples to begin with where a comparison is spelled in another way
	maxSteps     = 12               // steps of one op that are looked at on one line
)

// turningPoints finds the samples at which one of the models turns.
func (t *tester) turningPoints(ctx context.Context, s *session, sig *Signature, turns []*turn, g *generator, works layout, end time.Time) ([]Sample, error) {
	var usable []*turn
	base, ok := g.sample(layout{batch: 1, inner: works.inner, rank: works.rank, hinted: works.hinted}, kindBenign, "")
	if !ok {
		return nil, nil
	}
	for _, u := range turns { // one by one: one that fails must not hide the others
		if u.a == "" {
			continue
		}
		if sides, err := t.look(ctx, s, sig, []*turn{u}, base); err == nil && sides[0] != nil {
			usable = append(usable, u)
		} else if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if len(usable) == 0 {
		return nil, nil
	}
	var found []Sample
	one := layout{batch: 1, inner: works.inner, rank: works.rank, hinted: works.hinted}
	zero, _ := g.sample(one, kindZero, "")
	bases := []Sample{zero, base}
	if slices.ContainsFunc(usable, func(u *turn) bool { return u.unlike }) {
		// Two spellings of a comparison may turn at the same number for one sample, and not for the next.
		for i := range moreBases {
			if more, ok := g.sample(one, []valueKind{kindBenign, kindBig, kindUnit, kindWhole}[i%4], ""); ok {
				bases = append(bases, more)
			}
		}
	}
	for _, from := range bases {
		for _, in := range t.oldSig.Inputs {
			v := from.Values[in.Name]
			if v == nil || !moves(v.DType) || v.Len() == 0 {
				continue
			}
			for _, only := range []int{-1, 0, v.Len() - 1} {
				if v.Len() == 1 && only >= 0 {
					continue
				}
				points, err := t.along(ctx, s, sig, usable, line{from, in.Name, only}, end)
				if err != nil {
					return nil, err
				}
				found = append(found, points...)
				if len(found) > maxTurnTries || time.Now().After(end) {
					return found[:min(len(found), maxTurnTries)], nil
				}
			}
		}
	}
	return found, nil
}

// along finds the samples of a line at which something turns.
func (t *tester) along(ctx context.Context, s *session, sig *Signature, turns []*turn, l line, end time.Time) ([]Sample, error) {
	known := map[int64][][]int8{}
	side := func(rank int64) ([][]int8, error) {
		if sides, ok := known[rank]; ok {
			return sides, nil
		}
		sides, err := t.look(ctx, s, sig, turns, l.at(rank))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, errTimeout) {
			return nil, err
		}
		known[rank] = sides
		return sides, nil
	}
	places := ranks(l.base.Values[l.input].DType)
	points := map[int64]bool{}
	stairs := map[int][][2]int64{} // of each op that makes steps, where there are some
	for i := range places[1:] {
		low, high := places[i], places[i+1]
		a, errA := side(low)
		b, errB := side(high)
		if errA != nil || errB != nil || time.Now().After(end) {
			break
		}
		for u := range turns {
			if a == nil || b == nil {
				continue
			}
			if turns[u].steps {
				if len(a[u]) > 0 && len(b[u]) > 0 && a[u][0] != b[u][0] {
					stairs[u] = append(stairs[u], [2]int64{low, high})
				}
				continue
			}
			for e := range min(len(a[u]), len(b[u])) {
				t.bisect(side, low, high, u, e, points)
			}
		}
	}
	for _, u := range slices.Sorted(maps.Keys(stairs)) {
		for i := range min(len(stairs[u]), maxSteps) {
			at := stairs[u][i*len(stairs[u])/min(len(stairs[u]), maxSteps)]
			t.step(side, at[0], at[1], u, points)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var found []Sample
	for rank := range points {
		found = append(found, l.at(rank))
	}
	slices.SortFunc(found, func(x, y Sample) int {
		return strings.Compare(string(x.Values[l.input].Data), string(y.Values[l.input].Data))
	})
	return found, nil
}

// bisect narrows the place between two ranks at which element e of turn u changes sides, and notes it with its neighbours.
func (t *tester) bisect(side func(int64) ([][]int8, error), low, high int64, u, e int, points map[int64]bool) {
	of := func(rank int64) (int8, bool) {
		sides, err := side(rank)
		if err != nil || sides == nil || e >= len(sides[u]) {
			return 0, false
		}
		return sides[u][e], true
	}
	a, okA := of(low)
	b, okB := of(high)
	if !okA || !okB || a == b {
		return
	}
	for high-low > 1 {
		middle := low + (high-low)/2
		m, ok := of(middle)
		switch {
		case !ok:
			return
		case m == a:
			low = middle
		case m == b:
			high = middle
		default: // equal, between less and greater: both edges of it
			t.bisect(side, low, middle, u, e, points)
			t.bisect(side, middle, high, u, e, points)
			return
		}
	}
	for _, rank := range []int64{low - 1, low, high, high + 1} {
		points[rank] = true
	}
}

// step narrows a place between two ranks at which an op makes a step, and notes it.
func (t *tester) step(side func(int64) ([][]int8, error), low, high int64, u int, points map[int64]bool) {
	first, err := side(low)
	if err != nil || first == nil || len(first[u]) == 0 {
		return
	}
	for high-low > 1 {
		middle := low + (high-low)/2
		sides, err := side(middle)
		if err != nil || sides == nil || len(sides[u]) == 0 {
			return
		}
		if sides[u][0] == first[u][0] {
			low = middle
		} else {
			high = middle
		}
	}
	points[low], points[high] = true, true
}

// uncovered names a branch of one model that the other does not have and that no input took both ways, or "".
func uncovered(turns []*turn) string {
	for _, u := range turns {
		if u.branch && !(u.seen[0] && u.seen[1]) {
			return u.name
		}
	}
	return ""
}

// observe notes which ways the branches went for a sample that both models answered.
func (t *tester) observe(ctx context.Context, s Sample) error {
	if t.writes || t.random {
		return nil // looking would change what is looked at
	}
	for _, side := range []struct {
		sess    *session
		sig     *Signature
		turns   []*turn
		watches []*watch
	}{{t.old, t.oldSig, t.oldTurns, t.oldWatches}, {t.new, t.newSig, t.newTurns, t.newWatches}} {
		if err := t.watch(ctx, side.sess, side.sig, side.watches, s); err != nil {
			return err
		}
		for _, u := range side.turns {
			if u.branch && u.a != "" && !(u.seen[0] && u.seen[1]) {
				if _, err := t.look(ctx, side.sess, side.sig, []*turn{u}, s); ctx.Err() != nil {
					return err
				}
			}
		}
	}
	return nil
}

// together joins samples of one row to batches: what a row does to others shows only beside them. None where not all inputs have batches.
func (t *tester) together(rows []Sample) []Sample {
	const size = 24
	for _, in := range t.oldSig.Inputs {
		if in.Sparse() || in.Shape.Known && (len(in.Shape.Dims) == 0 || in.Shape.Dims[0] >= 0) {
			return nil
		}
	}
	var all []Sample
	for first := 0; first < len(rows) && len(all) < 10; first += size {
		joined := Sample{Note: "turning points together", Values: map[string]*Tensor{}}
		for _, s := range rows[first:min(first+size, len(rows))] {
			for name, v := range s.Values {
				if len(v.Dims) == 0 || v.Dims[0] != 1 {
					return nil
				}
				t := joined.Values[name]
				if t == nil {
					t = &Tensor{DType: v.DType, Dims: append([]int64{0}, v.Dims[1:]...)}
					joined.Values[name] = t
				} else if !slices.Equal(t.Dims[1:], v.Dims[1:]) {
					return all
				}
				t.Dims[0]++
				t.Data, t.Strings = append(t.Data, v.Data...), append(t.Strings, v.Strings...)
			}
		}
		all = append(all, joined)
	}
	return all
}

// turnsOf runs both models on the inputs at which either turns.
func (t *tester) turnsOf(ctx context.Context, g *generator, works layout, end time.Time) (done bool, err error) {
	if t.writes || t.random {
		return false, nil
	}
	for _, side := range []struct {
		sess  *session
		sig   *Signature
		turns []*turn
	}{{t.old, t.oldSig, t.oldTurns}, {t.new, t.newSig, t.newTurns}} {
		search := time.Now().Add(min(turnBudget, time.Until(end)/4))
		points, err := t.turningPoints(ctx, side.sess, side.sig, side.turns, g, works, search)
		if err != nil {
			return true, err
		}
		for _, s := range append(points, t.together(points)...) {
			if time.Now().After(end) {
				break
			}
			if done, err := t.trySample(ctx, s, kindTurn); done || err != nil {
				return done, err
			}
		}
	}
	return false, nil
}
