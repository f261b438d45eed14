package verify

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// Two models of which one has what the other has but for a little (a weight that is one ULP off, another word in the vocabulary) are hardly
// meant to be different in that, and hardly the same either. Where no input shows a difference nothing is known then: a weight may count
// for inputs that nobody drew.

// twin describes a variable, a table or a constant of one model that is almost one of the other, or "". Only what the signatures need is looked
// at, and only what the other model does not have as well.
func (pr *prover) twin(old, new *Signature) string {
	if pr.err == nil {
		if twin := pr.stateTwin(old, new); twin != "" {
			return twin
		}
	}
	a, b := pr.old.constants(old), pr.new.constants(new)
	for d := range a {
		if b[d] != nil {
			delete(a, d)
			delete(b, d)
		}
	}
	for _, x := range sortedConstants(a) {
		for _, y := range sortedConstants(b) {
			if almost(x.value, y.value) {
				return fmt.Sprintf("the constant %s of the old model, %s, is almost %s of the new one, %s", x.name, x.value, y.name, y.value)
			}
		}
	}
	return cmp.Or(pr.patternTwin(old, new), pr.hiddenBranch(old, new))
}

// hiddenBranch names a branch within a loop: nobody can watch which way it goes. Loops that both models have just so do not matter.
func (pr *prover) hiddenBranch(old, new *Signature) string {
	inOld, inNew := pr.matched(old, new, "While", "StatelessWhile", kindLoop)
	for _, side := range []struct {
		who     string
		p       *program
		sig     *Signature
		matched map[string]bool
	}{{"old", pr.old, old, inOld}, {"new", pr.new, new, inNew}} {
		f, err := side.p.flatten(side.sig)
		if err != nil {
			continue
		}
		for _, o := range f.ops {
			inLoop := o.kind == "Switch" && !side.matched[o.name] && len(o.in) == 2 && plainValue(o.in[1]).op.kind != "LoopCond" && slices.ContainsFunc(f.ops, func(o *op) bool { return o.kind == "LoopCond" })
			if o.kind == "While" || o.kind == "StatelessWhile" {
				ops := side.p.reachableFrom(o)
				inLoop = !side.matched[o.name] && (ops["If"] != "" || ops["StatelessIf"] != "" || ops["Case"] != "" || ops["StatelessCase"] != "")
			}
			if inLoop {
				return fmt.Sprintf("a branch within a loop of the %s model cannot be watched (%s)", side.who, o.name)
			}
		}
	}
	return ""
}

// patterned are ops whose attributes say what they look for or where they turn.
var patterned = []string{"StaticRegexReplace", "StaticRegexFullMatch", "Bucketize", "LeakyRelu", "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"}

// patternTwin looks for ops of one kind whose attributes differ.
func (pr *prover) patternTwin(old, new *Signature) string {
	attributes := func(p *program, sig *Signature) map[string]string {
		found := map[string]string{}
		f, err := p.flatten(sig)
		if err != nil {
			return found
		}
		c := newCanon(p, f, &state{p: p})
		for _, o := range f.ops {
			if slices.Contains(patterned, o.kind) && o.def != nil {
				if attrs, err := c.attributes(o); err == nil {
					found[o.kind+" "+string(attrs)] = o.kind
				}
			}
		}
		return found
	}
	was, is := attributes(pr.old, old), attributes(pr.new, new)
	for _, a := range sortedKeys(was) {
		for _, b := range sortedKeys(is) {
			if kind := was[a]; kind == is[b] && was[b] == "" && is[a] == "" {
				return fmt.Sprintf("a %s of the old model and one of the new are alike but for what they look for", kind)
			}
		}
	}
	return ""
}

