package verify

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// Sample is one request: a value for every input of a signature. A sparse input has its indices, values and dense shape as
// name/0, name/1 and name/2.
type Sample struct {
	Note   string // how it was made: "NaN, batch 2"
	Values map[string]*Tensor
}

// valueKind names a way to choose values; every kind has a meaning for every type.
type valueKind string

const (
	kindBenign   valueKind = "ordinary"
	kindZero     valueKind = "zeros"
	kindNegZero  valueKind = "negative zeros"
	kindOne      valueKind = "ones"
	kindMinusOne valueKind = "minus ones"
	kindSmallest valueKind = "denormals"
	kindMax      valueKind = "largest"
	kindMin      valueKind = "lowest"
	kindInf      valueKind = "infinity"
	kindNegInf   valueKind = "negative infinity"
	kindNaN      valueKind = "NaN"
	kindMixed    valueKind = "special values mixed in"
	kindRamp     valueKind = "ramp"
	kindTiny     valueKind = "scale 1e-8"
	kindSmall    valueKind = "scale 1e-3"
	kindBig      valueKind = "scale 1e3"
	kindHuge     valueKind = "scale 1e8"
	kindConstant valueKind = "constants of the graph"
	kindUnit     valueKind = "between 0 and 1"
	kindWhole    valueKind = "whole numbers"
	kindLast     valueKind = "last id"
	kindFull     valueKind = "full range"
	kindOdd      valueKind = "odd values" // 2^53+1; unicode; invalid UTF-8
	kindRequest  valueKind = "request"    // not made up
	kindTurn     valueKind = "turning point"
	kindLength   valueKind = "long text"
	kindLeave    valueKind = "a feature left out"
)

// kinds in the order in which they are tried: the commonest first, so that a run that is cut short has seen them.
var kinds = []valueKind{kindBenign, kindZero, kindOne, kindRamp, kindMinusOne, kindWhole, kindMixed, kindConstant, kindNaN, kindInf,
	kindNegInf, kindNegZero, kindMax, kindMin, kindSmallest, kindUnit, kindSmall, kindBig, kindTiny, kindHuge, kindLast, kindOdd, kindFull}

// maxElements bounds one generated tensor.
const maxElements = 2 << 20

// generator makes the samples of one signature. The same signature, hints and seed give the same samples on every machine.
type generator struct {
	sig  *Signature
	h    *hints
	rng  *rand.Rand
	ramp int64 // where the next ramp goes on, so that ramps walk through every id and every word
	turn int   // and which constant of the graph comes next, so that each is tried
	long int   // and which length of a text
	odd  int   // and which odd text
	left int   // and which feature is left out
}

func newGenerator(sig *Signature, h *hints, seed uint64) *generator {
	sum := fnv.New64a()
	sum.Write([]byte(sig.Key))
	return &generator{sig: sig, h: h, rng: rand.New(rand.NewPCG(seed, sum.Sum64()))}
}

// layout fixes the shape of every input: the size of a leading unknown dimension, of the other unknown ones, and the rank of
// inputs whose rank is unknown.
type layout struct {
	batch, inner int64
	rank         int
	hinted       bool   // the last dimension is what the graph asks for
	skew         int    // 1: the other unknown dimensions of an input are all of different sizes; 2: those of different inputs too
	single       string // an input with a batch of one, whatever those of the others are
}

func (l layout) String() string {
	if l.single != "" {
		return fmt.Sprintf("batch %d, 1 in %q", l.batch, l.single)
	}
	if l.skew > 0 {
		return fmt.Sprintf("batch %d, unequal sizes", l.batch)
	}
	return fmt.Sprintf("batch %d", l.batch)
}

