package verify

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// An op that one model has and the other has not is watched while the inputs run. If what it computes is the same number for all of them (a
// product that is always zero, a comparison that never holds, a pattern that never matches), then the inputs did not reach what it is for.

// watch is an op that is watched, as a tensor of the graph that can be fetched.
type watch struct {
	name   string
	tensor string
	kind   watchKind
	beside string // the other tensor that its kind is about
	// Of a table: what it answers where it has nothing, and how many keys it has.
	missing, size string
	rows          int64           // of a gather: how many there are
	first         []byte          // the first element that was seen
	above         bool            // it was above the other one, or changed something
	below         bool            // it was below the other one, or gave more than one answer
	hit           map[string]bool // the rows or keys that were looked up
	done          bool            // it was seen to do what it is for
	blind         int             // how often it could not be looked at
	inLoop        bool            // where nobody can look; what loops compute is compared by itself (looped.go)
}

// watchKind says what an op has to be seen doing.
type watchKind int

const (
	varies    watchKind = iota // computing more than one number
	chooses                    // taking either of two numbers: the tensor has to be above the other one, and below it
	rewrites                   // leaving something not as it was: the tensor has to differ from the other one
	looksUp                    // giving each of its rows: the tensor has the indices
	looksKeys                  // giving each of its keys, and what it gives for none: the tensor has the keys, the other one the answers
)

// maxWatched bounds the ops that are watched, of one model, maxRows the rows and keys of one that looks up, and maxBlind how often it is tried to look at one
// that cannot be looked at.
const (
	maxBlind   = 6
	maxWatched = 1000
	maxRows    = 1 << 17
)

// steady are ops whose answers say little, or nothing at all.
var steady = []string{"ZerosLike", "OnesLike", "Shape", "ShapeN", "Rank", "Size", "VariableShape", "NoOp", "Assert", "Const", "Range", "Fill", "BroadcastArgs"}

// unwatched are ops that hand values around, or an order: those who take them tell more.
var unwatched = []string{"Enter", "RefEnter", "Exit", "RefExit", "Merge", "Switch", "NextIteration", "TensorArrayV3", "TensorArrayScatterV3", "TensorArrayWriteV3",
	"TensorArraySplitV3", "TensorArraySizeV3"}

// rewriting are ops that may leave their first input as it is, and folding those among them that do so to what depends on nothing but a shape.
var rewriting = []string{"StaticRegexReplace", "RegexReplace", "StringStrip", "StringLower", "StringUpper", "Substr", "UnicodeTranscode",
	"FloorMod", "Mod", "TruncateMod", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "LeftShift", "RightShift", "ClipByValue", "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Abs", "Floor", "Ceil", "Round",
	"Rint", "StridedSlice", "Slice", "ReverseSequence", "SparseReorder", "MatrixBandPart", "FakeQuantWithMinMaxArgs", "FakeQuantWithMinMaxVars", "Cast"}

var folding = []string{"FloorMod", "Mod", "TruncateMod", "BitwiseAnd", "BitwiseOr", "ClipByValue"}

// bounded are ops whose answers fit into 32 bits.
var bounded = []string{"ArgMax", "ArgMin", "Shape", "ShapeN", "Size", "Rank", "Unique", "UniqueV2", "LookupTableFind", "LookupTableFindV2", "TopK", "TopKV2", "Where", "StringLength",
	"StringToHashBucket", "StringToHashBucketFast", "StringToHashBucketStrong", "Bucketize", "OneHot"}

