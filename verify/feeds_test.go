package verify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// samplesOf are the samples that a model's signature gets, over all kinds and layouts.
func samplesOf(t *testing.T, name string, seed uint64) (*generator, []Sample) {
	t.Helper()
	mg := read(t, modeltest.Dir(t, name)).MetaGraphs[0]
	p := newProgram(mg)
	sig := mg.Signatures[0]
	f, err := p.flatten(sig)
	if err != nil {
		t.Fatal(err)
	}
	g := newGenerator(sig, p.readHints(sig, f), seed)
	var all []Sample
	for _, l := range g.layouts() {
		for _, b := range append([]int64{2}, g.batches()...) {
			l.batch = b
			for _, k := range kinds {
				if s, ok := g.sample(l, k, ""); ok {
					all = append(all, s)
				}
			}
		}
	}
	return g, all
}

func TestSamplesAreReproducible(t *testing.T) {
	for _, name := range []string{"softmax_v1", "lookup_v2", "parse_v1", "sparse_v1", "spin_v1"} {
		_, a := samplesOf(t, name, 7)
		_, b := samplesOf(t, name, 7)
		_, c := samplesOf(t, name, 8)
		ja, _ := json.Marshal(a)
		jb, _ := json.Marshal(b)
		jc, _ := json.Marshal(c)
		if string(ja) != string(jb) {
			t.Errorf("%s: the same seed gives other samples", name)
		}
		if string(ja) == string(jc) {
			t.Errorf("%s: another seed gives the same samples", name)
		}
	}
}

// TestSamplesFit holds that a sample has the type and a shape that its signature declares, and as many elements as its shape says.
func TestSamplesFit(t *testing.T) {
	for _, name := range []string{"add_v1", "softmax_v2", "lookup_v1", "parse_v2", "branch_v1", "spin_v1"} {
		g, all := samplesOf(t, name, 1)
		if len(all) < len(kinds) {
			t.Errorf("%s: only %d samples", name, len(all))
		}
		for _, s := range all {
			for _, in := range g.sig.Inputs {
				v := s.Values[in.Name]
				if v == nil || v.DType != in.DType || !in.Shape.accepts(Shape{true, v.Dims}) {
					t.Fatalf("%s: %s: %v does not fit %v", name, s.Note, v, in.Shape)
				}
				have := len(v.Strings)
				if v.DType != types.DataType_DT_STRING {
					have = len(v.Data) / itemSize(v.DType)
				}
				if have != v.Len() {
					t.Fatalf("%s: %s: %v has %d elements", name, s.Note, v, have)
				}
			}
		}
	}
}

// TestSamplesCover holds that what exposes differences is among the samples.
func TestSamplesCover(t *testing.T) {
	tests := []struct {
		model string
		want  []string // as Tensor.Element prints them
	}{
		{"softmax_v1", []string{"0", "-0", "1", "NaN", "+Inf", "-Inf", "3.4028235e+38", "1e-45"}},
		{"branch_v1", []string{"1234.5", "1234.5001", "1234.4999"}},
		{"lookup_v1", []string{`"red"`, `"Zo\u00eb"`, `""`, `"reds"`, `"RED"`}},
		{"spin_v1", []string{"0", "-1", "9223372036854775807", "-9223372036854775808", "9007199254740993"}},
	}
	for _, test := range tests {
		_, all := samplesOf(t, test.model, 3)
		seen := map[string]bool{}
		batches := map[int64]bool{}
		for _, s := range all {
			for _, v := range s.Values {
				if len(v.Dims) > 0 {
					batches[v.Dims[0]] = true
				}
				for i := range v.Len() {
					seen[v.Element(i)] = true
				}
			}
		}
		for _, w := range test.want {
			if !seen[w] {
				t.Errorf("%s: no sample has %s", test.model, w)
			}
		}
		if test.model != "spin_v1" {
			for _, b := range []int64{0, 1, 2, 7} {
				if !batches[b] {
					t.Errorf("%s: no sample has batch %d", test.model, b)
				}
			}
		}
	}
}

func TestHints(t *testing.T) {
	of := func(name string) *hints {
		mg := read(t, modeltest.Dir(t, name)).MetaGraphs[0]
		p := newProgram(mg)
		f, err := p.flatten(mg.Signatures[0])
		if err != nil {
			t.Fatal(err)
		}
		return p.readHints(mg.Signatures[0], f)
	}
	for _, name := range []string{"parse_v1", "parse_v2"} {
		spec := of(name).inputs["examples"].example
		if spec == nil {
			t.Errorf("%s: no tf.Example found", name)
			continue
		}
		want := []feature{{"n", types.DataType_DT_INT64, 1, 1}, {"tags", types.DataType_DT_STRING, -1, 1}, {"x", types.DataType_DT_FLOAT, 3, 3}}
		if !slices.Equal(spec.features, want) {
			t.Errorf("%s: features %v, want %v", name, spec.features, want)
		}
	}
	for _, name := range []string{"lookup_v1", "lookup_v2"} {
		h := of(name)
		if !h.inputs["words"].vocab || strings.Join(h.words, " ") != "red green blue Zoë" {
			t.Errorf("%s: %+v, words %q", name, h.inputs["words"], h.words)
		}
	}
	for _, name := range []string{"softmax_v1", "softmax_v2"} {
		if d := of(name).inputs["x"].lastDim; d != 3 {
			t.Errorf("%s: last dimension %d, want 3", name, d)
		}
	}
}