// layouts are the ones worth trying with batch 2; which of them a model takes, only running tells.
func (g *generator) layouts() []layout {
	ranks, inners := []int{0}, []int64{0}
	hinted := []bool{false}
	for _, in := range g.sig.Inputs {
		h := g.h.inputs[in.Name]
		if !in.Shape.Known && h.example == nil {
			ranks = []int{1, 2, 0, 3, 4}
		} else if !in.Shape.Known && len(ranks) == 1 {
			ranks = []int{1, 0}
			if h.single {
				ranks = []int{0, 1}
			}
		}
		open := !in.Shape.Known
		for i, d := range in.Shape.Dims {
			open = open || d < 0 && i > 0
		}
		if open && h.example == nil {
			inners = append([]int64{3, 1, 2, 4}, g.h.dims...)
			if h.lastDim > 0 {
				hinted = []bool{true, false}
			}
		}
	}
	var all []layout
	for _, hint := range hinted {
		for _, r := range ranks {
			for _, d := range inners {
				all = append(all, layout{batch: 2, inner: d, rank: r, hinted: hint})
			}
		}
	}
	for _, skew := range g.skews() {
		for _, l := range slices.Clone(all)[:min(len(all), 2*len(ranks))] {
			l.inner, l.skew = 3, skew
			all = append(all, l)
		}
	}
	return all
}

// skews are the ways to make dimensions unequal that make a difference.
func (g *generator) skews() []int {
	inputs, most := 0, 0
	for _, in := range g.sig.Inputs {
		n := 0
		for _, d := range in.Shape.Dims[min(1, len(in.Shape.Dims)):] {
			if d < 0 {
				n++
			}
		}
		if !in.Shape.Known && g.h.inputs[in.Name].example == nil {
			n = 2
		}
		if n > 0 {
			inputs++
		}
		most = max(most, n)
	}
	switch {
	case most > 1 && inputs > 1:
		return []int{1, 2}
	case most > 1:
		return []int{1}
	case inputs > 1:
		return []int{2}
	}
	return nil
}

// batches are the sizes that follow once a layout is known to work; nil when no input has an open batch.
func (g *generator) batches() []int64 {
	for _, in := range g.sig.Inputs {
		if !in.Shape.Known || len(in.Shape.Dims) > 0 && in.Shape.Dims[0] < 0 {
			return append([]int64{1, 7, 0, 33}, g.sizes(maxBatch)...)
		}
	}
	return nil
}

const (
	maxBatch  = 1 << 10
	maxInner  = 1 << 12
	maxLength = 1 << 21
)

// sizes are those that an input may have to have to show what only one model does: each number that only one has, with its neighbours.
func (g *generator) sizes(most int64) []int64 {
	var all []int64
	for _, n := range g.h.sizes {
		for _, m := range []int64{n + 1, n, n - 1} {
			if m > 1 && m <= most && len(all) < 3*maxSizes {
				all = append(all, m)
			}
		}
	}
	return distinct(all, 3*maxSizes)
}

// open tells whether an input has a dimension that is not known, besides the first.
func (g *generator) open() bool {
	for _, in := range g.sig.Inputs {
		if !in.Shape.Known || slices.Contains(in.Shape.Dims[min(1, len(in.Shape.Dims)):], -1) {
			return true
		}
	}
	return false
}

// text tells whether an input is text.
func (g *generator) text() bool {
	return slices.ContainsFunc(g.sig.Inputs, func(in Param) bool { return in.DType == types.DataType_DT_STRING && g.h.inputs[in.Name].example == nil })
}

// dims is the shape of an input, which is the signature's number so many, under a layout.
func (g *generator) dims(in Param, l layout, number int) []int64 {
	h := g.h.inputs[in.Name]
	static := in.Shape.Dims
	if !in.Shape.Known {
		static = make([]int64, l.rank)
		for i := range static {
			static[i] = -1
		}
	}
	dims := make([]int64, len(static))
	for i, d := range static {
		switch {
		case d >= 0:
			dims[i] = d
		case i == 0 && in.Name == l.single:
			dims[i] = 1
		case i == 0:
			dims[i] = l.batch
		case i == len(static)-1 && l.hinted && h.lastDim > 0:
			dims[i] = h.lastDim
		default:
			dims[i] = max(l.inner, 1)
			if l.skew > 0 {
				dims[i] += int64(i - 1)
			}
			if l.skew > 1 {
				dims[i] += int64(number * len(static))
			}
		}
	}
	return dims
}

