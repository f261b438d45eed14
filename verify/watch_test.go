package verify

import (
	"encoding/binary"
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

func whole(d DType, v ...int64) *Tensor {
	t := &Tensor{DType: d, Dims: []int64{int64(len(v))}}
	for _, n := range v {
		t.Data = appendNumber(t.Data, d, float64(n), n)
	}
	return t
}

// TestSee holds when an op counts as seen at work.
func TestSee(t *testing.T) {
	const i32 = types.DataType_DT_INT32
	words := func(s ...string) *Tensor {
		return &Tensor{DType: types.DataType_DT_STRING, Dims: []int64{int64(len(s))}, Strings: s}
	}
	row := floats(1, 2)
	row.Dims = []int64{1, 2}
	one := whole(i32, 1)
	one.Dims = []int64{}
	for _, test := range []struct {
		what                   string
		kind                   watchKind
		rows                   int64
		a, beside, none, count *Tensor
		want                   bool
	}{
		{"one number", varies, 0, floats(3, 3), nil, nil, nil, false},
		{"two numbers", varies, 0, floats(3, 4), nil, nil, nil, true},
		{"always the smaller one", chooses, 0, floats(1, 2), floats(3), nil, nil, false},
		{"either one", chooses, 0, floats(1, 4), floats(3), nil, nil, true},
		{"as it was", rewrites, 0, floats(1, 2), floats(1, 2), nil, nil, false},
		{"another, and always the same", rewrites, 0, floats(0, 0), floats(-1, -2), nil, nil, false},
		{"another", rewrites, 0, floats(0, 2), floats(-1, 2), nil, nil, true},
		{"of another shape", rewrites, 0, row, floats(1, 2), nil, nil, true},
		{"converted as it was", rewrites, 0, whole(i32, 1, 2), floats(1, 2), nil, nil, false},
		{"converted and rounded", rewrites, 0, whole(i32, 1, 2), floats(1.5, 2), nil, nil, true},
		{"text as it was", rewrites, 0, words("a", "b"), words("a", "b"), nil, nil, false},
		{"text rewritten", rewrites, 0, words("a", "b"), words("a", "B"), nil, nil, true},
		{"some rows", looksUp, 3, whole(i32, 0, 2, 0), nil, nil, nil, false},
		{"all rows", looksUp, 3, whole(i32, 0, 2, 1), nil, nil, nil, true},
		{"some keys", looksKeys, 0, words("a", "x"), floats(1, -1), floats(-1), whole(types.DataType_DT_INT64, 2), false},
		{"all keys, and none", looksKeys, 0, words("a", "b", "x"), floats(1, 2, -1), floats(-1), whole(types.DataType_DT_INT64, 2), true},
		{"all keys", looksKeys, 0, words("a", "b"), floats(1, 2), floats(-1), whole(types.DataType_DT_INT64, 2), false},
	} {
		w := &watch{tensor: "a", beside: "b", missing: "c", size: "d", kind: test.kind, rows: test.rows, hit: map[string]bool{}}
		w.see(map[string]*Tensor{"a": test.a, "b": test.beside, "c": test.none, "d": test.count})
		if w.done != test.want {
			t.Errorf("%s: seen at work: %v", test.what, w.done)
		}
		if (idle("old", []*watch{w}) == "") != test.want {
			t.Errorf("%s: %q", test.what, idle("old", []*watch{w}))
		}
	}
}

// TestNarrows holds which conversions lose something that a model would notice.
func TestNarrows(t *testing.T) {
	cast := func(from, to DType, source string) *op {
		d := func(d DType) *attr_value_go_proto.AttrValue {
			return &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_Type{Type: d}}
		}
		return &op{kind: "Cast", attrs: attrMap{"SrcT": d(from), "DstT": d(to)}, in: []value{{&op{kind: source}, 0}}}
	}
	const f16, f32, f64, i8, i32, i64 = types.DataType_DT_HALF, types.DataType_DT_FLOAT, types.DataType_DT_DOUBLE, types.DataType_DT_INT8, types.DataType_DT_INT32, types.DataType_DT_INT64
	for _, test := range []struct {
		from, to DType
		source   string
		shape    bool
		want     bool
	}{
		{f32, i32, "Mul", false, true}, {f64, f32, "Mul", false, true}, {f32, f16, "Mul", false, true}, {i64, i32, "Mul", false, true}, {i32, i8, "Range", true, true},
		{i32, f16, "Range", true, true},
		{f32, f64, "Mul", false, false}, {i32, i64, "Mul", false, false}, {i32, f32, "Mul", false, false}, {i64, i32, "ArgMax", false, false}, {i64, i32, "Mul", true, false},
		{types.DataType_DT_BOOL, f32, "Less", false, false}, {f32, f32, "Mul", false, false},
	} {
		if got := narrows(cast(test.from, test.to, test.source), test.shape); got != test.want {
			t.Errorf("%s of %s to %s: %v", test.source, DTypeName(test.from), DTypeName(test.to), got)
		}
	}
}

