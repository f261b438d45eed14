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

// Nobody can watch a loop: what its ops compute cannot be fetched. So what the loops of one model compute has to be, op by op, what those of the
// other compute, whichever TensorFlow wrote them. An op is known by what is a few steps above it, and a variable of a loop by what it begins with.

const (
	loopDepth  = 5 // steps that are looked at within a loop
	outerDepth = 3 // and those outside of it
)

// loops describes an op in a loop, or in a case, that the other model's loops do not have, or "".
func (u *unlike) loops() string {
	a, b := u.old.looped(u.pr.oldState), u.new.looped(u.pr.newState)
	for _, side := range []struct {
		who  string
		a, b map[digest]*op
	}{{"old", a, b}, {"new", b, a}} {
		for _, d := range slices.SortedFunc(maps.Keys(side.a), compareDigests) {
			if o := side.a[d]; side.b[d] == nil {
				return fmt.Sprintf("a loop of the %s model computes something (%s, %s) that those of the other do not, and cannot be watched", side.who, o.kind, o.name)
			}
		}
	}
	return ""
}

// looped are the ops in the loops and cases of a signature.
func (p *unlikePart) looped(s *state) map[digest]*op {
	found := map[digest]*op{}
	v := &loopView{p: p.p, c: p.c, state: s, leaf: map[*op]digest{}, seen: map[loopKey]digest{}}
	inLoop, ends := p.c.flat.inLoops(), p.c.flat.loopConditions()
	v.visit(found, func(o *op) bool { return inLoop[o] && !(ends[o] && counting(o, p.c)) })
	return found
}

// loopView is a graph, or a function in a loop.
type loopView struct {
	p     *program
	c     *canon
	state *state
	leaf  map[*op]digest // what parameters stand for
	seen  map[loopKey]digest
	level int
}

type loopKey struct {
	v     value
	depth int
}

// visit takes in the ops that are looked at, and what is in their functions.
func (v *loopView) visit(found map[digest]*op, looked func(*op) bool) {
	for _, o := range v.c.flat.ops {
		if slices.Contains(branching, o.kind) {
			v.functions(found, o)
		} else if looked(o) && computes(o, v.c) {
			found[v.colour(value{o, 0}, loopDepth)] = o
		}
	}
}

// lookingUp are the ops that read what the model stores by an index or a key.
var lookingUp = []string{"ResourceGather", "ResourceGatherNd", "LookupTableFind", "LookupTableFindV2"}

// computes tells of an op whether it is more than the machinery of a loop: counters, arrays, and what has many spellings.
func computes(o *op, c *canon) bool {
	if o.def == nil || opTable()[o.kind].class != opPure && !slices.Contains(lookingUp, o.kind) || slices.Contains(spelled, o.kind) || slices.Contains(steady, o.kind) || slices.Contains(passThrough, o.kind) ||
		slices.Contains(loopKinds, o.kind) || strings.HasPrefix(o.kind, "Tensor") || o.kind == "EmptyTensorList" || o.kind == "LogicalAnd" {
		return false
	}
	if t := base(o.attrs["T"].GetType()); canonicalKind(o) == "AddV2" && (t == types.DataType_DT_INT32 || t == types.DataType_DT_INT64) {
		return !slices.ContainsFunc(o.in, func(in value) bool { return c.plain(in).op.kind == "Const" })
	}
	return true
}

// counting tells of a comparison that ends a loop whether it only holds a counter against a limit, of which one TensorFlow writes more than another.
func counting(o *op, c *canon) bool {
	if t := base(o.attrs["T"].GetType()); t != types.DataType_DT_INT32 && t != types.DataType_DT_INT64 {
		return false
	}
	return slices.ContainsFunc(o.in, func(in value) bool {
		kind := c.plain(in).op.kind
		return kind == kindParam || kind == "Merge"
	})
}

