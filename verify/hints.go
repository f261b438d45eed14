package verify

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// hint is what the graph says about the values of one input.
type hint struct {
	limit   int64        // the input indexes a table of so many rows; 0 for not known
	lastDim int64        // the size that the last dimension has to have; 0 for not known
	example *exampleSpec // the input is a serialized tf.Example
	single  bool         // and one of them, a scalar
	vocab   bool         // the input is looked up in a table
	parse   bool         // the input is parsed as a number
	fields  int          // or as a line of so many, of a table
	delim   string       // which stands between those
}

// hints is what the graph of a signature says about good inputs.
type hints struct {
	inputs  map[string]*hint
	floats  []float64 // constants of the graph
	ints    []int64
	strings []string
	words   []string // the lines of the vocabulary assets
	// What the graph rewrites: regular expressions, and what it puts in the place of what they match.
	rewrites [][2]string
	dims     []int64 // sizes that constants and variables have, in order
	sizes    []int64 // whole numbers that only one of two models has
}

const (
	maxConstants = 200  // constants of one kind that are tried
	maxWords     = 5000 // vocabulary lines that are tried
	maxConstSize = 1 << 16
)

// readHints looks at the flattened graph of a signature. It never fails: a graph that cannot be understood gives no hints.
func (p *program) readHints(s *Signature, f *flat) *hints {
	h := &hints{inputs: map[string]*hint{}}
	for _, in := range s.Inputs {
		h.inputs[in.Name] = &hint{}
	}
	h.words = append(assetLines(p.mg), p.tableKeys()...)
	if f == nil {
		return h
	}
	users := map[*op][]use{}
	for _, o := range f.ops {
		for i, v := range o.in {
			if v.op != nil {
				users[v.op] = append(users[v.op], use{o, i})
			}
		}
		h.constants(o)
	}
	for _, in := range s.Inputs {
		feed := f.feeds[in.Name]
		if feed == nil {
			continue
		}
		follow(feed, users, h.inputs[in.Name])
	}
	h.tidy()
	return h
}

// use is input index of an op.
type use struct {
	op    *op
	index int
}

// passes are the ops that hand a value on, perhaps in another shape or type.
var passes = []string{"Identity", "Cast", "Reshape", "ExpandDims", "Squeeze", "StopGradient", "Snapshot", "Unique", "UniqueV2", "IdentityN",
	"Pack", "StringStrip", "StringLower", "PlaceholderWithDefault", "Enter", "Switch"}

// keepsShape are those among them that keep the last dimension.
var keepsShape = []string{"Identity", "Cast", "StopGradient", "Snapshot", "PlaceholderWithDefault", "Enter", "Switch"}

// follow walks from a fed value to those who use it.
func follow(feed *op, users map[*op][]use, h *hint) {
	type visit struct {
		op   *op
		same bool // the shape is still the input's
	}
	seen := map[*op]bool{feed: true}
	for work := []visit{{feed, true}}; len(work) > 0; {
		at := work[0]
		work = work[1:]
		for _, u := range users[at.op] {
			o, i := u.op, u.index
			switch {
			case (o.kind == "ParseExample" || o.kind == "ParseExampleV2") && i == 0:
				h.example = readExampleSpec(o)
			case o.kind == "ParseSingleExample" && i == 0:
				h.example, h.single = readExampleSpec(o), true
			case (o.kind == "Gather" || o.kind == "GatherV2" || o.kind == "ResourceGather") && i == 1:
				if d := staticDims(o.in[0]); len(d) > 0 && d[0] > 0 {
					h.limit = smaller(h.limit, d[0])
				}
			case o.kind == "OneHot" && i == 0:
				if c := constant(o.in[1]); c != nil {
					if n, ok := c.int(0); ok && n > 0 {
						h.limit = smaller(h.limit, n)
					}
				}
			case (o.kind == "LookupTableFindV2" || o.kind == "LookupTableFind") && i == 1:
				h.vocab = true
			case o.kind == "DecodeCSV" && i == 0:
				h.parse, h.fields = true, len(o.in)-1
				if h.delim = string(attrOf(o.def, o.attrs, "field_delim").GetS()); h.delim == "" {
					h.delim = ","
				}
			case o.kind == "StringToNumber":
				h.parse = true
			case o.kind == "MatMul" && i == 0 && at.same:
				if d := staticDims(o.in[1]); len(d) == 2 {
					h.lastDim = d[boolByte(o.attrs["transpose_b"].GetB())]
				}
			case (o.kind == "Add" || o.kind == "AddV2" || o.kind == "Mul" || o.kind == "Sub" || o.kind == "BiasAdd") && at.same && h.lastDim == 0:
				if d := staticDims(o.in[1-min(i, 1)]); len(d) > 0 && d[len(d)-1] > 1 {
					h.lastDim = d[len(d)-1]
				}
			}
			if slices.Contains(passes, o.kind) && !seen[o] {
				seen[o] = true
				work = append(work, visit{o, at.same && slices.Contains(keepsShape, o.kind)})
			}
		}
	}
}