// narrows tells whether a Cast loses something of some numbers, such that a model without it may answer otherwise. What is known to be small does
// not count, and neither does an integer that becomes a float of 32 or 64 bits.
func narrows(o *op, shapeOnly bool) bool {
	from, to := base(o.attrs["SrcT"].GetType()), base(o.attrs["DstT"].GetType())
	size := itemSize(to)
	switch {
	case from == to || from == types.DataType_DT_BOOL || isComplex(from) || to == types.DataType_DT_BOOL || size == 0:
		return false
	case isFloat(to) && size >= 4:
		return isFloat(from) && itemSize(from) > size
	case isFloat(from) || isFloat(to):
		return true
	case size >= 4 && (shapeOnly || slices.Contains(bounded, plainValue(o.in[0]).op.kind)):
		return false
	}
	low, high := intRange(from)
	least, most := intRange(to)
	return low < least || high > most
}

// watches makes tensors of the unlike ops of a flattened graph, and of those that they take their inputs from.
func (t *turner) watches(f *flat, ways ways) []*watch {
	var all []*watch
	depends, only := f.dependence()
	inLoop := f.inLoops()
	for _, o := range f.ops {
		if len(all) > maxWatched {
			break // one more than are watched tells that there are
		}
		if ways.unlike[o.id] && depends[o] && ways.foreign[o.id] {
			if w := t.lookup(o, depends); w != nil {
				all = append(all, w)
			}
		}
		if !ways.unlike[o.id] && !ways.above[o.id] || !depends[o] || slices.Contains(steady, o.kind) || slices.Contains(unwatched, o.kind) || slices.Contains(handles, o.kind) ||
			slices.Contains(branching, o.kind) || o.def == nil {
			continue
		}
		kinds := outputTypes(o)
		if len(kinds) == 0 || kinds[0] == types.DataType_DT_RESOURCE || kinds[0] == types.DataType_DT_VARIANT {
			continue
		}
		lossy := o.kind == "Cast" && ways.foreign[o.id] && narrows(o, only[o])
		if only[o] && kinds[0] != types.DataType_DT_BOOL && o.kind != "Minimum" && o.kind != "Maximum" && !slices.Contains(folding, o.kind) && !lossy {
			continue
		}
		name, err := t.value(value{o, 0}, 0)
		if err != nil {
			if !inLoop[o] {
				all = append(all, &watch{name: o.name, blind: maxBlind})
			}
			continue
		}
		w := &watch{name: o.name, tensor: name, inLoop: inLoop[o]}
		switch {
		case !ways.unlike[o.id]:
		case o.kind == "Minimum" || o.kind == "Maximum":
			a, errA := t.value(o.in[0], 0)
			b, errB := t.value(o.in[1], 0)
			if errA != nil || errB != nil {
				continue
			}
			w.tensor, w.beside, w.kind = a, b, chooses
		case slices.Contains(rewriting, o.kind) && (o.kind != "Cast" || lossy):
			if w.beside, err = t.value(o.in[0], 0); err != nil {
				continue
			}
			w.kind = rewrites
		}
		all = append(all, w)
	}
	return all
}

// lookup watches an op that looks something up in what the model stores; nil for other ops.
func (t *turner) lookup(o *op, depends map[*op]bool) *watch {
	switch o.kind {
	case "Gather", "GatherV2", "ResourceGather", "GatherNd":
		if len(o.in) < 2 || depends[o.in[0].op] {
			return nil
		}
		dims := staticDims(o.in[0])
		if len(dims) == 0 || dims[0] <= 0 || o.kind == "GatherNd" || len(o.in) > 2 && !isZero(o.in[2]) {
			return nil
		}
		if name, err := t.value(o.in[1], 0); err == nil {
			return &watch{name: o.name, tensor: name, kind: looksUp, rows: dims[0], hit: map[string]bool{}}
		}
	case "LookupTableFind", "LookupTableFindV2":
		keys, errA := t.value(o.in[1], 0)
		answers, errB := t.value(value{o, 0}, 0)
		missing, errC := t.value(o.in[2], 0)
		size, errD := t.size(o)
		if errA == nil && errB == nil && errC == nil && errD == nil {
			return &watch{name: o.name, tensor: keys, beside: answers, missing: missing, size: size, kind: looksKeys, hit: map[string]bool{}}
		}
	}
	return nil
}