// sample makes one request; only gives one input the kind and the others ordinary values, "" gives it to all.
func (g *generator) sample(l layout, kind valueKind, only string) (Sample, bool) {
	s := Sample{Note: fmt.Sprintf("%s, %s", kind, l), Values: map[string]*Tensor{}}
	if only != "" {
		s.Note = fmt.Sprintf("%s in %q, %s", kind, only, l)
	}
	for i, in := range g.sig.Inputs {
		k := kind
		if only != "" && in.Name != only {
			k = kindBenign
		}
		dims := g.dims(in, l, i)
		n, ok := elements(dims)
		if !ok || n > maxElements {
			return s, false
		}
		if in.Sparse() {
			g.sparse(s.Values, in, dims, k)
			continue
		}
		s.Values[in.Name] = g.tensor(in, dims, int(n), k)
	}
	return s, true
}

func (g *generator) tensor(in Param, dims []int64, n int, k valueKind) *Tensor {
	h := g.h.inputs[in.Name]
	if in.DType == types.DataType_DT_STRING && h.example != nil && k != kindOdd {
		t := &Tensor{DType: in.DType, Dims: dims}
		for range n {
			leave, long := -1, 0
			switch k {
			case kindLength:
				if lengths := g.sizes(maxInner); len(lengths) > 0 {
					long = int(lengths[g.long%len(lengths)])
				}
				g.long++
			case kindMixed, kindLast:
				leave = g.rng.IntN(len(h.example.features) + 1)
			case kindLeave: // each in turn, and then all
				leave = g.left % (len(h.example.features) + 1)
				if g.left++; leave == len(h.example.features) {
					leave = leaveAll
				}
			}
			t.Strings = append(t.Strings, h.example.example(k, leave, long, g.rng, g.h))
		}
		return t
	}
	if k == kindRamp {
		t := rampValues(in.DType, n, g.ramp, g.h, h)
		g.ramp += int64(n)
		t.Dims = dims
		return t
	}
	if k == kindConstant {
		if t := g.constants(in.DType, n); t != nil {
			t.Dims = dims
			return t
		}
	}
	if odd := oddTexts(h); k == kindOdd && in.DType == types.DataType_DT_STRING {
		t := &Tensor{DType: in.DType, Dims: dims}
		for range n {
			t.Strings = append(t.Strings, odd[g.odd%len(odd)])
			g.odd++
		}
		return t
	}
	if k == kindLength && in.DType == types.DataType_DT_STRING {
		lengths := append(g.sizes(maxLength), 1<<16+1)
		t := &Tensor{DType: in.DType, Dims: dims}
		for range n {
			length := min(lengths[g.long%len(lengths)], 4*maxLength/int64(n))
			t.Strings = append(t.Strings, strings.Repeat("abcdefghij", int(length)/10+1)[:length])
			g.long++
		}
		return t
	}
	t := drawValues(in.DType, n, k, g.rng, g.h, h)
	t.Dims = dims
	return t
}

// constants takes the constants of the graph in turn, each with its two neighbours; nil when there is none of that type.
func (g *generator) constants(d DType, n int) *Tensor {
	t := &Tensor{DType: d}
	for range n {
		i, side := g.turn/3, float64(g.turn%3-1)
		g.turn++
		switch {
		case d == types.DataType_DT_STRING && len(g.h.strings) > 0:
			t.Strings = append(t.Strings, g.h.strings[i%len(g.h.strings)])
		case isFloat(d) && len(g.h.floats) > 0:
			t.Data = appendNumber(t.Data, d, neighbour(d, g.h.floats[i%len(g.h.floats)], side), 0)
		case d != types.DataType_DT_STRING && d != types.DataType_DT_BOOL && !isFloat(d) && len(g.h.ints) > 0:
			low, high := intRange(d)
			t.Data = appendNumber(t.Data, d, 0, min(max(g.h.ints[i%len(g.h.ints)]+int64(side), low), high))
		default:
			return nil
		}
	}
	return t
}

