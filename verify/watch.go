package verify

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// An op that one model has and the other has not is watched while the inputs run. If what it computes is the same number for all of them (a
// product that is always zero, a comparison that never holds, a pattern that never matches), then the inputs did not reach what it is for.

// watch is an op that is watched, as a tensor of the graph that can be fetched.
type watch struct {
	name   string
	tensor string
	beside string // what the tensor has to be above and below, or, if it is text, differ from; "" where it only has to vary
	first  []byte // the first element that was seen
	above  bool
	below  bool
	done   bool // it was seen to do what it is for, or cannot be looked at
}

// maxWatched bounds the ops that are watched, of one model.
const maxWatched = 150

// steady are ops whose answers say little, or nothing at all.
var steady = []string{"ZerosLike", "OnesLike", "Shape", "ShapeN", "Rank", "Size", "VariableShape", "NoOp", "Assert", "Const", "Range", "Fill", "BroadcastArgs"}

// unwatched are ops that hand values around, or an order: those who take them tell more.
var unwatched = []string{"Enter", "RefEnter", "Exit", "RefExit", "Merge", "Switch", "NextIteration", "TensorArrayV3", "TensorArrayScatterV3", "TensorArrayWriteV3",
	"TensorArraySplitV3", "TensorArraySizeV3"}

// rewriting are ops of text that may leave it as it is.
var rewriting = []string{"StaticRegexReplace", "RegexReplace", "StringStrip", "StringLower", "StringUpper", "Substr", "UnicodeTranscode"}

// watches makes tensors of the unlike ops of a flattened graph, which are known by their numbers.
func (t *turner) watches(f *flat, unlike map[int]bool) []*watch {
	var all []*watch
	depends, only := f.dependence()
	for _, o := range f.ops {
		if len(all) == maxWatched {
			break
		}
		if !unlike[o.id] || !depends[o] || slices.Contains(steady, o.kind) || slices.Contains(unwatched, o.kind) || slices.Contains(handles, o.kind) ||
			slices.Contains(branching, o.kind) || o.def == nil {
			continue
		}
		kinds := outputTypes(o)
		if len(kinds) == 0 || kinds[0] == types.DataType_DT_RESOURCE || kinds[0] == types.DataType_DT_VARIANT ||
			only[o] && kinds[0] != types.DataType_DT_BOOL && o.kind != "Minimum" && o.kind != "Maximum" {
			continue
		}
		name, err := t.value(value{o, 0}, 0)
		if err != nil {
			continue
		}
		w := &watch{name: o.name, tensor: name}
		switch {
		case o.kind == "Minimum" || o.kind == "Maximum":
			a, errA := t.value(o.in[0], 0)
			b, errB := t.value(o.in[1], 0)
			if errA != nil || errB != nil {
				continue
			}
			w.tensor, w.beside = a, b
		case slices.Contains(rewriting, o.kind):
			if w.beside, err = t.value(o.in[0], 0); err != nil {
				continue
			}
		}
		all = append(all, w)
	}
	return all
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
			for _, name := range []string{w.tensor, w.beside} {
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
	open := slices.DeleteFunc(slices.Clone(all), func(w *watch) bool { return w.done })
	if len(open) == 0 {
		return nil
	}
	values, err := ask(open)
	if err == nil && values != nil {
		for _, w := range open {
			w.see(values[w.tensor], values[w.beside])
		}
		return nil
	}
	for _, w := range open { // one of them cannot be looked at
		values, err := ask([]*watch{w})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil || values == nil:
			w.done = true
		default:
			w.see(values[w.tensor], values[w.beside])
		}
	}
	return nil
}

// see takes in what an op computed.
func (w *watch) see(v, beside *Tensor) {
	if beside != nil {
		if v.DType == types.DataType_DT_STRING {
			w.done = w.done || !slices.Equal(v.Strings, beside.Strings)
			return
		}
		for i := range max(v.Len(), beside.Len()) {
			if v.Len() == 0 || beside.Len() == 0 {
				break
			}
			a, b := v.number(i%v.Len()), beside.number(i%beside.Len())
			w.above, w.below = w.above || a > b, w.below || a < b
		}
		w.done = w.above && w.below
		return
	}
	for i := range v.Len() {
		if n, ok := v.float(i); ok && (math.IsNaN(n) || math.IsInf(n, 0)) {
			continue // which says nothing: they spread to everything
		}
		e := v.element(i)
		if w.first == nil {
			w.first = e
		}
		if !bytes.Equal(w.first, e) {
			w.done = true
			return
		}
	}
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
	for _, w := range all {
		if !w.done {
			return fmt.Sprintf("%s of the %s model, which the other has not, was never seen to make a difference", w.name, who)
		}
	}
	return ""
}