// size adds an op that tells how many keys a table has.
func (t *turner) size(o *op) (string, error) {
	table, err := t.value(o.in[0], 0)
	if err != nil {
		return "", err
	}
	n := &nodeDef{Name: fmt.Sprintf("%s%d_size", t.prefix, o.id), Op: strings.Replace(o.kind, "Find", "Size", 1), Input: []string{table}}
	t.exec.turns = append(t.exec.turns, n)
	return n.Name + ":0", nil
}

func isZero(v value) bool {
	t := constant(v)
	if t == nil {
		return false
	}
	n, ok := t.int(0)
	return ok && n == 0
}

// outputTypes are the types of the values of an op.
func outputTypes(o *op) []DType {
	var all []DType
	for _, arg := range o.def.GetOutputArg() {
		switch {
		case arg.GetTypeListAttr() != "":
			for _, d := range attrOf(o.def, o.attrs, arg.GetTypeListAttr()).GetList().GetType() {
				all = append(all, base(d))
			}
		case arg.GetTypeAttr() != "":
			all = append(all, base(attrOf(o.def, o.attrs, arg.GetTypeAttr()).GetType()))
		default:
			all = append(all, base(arg.GetType()))
		}
	}
	return all
}

// dependence marks the ops that depend on what is fed, and those among them that depend on its shape alone.
func (f *flat) dependence() (depends, shapeOnly map[*op]bool) {
	users := map[*op][]*op{}
	for _, o := range f.ops {
		for _, in := range o.in {
			users[in.op] = append(users[in.op], o)
		}
	}
	spread := func(through func(*op) bool) map[*op]bool {
		marked := map[*op]bool{}
		var work []*op
		for _, o := range f.ops {
			if o.kind == kindFeed {
				marked[o] = true
				work = append(work, o)
			}
		}
		for len(work) > 0 {
			o := work[len(work)-1]
			work = work[:len(work)-1]
			for _, u := range users[o] {
				if !marked[u] && through(u) {
					marked[u] = true
					work = append(work, u)
				}
			}
		}
		return marked
	}
	depends = spread(func(*op) bool { return true })
	values := spread(func(o *op) bool { return !slices.Contains(steady, o.kind) })
	shapeOnly = map[*op]bool{}
	for o := range depends {
		shapeOnly[o] = !values[o]
	}
	return depends, shapeOnly
}

// watch looks at the ops that have not done yet what they are for.
func (t *tester) watch(ctx context.Context, s *session, sig *Signature, all []*watch, sample Sample) error {
	step := Step{Feeds: sample.feeds(sig)}
	fed := map[string]*Tensor{}
	for _, f := range step.Feeds {
		fed[tensorName(f.Tensor)] = f.Value
	}
	ask := func(some []*watch) (map[string]*Tensor, error) {
		one := Step{Feeds: step.Feeds}
		values := map[string]*Tensor{}
		for _, w := range some {
			for _, name := range []string{w.tensor, w.beside, w.missing, w.size} {
				if v := fed[tensorName(name)]; v != nil {
					values[name] = v
				} else if name != "" && !slices.Contains(one.Fetches, name) {
					one.Fetches = append(one.Fetches, name)
				}
			}
		}
		if len(one.Fetches) == 0 {
			return values, nil
		}
		out, err := s.run(ctx, min(t.opt.Timeout, quick), one)
		if err != nil || len(out) != len(one.Fetches) {
			return nil, err
		}
		for i, name := range one.Fetches {
			values[name] = out[i]
		}
		return values, nil
	}
	open := slices.DeleteFunc(slices.Clone(all), func(w *watch) bool { return w.done || w.blind >= maxBlind })
	if len(open) == 0 {
		return nil
	}
	values, err := ask(open)
	if err == nil && values != nil {
		for _, w := range open {
			w.see(values)
		}
		return nil
	}
	for _, w := range open { // one of them cannot be looked at
		values, err := ask([]*watch{w})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil || values == nil:
			w.blind++
		default:
			w.see(values)
		}
	}
	return nil
}