// neighbour is the next value of type d below c (-1), above it (1), or c itself (0).
func neighbour(d DType, c, side float64) float64 {
	switch {
	case side == 0:
		return c
	case d == types.DataType_DT_DOUBLE || d == types.DataType_DT_COMPLEX128:
		return math.Nextafter(c, math.Inf(int(side)))
	}
	return float64(math.Nextafter32(float32(c), float32(math.Inf(int(side)))))
}

// turns is how many values it takes to try every constant.
func (h *hints) turns() int { return 3 * max(len(h.floats), len(h.ints), len(h.strings)) }

// sparse feeds a sparse input: every other element of the dense shape, in order but for some kinds.
func (g *generator) sparse(values map[string]*Tensor, in Param, dims []int64, k valueKind) {
	var index []byte
	n := 0
	total, _ := elements(dims)
	step := int64(2)
	switch k {
	case kindZero: // nothing
		total = 0
	case kindOne, kindFull: // everything
		step = 1
	}
	var at []int64
	for i := int64(0); i < total; i += step {
		at = append(at, i)
	}
	switch k {
	case kindLast, kindOdd, kindNaN: // out of order
		slices.Reverse(at)
	case kindMixed: // some of them twice
		at = slices.Concat(at, at[:len(at)/2])
		slices.Sort(at)
	}
	for _, rest := range at {
		coord := make([]int64, len(dims))
		for i := len(dims) - 1; i >= 0; i-- {
			coord[i], rest = rest%dims[i], rest/dims[i]
		}
		for _, c := range coord {
			index = binary.LittleEndian.AppendUint64(index, uint64(c))
		}
		n++
	}
	var shape []byte
	for _, d := range dims {
		shape = binary.LittleEndian.AppendUint64(shape, uint64(d))
	}
	values[in.Name+"/0"] = &Tensor{DType: types.DataType_DT_INT64, Dims: []int64{int64(n), int64(len(dims))}, Data: index}
	values[in.Name+"/1"] = g.tensor(in, []int64{int64(n)}, n, k)
	values[in.Name+"/2"] = &Tensor{DType: types.DataType_DT_INT64, Dims: []int64{int64(len(dims))}, Data: shape}
}

// feeds names the graph's tensors.
func (s Sample) feeds(sig *Signature) []Feed {
	var feeds []Feed
	fed := map[string]bool{}
	for _, in := range sig.Inputs {
		for i, tensor := range in.Tensors {
			key := in.Name
			if in.Sparse() {
				key = fmt.Sprintf("%s/%d", in.Name, i)
			}
			if v := s.Values[key]; v != nil && !fed[tensorName(tensor)] {
				fed[tensorName(tensor)] = true
				feeds = append(feeds, Feed{tensor, v})
			}
		}
	}
	return feeds
}

// rampValues counts through every id, word or whole number from start on.
func rampValues(d DType, n int, start int64, all *hints, h *hint) *Tensor {
	t := &Tensor{DType: d, Dims: []int64{int64(n)}}
	words := append(append([]string{}, all.words...), all.strings...)
	for i := range int64(n) {
		v := start + i
		if d == types.DataType_DT_STRING {
			switch {
			case h.fields > 1:
				t.Strings = append(t.Strings, strings.TrimSuffix(strings.Repeat(fmt.Sprint(v)+h.delim, h.fields), h.delim))
			case len(words) > 0:
				t.Strings = append(t.Strings, words[v%int64(len(words))])
			default:
				t.Strings = append(t.Strings, fmt.Sprint(v))
			}
			continue
		}
		if h.limit > 0 {
			v %= h.limit
		}
		if d == types.DataType_DT_BOOL {
			v %= 2
		}
		t.Data = appendNumber(t.Data, d, float64(v), v)
	}
	return t
}