// functions visits what a loop or a case calls.
func (v *loopView) functions(found map[digest]*op, o *op) {
	if v.level > maxDepth {
		return
	}
	loop := canonicalKind(o) == "While"
	args := o.in
	var changing []bool
	if loop {
		changing = v.c.changing(o)
	} else if len(args) > 0 {
		args = args[1:]
	}
	params := make([]value, len(args))
	leaf := map[*op]digest{}
	for i, a := range args {
		param := &op{kind: kindParam, name: o.name, id: -i}
		params[i] = value{param, 0}
		leaf[param] = v.colour(a, outerDepth)
		if loop && changing[i] {
			leaf[param] = loopVariable(leaf[param])
		}
	}
	for _, name := range v.p.calls(&nodeDef{Op: o.kind, Attr: o.attrs}) {
		f, err := v.p.flattenFunction(name, params, v.level)
		if err != nil {
			continue
		}
		inner := &loopView{p: v.p, c: newCanon(v.p, f, &state{p: v.p}), state: v.state, leaf: leaf, seen: map[loopKey]digest{}, level: v.level + 1}
		ends := map[*op]bool{}
		if loop && name == o.attrs["cond"].GetFunc().GetName() {
			for _, out := range f.outputs {
				maps.Copy(ends, f.ending(out[0].op))
			}
		}
		maps.Copy(ends, f.loopConditions())
		inner.visit(found, func(o *op) bool { return !(ends[o] && counting(o, inner.c)) })
	}
}

func loopVariable(first digest) digest { return digestOf("loop variable", first[:]) }

// colour is what is known of a value by what is a few steps above it.
func (v *loopView) colour(x value, depth int) digest {
	x = v.c.plain(x)
	key := loopKey{x, depth}
	if d, ok := v.seen[key]; ok {
		return d
	}
	v.seen[key] = digestOf("circle")
	d := v.look(x, depth)
	v.seen[key] = d
	return d
}

func (v *loopView) look(x value, depth int) digest {
	o := x.op
	array := func(content value) digest {
		d := v.colour(content, outerDepth)
		return digestOf("array", d[:])
	}
	switch {
	case o.kind == "Const":
		return v.c.number(o)
	case o.kind == kindFeed:
		return digestOf("feed", []byte(o.name))
	case o.kind == kindParam:
		return v.leaf[o]
	case slices.Contains(handles, o.kind):
		if key, err := resourceKey(o); err == nil && v.state != nil {
			if d, ok := v.state.content[key]; ok {
				return digestOf("stored", d[:])
			}
		}
		return digestOf("stored", fmt.Appendf(nil, "%d %v", base(o.attrs["dtype"].GetType()), shapeOf(o.attrs["shape"].GetShape())))
	case strings.HasSuffix(o.kind, "Enter") && len(o.in) == 1:
		return v.colour(o.in[0], outerDepth)
	case strings.HasSuffix(o.kind, "Switch") && len(o.in) == 2 && plainValue(o.in[1]).op.kind == "LoopCond":
		return v.colour(o.in[0], depth)
	case strings.HasSuffix(o.kind, "Merge") && len(o.in) == 2 && strings.HasSuffix(v.c.plain(o.in[0]).op.kind, "Enter"):
		return loopVariable(v.colour(o.in[0], outerDepth))
	case o.kind == "TensorArrayScatterV3" && len(o.in) > 2:
		return array(o.in[2])
	case o.kind == "TensorListFromTensor" && len(o.in) > 0:
		return array(o.in[0])
	case o.kind == "TensorArrayReadV3" && len(o.in) > 2:
		a, i := v.colour(o.in[2], outerDepth), v.colour(o.in[1], outerDepth)
		return digestOf("element", a[:], i[:])
	case o.kind == "TensorListGetItem" && len(o.in) > 1:
		a, i := v.colour(o.in[0], outerDepth), v.colour(o.in[1], outerDepth)
		return digestOf("element", a[:], i[:])
	case strings.HasSuffix(o.kind, "Exit") || canonicalKind(o) == "While" || strings.HasPrefix(o.kind, "Tensor"):
		return digestOf("made by a loop")
	case depth == 0:
		return digestOf(cmp.Or(assigning[o.kind], canonicalKind(o)))
	}
	kind, in, attrs := v.c.spelling(o)
	parts := [][]byte{attrs, fmt.Appendf(nil, "%d", x.index)}
	first := len(parts)
	for _, from := range in {
		d := v.colour(from, depth-1)
		parts = append(parts, d[:])
	}
	if len(parts) == first+2 && v.c.commutes(canonicalKind(o), o) && bytes.Compare(parts[first], parts[first+1]) > 0 {
		parts[first], parts[first+1] = parts[first+1], parts[first]
	}
	return digestOf(kind, parts...)
}