// stateTwin looks for variables of the same type and shape, or tables of the same types, with different contents.
func (pr *prover) stateTwin(old, new *Signature) string {
	contents := func(p *program, s *state, sig *Signature) (kinds map[digest]string, names map[digest]string) {
		kinds, names = map[digest]string{}, map[digest]string{}
		f, err := p.flatten(sig)
		if err != nil {
			return
		}
		for _, o := range f.ops {
			if !slices.Contains(handles, o.kind) {
				continue
			}
			key, err := resourceKey(o)
			d, ok := s.content[key]
			if err != nil || !ok {
				continue
			}
			names[d] = o.name
			kinds[d] = fmt.Sprintf("%d %v", o.attrs["dtype"].GetType(), shapeOf(o.attrs["shape"].GetShape()))
			if o.kind == "HashTable" || o.kind == "HashTableV2" {
				kinds[d] = fmt.Sprintf("table %d %d", o.attrs["key_dtype"].GetType(), o.attrs["value_dtype"].GetType())
			}
		}
		return kinds, names
	}
	was, oldNames := contents(pr.old, pr.oldState, old)
	is, newNames := contents(pr.new, pr.newState, new)
	name := func(names map[digest]string, d digest) string { return names[d] }
	for _, d := range slices.SortedFunc(maps.Keys(was), func(a, b digest) int { return bytes.Compare(a[:], b[:]) }) {
		if _, both := is[d]; both {
			continue
		}
		for _, e := range slices.SortedFunc(maps.Keys(is), func(a, b digest) int { return bytes.Compare(a[:], b[:]) }) {
			if _, both := was[e]; !both && was[d] == is[e] {
				return fmt.Sprintf("%s of the old model and %s of the new one are alike but for their contents", name(oldNames, d), name(newNames, e))
			}
		}
	}
	return ""
}

// namedConstant is a constant and the node that has it.
type namedConstant struct {
	name  string
	value *Tensor
}

func sortedConstants(m map[digest]*namedConstant) []*namedConstant {
	return slices.SortedFunc(maps.Values(m), func(a, b *namedConstant) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
}

// maxTwins bounds the constants that are compared with each other.
const maxTwins = 500

// constants are the constants that a signature reaches, in functions too, by their digests. What only assertions print is none.
func (p *program) constants(sig *Signature) map[digest]*namedConstant {
	found := map[digest]*namedConstant{}
	r := p.reachable(tensorsOf(sig.Outputs), tensorsOf(sig.Inputs)...)
	add := func(nodes []*nodeDef, also map[string]string) {
		used := map[string]bool{}
		for _, n := range nodes {
			for i, ref := range n.GetInput() {
				if n.GetOp() != "Assert" || i == 0 {
					name, _, _ := strings.Cut(ref, ":")
					used[name] = true
				}
			}
		}
		for _, ref := range also {
			name, _, _ := strings.Cut(ref, ":")
			used[name] = true
		}
		for _, n := range nodes {
			if n.GetOp() != "Const" || len(found) >= maxTwins || !used[n.GetName()] {
				continue
			}
			if t := smallConst(&op{kind: "Const", attrs: n.GetAttr()}); t != nil {
				found[tensorDigest(t)] = &namedConstant{n.GetName(), t}
			}
		}
	}
	answers := map[string]string{}
	for _, t := range tensorsOf(sig.Outputs) {
		answers[t] = t
	}
	var main []*nodeDef
	for _, n := range p.mg.Def.GetGraphDef().GetNode() {
		if r.nodes[n.GetName()] {
			main = append(main, n)
		}
	}
	add(main, answers)
	for _, f := range p.mg.Def.GetGraphDef().GetLibrary().GetFunction() {
		if r.funcs[f.GetSignature().GetName()] {
			add(f.GetNodeDef(), f.GetRet())
		}
	}
	return found
}

// near is how far apart, relatively, two numbers are that are almost the same.
const near = 1e-3

// alike tells whether two strings begin and end alike for half of the longer one.
func alike(a, b string) bool {
	most := min(len(a), len(b))
	first, last := 0, 0
	for first < most && a[first] == b[first] {
		first++
	}
	for last < most-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	return 2*(first+last) >= max(len(a), len(b))
}

// almost tells whether two tensors of one type and shape are equal in most elements, or near in all.
func almost(a, b *Tensor) bool {
	if a.DType != b.DType || !slices.Equal(a.Dims, b.Dims) || a.Len() == 0 {
		return false
	}
	equal, close := 0, 0
	for i := range a.Len() {
		if a.DType == types.DataType_DT_STRING {
			if a.Strings[i] == b.Strings[i] {
				equal++
			}
			if alike(a.Strings[i], b.Strings[i]) {
				close++
			}
			continue
		}
		size := itemSize(a.DType)
		if size == 0 {
			return false
		}
		if bytes.Equal(a.Data[i*size:(i+1)*size], b.Data[i*size:(i+1)*size]) {
			equal++
			close++
		} else if isFloat(a.DType) {
			x, y := a.number(i), b.number(i)
			if math.Abs(x-y) <= near*math.Max(math.Abs(x), math.Abs(y)) {
				close++
			}
		}
	}
	// A few whole numbers are shapes and axes, which have many spellings.
	if !isFloat(a.DType) && a.DType != types.DataType_DT_STRING && a.Len() < 8 {
		return false
	}
	return close == a.Len() || 2*equal > a.Len()
}