// drawValues makes n values of a kind.
func drawValues(d DType, n int, k valueKind, rng *rand.Rand, all *hints, h *hint) *Tensor {
	t := &Tensor{DType: d, Dims: []int64{int64(n)}}
	for range n {
		switch {
		case d == types.DataType_DT_STRING:
			t.Strings = append(t.Strings, drawString(k, rng, all, h))
		case isFloat(d):
			part, times := parts(d)
			for range times {
				v := drawFloat(part, k, rng, all)
				t.Data = appendNumber(t.Data, part, v, int64(v))
			}
		default:
			v := drawInt(d, k, rng, all, h)
			t.Data = appendNumber(t.Data, d, float64(v), v)
		}
	}
	return t
}

func isFloat(d DType) bool {
	switch d {
	case types.DataType_DT_FLOAT, types.DataType_DT_DOUBLE, types.DataType_DT_HALF, types.DataType_DT_BFLOAT16,
		types.DataType_DT_COMPLEX64, types.DataType_DT_COMPLEX128:
		return true
	}
	return false
}

// limits has the largest finite and the smallest positive value of a float type.
var limits = map[DType][2]float64{
	types.DataType_DT_FLOAT:    {math.MaxFloat32, math.SmallestNonzeroFloat32},
	types.DataType_DT_DOUBLE:   {math.MaxFloat64, math.SmallestNonzeroFloat64},
	types.DataType_DT_HALF:     {65504, math.Ldexp(1, -24)},
	types.DataType_DT_BFLOAT16: {3.3895313892515355e38, math.Ldexp(1, -133)},
}

func drawFloat(d DType, k valueKind, rng *rand.Rand, all *hints) float64 {
	most, least := limits[d][0], limits[d][1]
	switch k {
	case kindZero:
		return 0
	case kindNegZero:
		return math.Copysign(0, -1)
	case kindOne:
		return 1
	case kindMinusOne:
		return -1
	case kindSmallest:
		return least * float64(1+rng.IntN(3)) * float64(1-2*rng.IntN(2))
	case kindMax:
		return most
	case kindMin:
		return -most
	case kindInf:
		return math.Inf(1)
	case kindNegInf:
		return math.Inf(-1)
	case kindNaN:
		return math.NaN()
	case kindMixed, kindOdd:
		special := []float64{0, math.Copysign(0, -1), 1, -1, most, -most, least, -least, math.Inf(1), math.Inf(-1), math.NaN()}
		if rng.IntN(3) == 0 {
			return special[rng.IntN(len(special))]
		}
		return rng.NormFloat64()
	case kindTiny:
		return rng.NormFloat64() * 1e-8
	case kindSmall:
		return rng.NormFloat64() * 1e-3
	case kindBig:
		return rng.NormFloat64() * 1e3
	case kindHuge:
		return rng.NormFloat64() * 1e8
	case kindFull:
		return math.Ldexp(rng.NormFloat64(), rng.IntN(200)-100)
	case kindConstant, kindLast:
		if len(all.floats) > 0 {
			return neighbour(d, all.floats[rng.IntN(len(all.floats))], float64(rng.IntN(3)-1))
		}
	case kindUnit:
		return rng.Float64()
	case kindWhole:
		return float64(rng.IntN(21) - 10)
	}
	return rng.NormFloat64()
}

// intRange is the lowest and highest value of an integer type, in int64 where that is possible.
func intRange(d DType) (int64, int64) {
	switch d {
	case types.DataType_DT_INT8, types.DataType_DT_QINT8:
		return math.MinInt8, math.MaxInt8
	case types.DataType_DT_UINT8, types.DataType_DT_QUINT8:
		return 0, math.MaxUint8
	case types.DataType_DT_INT16, types.DataType_DT_QINT16:
		return math.MinInt16, math.MaxInt16
	case types.DataType_DT_UINT16, types.DataType_DT_QUINT16:
		return 0, math.MaxUint16
	case types.DataType_DT_INT32, types.DataType_DT_QINT32:
		return math.MinInt32, math.MaxInt32
	case types.DataType_DT_UINT32:
		return 0, math.MaxUint32
	case types.DataType_DT_BOOL:
		return 0, 1
	case types.DataType_DT_UINT64:
		return 0, math.MaxInt64
	}
	return math.MinInt64, math.MaxInt64
}