// TestTogether holds that rows become batches, and that what is no batch stays alone.
func TestTogether(t *testing.T) {
	rows := func(n int) []Sample {
		var all []Sample
		for i := range n {
			v := floats(float32(i), 0)
			v.Dims = []int64{1, 2}
			all = append(all, Sample{Values: map[string]*Tensor{"x": v}})
		}
		return all
	}
	open := &tester{oldSig: &Signature{Inputs: []Param{{Name: "x", DType: types.DataType_DT_FLOAT, Shape: Shape{Known: true, Dims: []int64{-1, 2}}, Tensors: []string{"x:0"}}}}}
	got := open.together(rows(30))
	if len(got) != 2 || !slices.Equal(got[0].Values["x"].Dims, []int64{24, 2}) || !slices.Equal(got[1].Values["x"].Dims, []int64{6, 2}) ||
		binary.LittleEndian.Uint32(got[1].Values["x"].Data) != binary.LittleEndian.Uint32(floats(24).Data) {
		t.Errorf("%+v", got)
	}
	closed := &tester{oldSig: &Signature{Inputs: []Param{{Name: "x", Shape: Shape{Known: true, Dims: []int64{1, 2}}, Tensors: []string{"x:0"}}}}}
	if got := closed.together(rows(3)); got != nil {
		t.Errorf("of a fixed batch: %+v", got)
	}
}

// TestUnequalSizes holds that dimensions are made unequal where more than one is open, and only there.
func TestUnequalSizes(t *testing.T) {
	input := func(name string, dims ...int64) Param {
		return Param{Name: name, DType: types.DataType_DT_FLOAT, Shape: Shape{Known: true, Dims: dims}, Tensors: []string{name + ":0"}}
	}
	for _, test := range []struct {
		inputs []Param
		want   []int
	}{
		{[]Param{input("a", -1, 3)}, nil},
		{[]Param{input("a", -1, -1)}, nil},
		{[]Param{input("a", -1, -1, -1)}, []int{1}},
		{[]Param{input("a", -1, -1), input("b", -1, -1)}, []int{2}},
		{[]Param{input("a", -1, -1, -1), input("b", -1, -1)}, []int{1, 2}},
	} {
		h := &hints{inputs: map[string]*hint{}}
		for _, in := range test.inputs {
			h.inputs[in.Name] = &hint{}
		}
		g := newGenerator(&Signature{Inputs: test.inputs}, h, 1)
		if got := g.skews(); !slices.Equal(got, test.want) {
			t.Errorf("%+v: %v, want %v", test.inputs, got, test.want)
		}
		for _, skew := range g.skews() {
			s, _ := g.sample(layout{batch: 2, inner: 3, skew: skew}, kindBenign, "")
			a := s.Values["a"].Dims
			if skew == 1 && a[1] == a[2] || skew == 2 && a[1] == s.Values["b"].Dims[1] {
				t.Errorf("%+v: %v", test.inputs, a)
			}
		}
	}
}

// TestBackwards holds that texts are found which the graph rewrites to a known word.
func TestBackwards(t *testing.T) {
	h := &hints{inputs: map[string]*hint{}, words: []string{"new york", "red"}, rewrites: [][2]string{{"-", " "}, {" +", " "}, {"q", ""}}}
	h.backwards()
	for _, want := range []string{"new-york", "new  york", "qred", "rqed", "redq"} {
		if !slices.Contains(h.strings, want) {
			t.Errorf("%q is not among %q", want, h.strings)
		}
	}
}

// TestLines holds that lines of a table have as many fields as the op that takes them apart asks for.
func TestLines(t *testing.T) {
	h := &hint{parse: true, fields: 5, delim: ";"}
	g := newGenerator(&Signature{Key: "x"}, &hints{inputs: map[string]*hint{}, words: []string{"red"}}, 1)
	for range 20 {
		if s := drawString(kindBenign, g.rng, g.h, h); strings.Count(s, ";") != 4 {
			t.Errorf("%q", s)
		}
	}
	if s := rampValues(types.DataType_DT_STRING, 1, 7, g.h, h).Strings[0]; s != "7;7;7;7;7" {
		t.Errorf("%q", s)
	}
}

// TestImages holds that the images are some, of either format, and no two the same.
func TestImages(t *testing.T) {
	all := images()
	var formats []string
	for _, s := range all {
		c, format, err := image.DecodeConfig(strings.NewReader(s))
		if err != nil || c.Width == c.Height {
			t.Errorf("%v: %v", c, err)
		}
		formats = append(formats, format)
	}
	slices.Sort(formats)
	if got := strings.Join(slices.Compact(formats), " "); got != "gif jpeg png" || len(all) != 6 {
		t.Errorf("%d images: %s", len(all), got)
	}
}