func smaller(a, b int64) int64 {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// through skips the ops that change nothing about a value.
func through(v value) value {
	for range 100 {
		switch v.op.kind {
		case "Identity", "StopGradient", "Snapshot", "ReadVariableOp", "Enter":
			if len(v.op.in) > 0 {
				v = v.op.in[0]
				continue
			}
		}
		break
	}
	return v
}

// staticDims is the shape of a constant or a variable, nil for other values.
func staticDims(v value) []int64 {
	v = through(v)
	switch v.op.kind {
	case "Const":
		s := shapeOf(v.op.attrs["value"].GetTensor().GetTensorShape())
		return s.Dims
	case "VarHandleOp", "VariableV2", "Variable":
		return shapeOf(v.op.attrs["shape"].GetShape()).Dims
	}
	return nil
}

// constant reads a small constant, or gives nil.
func constant(v value) *Tensor {
	v = through(v)
	if v.op.kind != "Const" {
		return nil
	}
	return smallConst(v.op)
}

func smallConst(o *op) *Tensor {
	p := o.attrs["value"].GetTensor()
	if n, ok := elements(shapeOf(p.GetTensorShape()).Dims); !ok || n > maxConstSize {
		return nil
	}
	t, err := TensorOf(p)
	if err != nil {
		return nil
	}
	return t
}

// int gives element i of an integer tensor.
func (t *Tensor) int(i int) (int64, bool) {
	if i >= t.Len() {
		return 0, false
	}
	switch t.DType {
	case types.DataType_DT_INT32:
		return int64(int32(uint32(t.Data[4*i]) | uint32(t.Data[4*i+1])<<8 | uint32(t.Data[4*i+2])<<16 | uint32(t.Data[4*i+3])<<24)), true
	case types.DataType_DT_INT64:
		var v uint64
		for k := 7; k >= 0; k-- {
			v = v<<8 | uint64(t.Data[8*i+k])
		}
		return int64(v), true
	case types.DataType_DT_INT8:
		return int64(int8(t.Data[i])), true
	case types.DataType_DT_UINT8:
		return int64(t.Data[i]), true
	case types.DataType_DT_INT16:
		return int64(int16(binary.LittleEndian.Uint16(t.Data[2*i:]))), true
	case types.DataType_DT_UINT16:
		return int64(binary.LittleEndian.Uint16(t.Data[2*i:])), true
	case types.DataType_DT_UINT32:
		return int64(binary.LittleEndian.Uint32(t.Data[4*i:])), true
	}
	return 0, false
}

// constants collects what an op holds: constants of the graph are where its branches turn.
func (h *hints) constants(o *op) {
	switch o.kind {
	case "StaticRegexReplace", "StaticRegexFullMatch", "RegexReplace", "RegexFullMatch":
		if expression, ok := patternOf(o); ok {
			h.pattern(expression)
			if rewrite, ok := rewriteOf(o); ok {
				h.rewrites = append(h.rewrites, [2]string{expression, rewrite})
			}
		}
		return
	case "Bucketize":
		for _, edge := range o.attrs["boundaries"].GetList().GetF() {
			h.floats = append(h.floats, float64(edge))
		}
		return
	case "VarHandleOp", "VariableV2", "Variable":
		h.dims = append(h.dims, staticDims(value{o, 0})...)
		return
	case "Const":
	default:
		return
	}
	t := smallConst(o)
	if t == nil {
		return
	}
	h.dims = append(h.dims, t.Dims...)
	for i := range min(t.Len(), 64) {
		if t.DType == types.DataType_DT_STRING {
			h.strings = append(h.strings, t.Strings[i])
			if sep := t.Strings[i]; len(sep) > 0 && len(sep) <= 3 {
				h.strings = append(h.strings, strings.Join([]string{"a", "b", "", "c", "dd", "e", "f", "g", "h"}, sep))
			}
		} else if v, ok := t.float(i); ok {
			h.floats = append(h.floats, v)
		} else if v, ok := t.int(i); ok {
			h.ints = append(h.ints, v)
		}
	}
}

// patternOf is the regular expression of an op, where it is known.
func patternOf(o *op) (string, bool) {
	switch o.kind {
	case "StaticRegexReplace", "StaticRegexFullMatch":
		return string(o.attrs["pattern"].GetS()), true
	case "RegexReplace", "RegexFullMatch":
		if t := constant(o.in[1]); t != nil && t.DType == types.DataType_DT_STRING && t.Len() > 0 {
			return t.Strings[0], true
		}
	}
	return "", false
}

// rewriteOf is what an op puts in the place of what matches, unless that depends on it.
func rewriteOf(o *op) (string, bool) {
	rewrite := ""
	switch o.kind {
	case "StaticRegexReplace":
		rewrite = string(o.attrs["rewrite"].GetS())
	case "RegexReplace":
		t := constant(o.in[2])
		if t == nil || t.DType != types.DataType_DT_STRING || t.Len() == 0 {
			return "", false
		}
		rewrite = t.Strings[0]
	default:
		return "", false
	}
	return rewrite, !strings.Contains(rewrite, `\`)
}

// pattern takes strings that match, alone and within others, and with a line more, where a dot ends.
func (h *hints) pattern(expression string) {
	for _, s := range matching(expression) {
		h.strings = append(h.strings, s, "x"+s+"y "+s, s+"\nx", "x\n"+s)
	}
}

// maxBackwards bounds the texts that are put back to what an op rewrites to one of them.
const maxBackwards = 60

// backwards adds texts that the ops of the graph rewrite to a known word: what is looked up afterwards is found then.
func (h *hints) backwards() {
	words := slices.Concat(h.strings[:min(len(h.strings), maxBackwards)], h.words[:min(len(h.words), maxBackwards)])
	for _, r := range h.rewrites {
		for _, found := range matching(r[0]) {
			for _, w := range words {
				switch {
				case found == r[1]:
				case r[1] == "":
					h.strings = append(h.strings, found+w, w[:len(w)/2]+found+w[len(w)/2:], w+found)
				case strings.Contains(w, r[1]):
					h.strings = append(h.strings, strings.ReplaceAll(w, r[1], found))
				}
			}
		}
	}
	h.rewrites = nil
	h.tidy()
}

// add takes over what another model's graph says.
func (h *hints) add(other *hints) {
	for name, in := range h.inputs {
		also := other.inputs[name]
		if also == nil {
			continue
		}
		if also.limit > 0 {
			in.limit = smaller(in.limit, also.limit)
		}
		in.lastDim = cmp.Or(in.lastDim, also.lastDim)
		if in.example == nil {
			in.example, in.single = also.example, also.single
		}
		in.vocab, in.parse = in.vocab || also.vocab, in.parse || also.parse
		in.fields, in.delim = cmp.Or(in.fields, also.fields), cmp.Or(in.delim, also.delim)
	}
	// Half of the room for either: a model with many constants must not hide those of the other.
	h.floats = append(h.floats[:min(len(h.floats), maxConstants/2)], other.floats[:min(len(other.floats), maxConstants/2)]...)
	h.ints = append(h.ints[:min(len(h.ints), maxConstants/2)], other.ints[:min(len(other.ints), maxConstants/2)]...)
	h.strings = append(h.strings[:min(len(h.strings), maxConstants/2)], other.strings[:min(len(other.strings), maxConstants/2)]...)
	for _, w := range other.words {
		if len(h.words) >= 2*maxWords {
			break
		}
		h.words = append(h.words, w)
	}
	slices.Sort(h.words)
	h.words = slices.Compact(h.words)
	h.dims = append(h.dims, other.dims...)
	h.rewrites = append(h.rewrites, other.rewrites...)
	h.tidy()
}

func (h *hints) tidy() {
	h.strings = distinct(h.strings, maxConstants)
	h.ints = distinct(h.ints, maxConstants)
	h.dims = distinct(slices.DeleteFunc(h.dims, func(d int64) bool { return d < 2 || d > 4096 }), 12)
	sort.Float64s(h.floats)
	h.floats = slices.CompactFunc(h.floats, func(a, b float64) bool { return a == b || a != a && b != b })
	if len(h.floats) > maxConstants {
		h.floats = h.floats[:maxConstants]
	}
}

func distinct[T int64 | string](s []T, most int) []T {
	slices.Sort(s)
	s = slices.Compact(s)
	return s[:min(len(s), most)]
}

// tableKeys are the constants that tables are filled with when the model is loaded.
func (p *program) tableKeys() []string {
	steps, err := p.loadSteps()
	if err != nil {
		return nil
	}
	var keys []string
	for _, step := range steps {
		f, err := p.flattenStep(step)
		if err != nil {
			continue
		}
		for _, o := range f.effects {
			if !strings.HasPrefix(o.kind, "LookupTableImport") && o.kind != "InitializeTable" && o.kind != "InitializeTableV2" || len(o.in) < 2 {
				continue
			}
			if t := constant(o.in[1]); t != nil && t.DType == types.DataType_DT_STRING {
				keys = append(keys, t.Strings[:min(len(t.Strings), maxWords-min(len(keys), maxWords))]...)
			}
		}
	}
	return keys
}

// assetLines reads the lines of the assets that look like vocabularies.
func assetLines(g *MetaGraph) []string {
	var words []string
	for _, a := range g.Assets {
		f, err := os.Open(filepath.Join(g.Dir, filepath.FromSlash(a.File)))
		if err != nil {
			continue
		}
		for scan := bufio.NewScanner(f); scan.Scan() && len(words) < maxWords; {
			words = append(words, scan.Text())
			if columns := strings.FieldsFunc(scan.Text(), func(r rune) bool { return r == '\t' || r == ',' }); len(columns) > 1 {
				words = append(words, columns...)
			}
		}
		f.Close()
	}
	return words
}