func drawInt(d DType, k valueKind, rng *rand.Rand, all *hints, h *hint) int64 {
	low, high := intRange(d)
	n := int64(5)
	if h.limit > 0 {
		n = h.limit
	}
	clamp := func(v int64) int64 { return min(max(v, low), high) }
	if d == types.DataType_DT_UINT64 { // its upper half does not fit into an int64
		switch k {
		case kindMax, kindInf:
			return -1
		case kindOdd:
			return math.MinInt64 + 1<<53 + 1
		case kindFull:
			return int64(rng.Uint64())
		}
	}
	switch k {
	case kindZero, kindNegZero:
		return 0
	case kindOne, kindUnit:
		return 1
	case kindMinusOne, kindNaN:
		return clamp(-1)
	case kindMax, kindInf:
		return high
	case kindMin, kindNegInf:
		return low
	case kindLast:
		return clamp(n - 1)
	case kindSmallest:
		return clamp(n)
	case kindOdd:
		return clamp(1<<53 + 1)
	case kindConstant:
		if len(all.ints) > 0 {
			return clamp(all.ints[rng.IntN(len(all.ints))] + int64(rng.IntN(3)-1))
		}
	case kindFull:
		return clamp(int64(rng.Uint64()))
	case kindHuge:
		return clamp(int64(rng.Uint64() >> 33))
	case kindBig:
		return clamp(rng.Int64N(2000) - 1000)
	case kindWhole:
		return clamp(rng.Int64N(21) - 10)
	case kindMixed:
		if rng.IntN(3) == 0 {
			return clamp([]int64{0, 1, -1, low, high, n - 1, n, -n}[rng.IntN(8)])
		}
	}
	return clamp(rng.Int64N(n))
}

// oddStrings are strings that text code gets wrong.
var oddStrings = []string{"", " ", "Zoë", "日本語", "🙂", "\xff\xfe", "a\x00b", "İstanbul", "\n", "e\u0301", "<UNK>", "-1", "1e400", "NaN",
	"\ta b\t", "a\r\n", "\u00a0a\u00a0", "\x07a", "a  b", "a,b,,c", "a\nb", "ſß", "ﬁ", "\u200b", "\ufeffa", "A1b2-C3_d4", "{\"a\": 1}", "a/b/c.d", "Ω≈ç", "0x1F", "true"}

// oddNumbers are numbers that parsers get wrong, or round twice.
var oddNumbers = []string{"16777217.000000000001", "1.00000017881393432617187499", "1e-46", "-0", "1e39", "7", "+5", "1.5", "-1e-7", "0.1", "9007199254740993", "9007199254740993.0",
	"2147483648", "-2147483649", "123456789012345678901234567890", "3.4028235677973366e38", "1.1754943508222875e-38"}

// oddTexts are those that are worth trying for an input.
func oddTexts(h *hint) []string {
	if h.parse {
		return oddNumbers
	}
	return oddStrings
}

func drawString(k valueKind, rng *rand.Rand, all *hints, h *hint) string {
	word := func() string {
		switch {
		case h.fields > 1:
			return csvLine(rng, h)
		case h.parse:
			return fmt.Sprint(rng.IntN(200) - 100)
		case len(all.words) > 0 && (len(all.strings) == 0 || rng.IntN(3) > 0):
			return all.words[rng.IntN(len(all.words))]
		case len(all.strings) > 0:
			return all.strings[rng.IntN(len(all.strings))]
		}
		return randomWord(rng, 1+rng.IntN(8))
	}
	switch k {
	case kindZero:
		return ""
	case kindOdd, kindNaN:
		odd := oddTexts(h)
		return odd[rng.IntN(len(odd))]
	case kindMixed:
		if rng.IntN(3) == 0 {
			return oddStrings[rng.IntN(len(oddStrings))]
		}
	case kindSmall:
		return word() + "s"
	case kindBig:
		return strings.ToUpper(word())
	case kindTiny:
		return " " + word() + " "
	case kindHuge:
		return strings.Repeat(randomWord(rng, 50), 20)
	case kindUnit, kindFull:
		return randomWord(rng, rng.IntN(12))
	case kindWhole:
		return fmt.Sprint(rng.IntN(21) - 10)
	case kindConstant:
		if len(all.strings) > 0 {
			return all.strings[rng.IntN(len(all.strings))]
		}
	case kindMax:
		return word() + " " + word()
	case kindLast:
		return nearly(word(), rng)
	}
	return word()
}

