package verify

import (
	"context"
	"strings"
	"testing"

	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// TestDeclared compares models as a whole, one change at a time: what is told of it, and whether it breaks clients.
func TestDeclared(t *testing.T) {
	edit := func(name string, change func(g *pb.MetaGraphDef)) string {
		return modeltest.Edit(t, name, func(m *pb.SavedModel) { change(m.MetaGraphs[0]) })
	}
	dir := func(name string) string { return modeltest.Dir(t, name) }
	second := func(g *pb.MetaGraphDef) {
		g.SignatureDef["second"] = g.SignatureDef["serving_default"]
	}
	tests := []struct {
		name     string
		old, new string
		part     string // "" where nothing is to be told
		breaking bool
		text     string
	}{
		{"nothing", dir("lookup_v1"), dir("lookup_v1"), "", false, ""},
		{"nothing in two tag sets", dir("two_tags"), dir("two_tags"), "", false, ""},
		{"names of tensors and kinds of variables", dir("softmax_v1"), dir("softmax_resource_v1"), "", false, ""},
		{"tag set lost", dir("two_tags"), edit("softmax_v1", func(*pb.MetaGraphDef) {}), "tag set", true, "the tag set half,serve is missing"},
		{"tag set added", dir("softmax_v1"), dir("two_tags"), "tag set", false, "one more tag set: half,serve"},
		{"signature lost", edit("add_v1", second), dir("add_v1"), "signature", true, `signature "second" is missing`},
		{"signature added", dir("add_v1"), edit("add_v1", second), "signature", true, `signature "second" is only in the new model`},
		{"method name", dir("add_v1"), edit("add_v1", func(g *pb.MetaGraphDef) {
			g.SignatureDef["serving_default"].MethodName = "tensorflow/serving/regress"
		}), "method name", true, "became"},
		{"init op lost", dir("lookup_v1"), edit("lookup_v1", func(g *pb.MetaGraphDef) { delete(g.CollectionDef, "saved_model_main_op") }), "init op", false, "and the new one none"},
		{"init op added", edit("lookup_v1", func(g *pb.MetaGraphDef) { delete(g.CollectionDef, "saved_model_main_op") }), dir("lookup_v1"), "init op", false, "and the old one none"},
		{"assets lost", dir("lookup_v1"), edit("lookup_v1", func(g *pb.MetaGraphDef) {
			g.AssetFileDef = nil
			delete(g.CollectionDef, "saved_model_assets")
		}), "asset", false, "the files of the assets are none, were assets/vocab.txt"},
		{"variables lost", dir("softmax_v1"), dir("add_v1"), "variables", false, "constants, or lost"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := Compare(context.Background(), read(t, test.old), read(t, test.new), Options{NoProof: true})
			if err != nil {
				t.Fatal(err)
			}
			all := r.Changes
			for _, s := range r.Signatures {
				all = append(all, s.Changes...)
			}
			if test.part == "" {
				if len(all) > 0 {
					t.Errorf("told %+v", all)
				}
				return
			}
			for _, c := range all {
				if c.Part == test.part && c.Breaking == test.breaking && strings.Contains(c.Text, test.text) {
					if c.Breaking != (r.Verdict == Different) && test.part != "variables" {
						t.Errorf("verdict %v", r.Verdict)
					}
					return
				}
			}
			t.Errorf("told %+v", all)
		})
	}
}