// see takes in what an op computed.
func (w *watch) see(values map[string]*Tensor) {
	v, beside := values[w.tensor], values[w.beside]
	switch w.kind {
	case chooses:
		for i := range max(v.Len(), beside.Len()) {
			if v.Len() == 0 || beside.Len() == 0 {
				break
			}
			a, b := v.number(i%v.Len()), beside.number(i%beside.Len())
			w.above, w.below = w.above || a > b, w.below || a < b
		}
		w.done = w.above && w.below
	case rewrites: // and give more than one number, as others have to
		w.above = w.above || !slices.Equal(v.Dims, beside.Dims)
		for i := 0; i < v.Len() && !w.above; i++ {
			if v.DType == beside.DType {
				w.above = !bytes.Equal(v.element(i), beside.element(i)) && (!isFloat(v.DType) || v.number(i) == v.number(i))
			} else {
				a, b := v.number(i), beside.number(i)
				w.above = a != b && a == a && b == b && !math.IsInf(b, 0)
			}
		}
		w.below = w.below || w.vary(v)
		w.done = w.above && w.below
	case looksUp:
		for i := range v.Len() {
			w.hit[string(v.element(i))] = true
		}
		w.done = int64(len(w.hit)) >= w.rows
	case looksKeys:
		w.seeKeys(v, beside, values[w.missing], values[w.size])
	default:
		w.done = w.vary(v)
	}
}

// seeKeys takes in what was looked up in a table. A key whose answer is that for none counts as one that is not there.
func (w *watch) seeKeys(keys, answers, missing, size *Tensor) {
	n, _ := size.int(0)
	if answers.Len() != keys.Len() || missing.Len() != 1 || n > maxRows {
		return
	}
	for i := range keys.Len() {
		if bytes.Equal(answers.element(i), missing.element(0)) {
			w.below = true
		} else {
			w.hit[string(keys.element(i))] = true
		}
	}
	w.done = w.below && int64(len(w.hit)) >= n
}

// vary tells whether an op gave more than one answer so far.
func (w *watch) vary(v *Tensor) bool {
	for i := range v.Len() {
		if n, ok := v.float(i); ok && (math.IsNaN(n) || math.IsInf(n, 0)) {
			continue // which says nothing: they spread to everything
		}
		e := v.element(i)
		if w.first == nil {
			w.first = e
		}
		if !bytes.Equal(w.first, e) {
			return true
		}
	}
	return false
}

// element is one element, as bytes that are not nil.
func (t *Tensor) element(i int) []byte {
	if t.DType == types.DataType_DT_STRING {
		return append([]byte{'"'}, t.Strings[i]...)
	}
	size := itemSize(t.DType)
	return append([]byte{}, t.Data[i*size:(i+1)*size]...)
}

// idle describes an op that no input showed at work, or is "".
func idle(who string, all []*watch) string {
	if len(all) > maxWatched {
		return fmt.Sprintf("the %s model has more than %d ops that the other has not, too many to watch", who, maxWatched)
	}
	for _, w := range all {
		switch {
		case w.done, w.inLoop && w.blind > 0:
		case w.blind >= maxBlind:
			return fmt.Sprintf("%s of the %s model, which the other has not, cannot be watched", w.name, who)
		case w.kind == looksUp || w.kind == looksKeys:
			return fmt.Sprintf("%s of the %s model looks up what the other model does not store, and not all of that was seen (%d)", w.name, who, len(w.hit))
		case w.kind == rewrites && !w.above:
			return fmt.Sprintf("%s of the %s model, which the other has not, never changed anything", w.name, who)
		default:
			return fmt.Sprintf("%s of the %s model, which the other has not, was never seen to make a difference", w.name, who)
		}
	}
	return ""
}