// csvLine is a line of a table: numbers, here and there one that is missing.
func csvLine(rng *rand.Rand, h *hint) string {
	fields := make([]string, h.fields)
	for i := range fields {
		if rng.IntN(6) > 0 {
			fields[i] = fmt.Sprint(rng.IntN(200) - 100)
		}
	}
	return strings.Join(fields, h.delim)
}

// nearly is a text that one who reads quickly takes for another.
func nearly(s string, rng *rand.Rand) string {
	at := 0
	if len(s) > 0 {
		at = rng.IntN(len(s))
	}
	switch rng.IntN(10) {
	case 0:
		return strings.ToLower(s)
	case 1:
		return strings.ToUpper(s[:at]) + s[at:]
	case 2:
		return s + "\n"
	case 3:
		return s[:at]
	case 4:
		return s[:at] + s[at:min(at+1, len(s))] + s[at:]
	case 5:
		return strings.NewReplacer(" ", "-", "-", "_", "_", " ", ".", ",").Replace(s)
	case 6:
		return strings.ReplaceAll(s, " ", "  ")
	case 7:
		return s + "\x00"
	case 8:
		return strings.NewReplacer("é", "e\u0301", "ë", "e\u0308", "ü", "u\u0308", "ä", "a\u0308", "ö", "o\u0308", "e", "е").Replace(s)
	}
	return s[:at] + s[min(at+1, len(s)):]
}

func randomWord(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + rng.IntN(26))
	}
	return string(b)
}

// appendNumber appends one element of type d: f for the float types, v for the others.
func appendNumber(b []byte, d DType, f float64, v int64) []byte {
	le := binary.LittleEndian
	switch d {
	case types.DataType_DT_FLOAT:
		return le.AppendUint32(b, math.Float32bits(float32(f)))
	case types.DataType_DT_DOUBLE:
		return le.AppendUint64(b, math.Float64bits(f))
	case types.DataType_DT_BFLOAT16:
		return le.AppendUint16(b, uint16(math.Float32bits(float32(f))>>16))
	case types.DataType_DT_HALF:
		return le.AppendUint16(b, floatToHalf(f))
	case types.DataType_DT_COMPLEX64:
		return le.AppendUint32(le.AppendUint32(b, math.Float32bits(float32(f))), 0)
	case types.DataType_DT_COMPLEX128:
		return le.AppendUint64(le.AppendUint64(b, math.Float64bits(f)), 0)
	}
	switch itemSize(d) {
	case 1:
		return append(b, byte(v))
	case 2:
		return le.AppendUint16(b, uint16(v))
	case 4:
		return le.AppendUint32(b, uint32(v))
	}
	return le.AppendUint64(b, uint64(v))
}

// floatToHalf rounds toward zero, which is enough for test values.
func floatToHalf(f float64) uint16 {
	var sign uint16
	if math.Signbit(f) {
		sign = 1 << 15
	}
	f = math.Abs(f)
	switch {
	case math.IsNaN(f):
		return sign | 0x7e00
	case f > 65504:
		return sign | 0x7c00
	case f < math.Ldexp(1, -14):
		return sign | uint16(f*math.Ldexp(1, 24))
	}
	frac, exp := math.Frexp(f)
	return sign | uint16(exp+14)<<10 | uint16(math.Ldexp(frac, 11))&1023
}
