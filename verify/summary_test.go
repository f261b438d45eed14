package verify

import (
	"slices"
	"strings"
	"testing"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

func summarise(t *testing.T, dir string) *Summary {
	t.Helper()
	s, err := Summarise(read(t, dir), nil)
	if err != nil || len(s.Problems) > 0 {
		t.Fatal(err, s.Problems)
	}
	return s
}

// TestCaptures holds that every captured input of a function is named after the object behind it, and arguments are not.
func TestCaptures(t *testing.T) {
	o := summarise(t, modeltest.Dir(t, "lookup_v2")).MetaGraphs[0].Objects
	i := slices.IndexFunc(o.Functions, func(f ObjectFunction) bool { return slices.Contains(f.Paths, "signatures.serving_default") })
	if i < 0 {
		t.Fatalf("%+v", o.Functions)
	}
	var got []string
	for _, in := range o.Functions[i].Inputs {
		got = append(got, in.Captures)
	}
	if want := []string{"", "resource table", "constant serve.trace_0.capture_1", "variable price"}; !slices.Equal(got, want) {
		t.Errorf("captures %q, want %q", got, want)
	}
	if v := o.Variables; len(v) != 1 || v[0].Key != "price/.ATTRIBUTES/VARIABLE_VALUE" {
		t.Errorf("%+v", v)
	}
	if o := summarise(t, modeltest.Dir(t, "lookup_v1")).MetaGraphs[0].Objects; o != nil {
		t.Errorf("a TensorFlow 1 graph has objects %+v", o)
	}
}

func TestReleases(t *testing.T) {
	nodes := func(edit func(n *nodeDef)) func(*pb.SavedModel) {
		return func(m *pb.SavedModel) {
			for _, n := range m.MetaGraphs[0].GraphDef.Node {
				edit(n)
			}
		}
	}
	tests := []struct {
		name, model string
		edit        func(*pb.SavedModel)
		unknown     [3]string // to each release; "" where it knows everything
	}{
		{"old ops", "add_v1", func(*pb.SavedModel) {}, [3]string{}},
		{"variables of 2.15", "softmax_v2", func(*pb.SavedModel) {}, [3]string{0: "attribute debug_name of VarHandleOp"}},
		{"an op of nobody's", "add_v1", nodes(func(n *nodeDef) {
			if n.Op == "AddV2" {
				n.Op = "MyAdd"
			}
		}), [3]string{"op MyAdd", "op MyAdd", "op MyAdd"}},
		{"a newer graph", "add_v1", func(m *pb.SavedModel) { m.MetaGraphs[0].GraphDef.Versions.MinConsumer = 2000 },
			[3]string{"version 2000", "version 2000", ""}},
		{"an attribute of an op that all know", "add_v1", nodes(func(n *nodeDef) {
			if n.Op == "AddV2" {
				n.Attr["_mine"] = &attr_value_go_proto.AttrValue{}
			}
		}), [3]string{}},
	}
	for _, test := range tests {
		got := summarise(t, modeltest.Edit(t, test.model, test.edit)).MetaGraphs[0].Releases
		for i, want := range test.unknown {
			if text := strings.Join(got[i].Unknown, ", "); (want == "") != (text == "") || !strings.Contains(text, want) || got[i].Knows != (want == "") {
				t.Errorf("%s: %s does not know %q, want %q", test.name, got[i].Release, text, want)
			}
		}
	}
}

func TestLoaders(t *testing.T) {
	takes := func(g MetaGraphSummary) (served string) {
		for _, l := range g.Loaders {
			if l.Takes {
				served += l.Loader + ": " + l.Why + "\n"
			}
		}
		return served
	}
	s := summarise(t, modeltest.Dir(t, "two_tags"))
	if got := takes(s.MetaGraphs[0]); !strings.Contains(got, "TensorFlow Serving: signatures serving_default") || strings.Contains(got, "Keras") {
		t.Error(got)
	}
	if got := takes(s.MetaGraphs[1]); strings.Contains(got, "Serving") || !strings.Contains(got, "only with the tags") {
		t.Error(got)
	}
	s = summarise(t, modeltest.Edit(t, "add_v1", func(m *pb.SavedModel) {
		m.MetaGraphs[0].SignatureDef["serving_default"].MethodName = "mine"
	}))
	if got := takes(s.MetaGraphs[0]); strings.Contains(got, "Serving") {
		t.Error(got)
	}
	// What nothing restores: Python's loader of TensorFlow 2 goes by the objects.
	s = summarise(t, modeltest.Edit(t, "softmax_v2", func(m *pb.SavedModel) { m.MetaGraphs[0].SaverDef = nil }))
	if got := takes(s.MetaGraphs[0]); strings.Contains(got, "Serving") || strings.Contains(got, "v1") || !strings.Contains(got, "tf.saved_model.load: all of its objects") {
		t.Error(got)
	}
	for _, name := range []string{"softmax_v1", "softmax_v2", "lookup_v1", "lookup_v2", "words_v2", "partitioned_v1", "count_v1", "cond_v2"} {
		if got := takes(summarise(t, modeltest.Dir(t, name)).MetaGraphs[0]); !strings.Contains(got, "Serving: signatures") || !strings.Contains(got, "v1.saved_model.load: in a session") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
