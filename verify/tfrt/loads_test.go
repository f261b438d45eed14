//go:build tensorflow

package tfrt

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/node_def_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
	"github.com/tfmigrate/tfmigrate/verify"
)

// loads tries every meta graph of a model, and gives the outcome by tag set.
func loads(t *testing.T, rt *Runtime, dir string) map[string]verify.LoadReport {
	t.Helper()
	m, err := verify.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := verify.LoadsOn(context.Background(), m, rt, verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]verify.LoadReport{}
	for _, r := range all {
		by[strings.Join(r.TagSet, ",")] = r
	}
	return by
}

// agree holds that inspect, which only reads, and trying say the same of a release about every model of testdata.
func agree(t *testing.T, rt *Runtime, release string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(modeltest.Dir(t, "."), "*", "saved_model.pb*"))
	if err != nil || len(files) < 30 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		m, err := verify.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := verify.Summarise(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		tried := loads(t, rt, dir)
		for _, g := range s.MetaGraphs {
			i := slices.IndexFunc(g.Releases, func(r verify.ReleaseSummary) bool { return r.Release == release })
			r := tried[strings.Join(g.Tags, ",")]
			if i < 0 || r.Runtime != "TensorFlow "+release {
				t.Fatalf("%s, %s", release, r.Runtime)
			}
			if g.Releases[i].Knows != (r.Outcome == verify.Loads) || !slices.Equal(g.Releases[i].Unknown, append([]string(nil), r.Missing...)) ||
				!slices.Equal(g.Releases[i].Defaults, append([]string(nil), r.Defaults...)) {
				t.Errorf("%s %v: inspect says %+v, trying %+v", filepath.Base(dir), g.Tags, g.Releases[i], r)
			}
		}
	}
}

func TestLoadsOn(t *testing.T) {
	rt := tensorflow(t)
	agree(t, rt, "2.15.1")
	edit := func(name string, change func(g *pb.MetaGraphDef)) string {
		return modeltest.Edit(t, name, func(m *pb.SavedModel) { change(m.MetaGraphs[0]) })
	}
	broken := modeltest.Copy(t, "softmax_v1")
	if err := os.Truncate(filepath.Join(broken, "variables", "variables.data-00000-of-00001"), 8); err != nil {
		t.Fatal(err)
	}
	unfilled := modeltest.Copy(t, "lookup_v1")
	modeltest.Write(t, filepath.Join(unfilled, "assets", "vocab.txt"), []byte("one\none\n"))
	tests := []struct {
		name, dir string
		outcome   verify.Outcome
		detail    string
	}{
		{"all of it", modeltest.Dir(t, "lookup_v2"), verify.Loads, "the graph is imported, the variables are restored, the init op runs"},
		{"without variables", modeltest.Dir(t, "add_v1"), verify.Loads, "the graph is imported"},
		{"an op of nobody's that no signature reaches", edit("add_v1", func(g *pb.MetaGraphDef) {
			g.GraphDef.Node = append(g.GraphDef.Node, &node_def_go_proto.NodeDef{Name: "mine", Op: "MyOp"})
		}), verify.DoesNotLoad, "it does not know op MyOp"},
		{"an attribute of nobody's", edit("add_v1", func(g *pb.MetaGraphDef) {
			for _, n := range g.GraphDef.Node {
				if n.Op == "AddV2" {
					n.Attr["mine"] = n.Attr["T"]
				}
			}
		}), verify.DoesNotLoad, "attribute mine of AddV2"},
		{"a graph that is none", edit("add_v1", func(g *pb.MetaGraphDef) { g.GraphDef.Node[0].Input = []string{"nowhere"} }), verify.DoesNotLoad, "nowhere"},
		{"a checkpoint cut off", broken, verify.DoesNotLoad, "truncated"},
		{"a vocabulary with a word twice", unfilled, verify.DoesNotLoad, ""},
		{"an init op that reads files", edit("readfile_v1", func(g *pb.MetaGraphDef) {
			g.CollectionDef = map[string]*pb.CollectionDef{"saved_model_main_op": {Kind: &pb.CollectionDef_NodeList_{
				NodeList: &pb.CollectionDef_NodeList{Value: []string{nodeOf(g, "ReadFile")}}}}}
		}), verify.LoadUnknown, "--allow-ops ReadFile"},
	}
	for _, test := range tests {
		r := loads(t, rt, test.dir)["serve"]
		if r.Outcome != test.outcome || !strings.Contains(r.Detail, test.detail) {
			t.Errorf("%s: %v", test.name, r)
		}
	}
	gone := &Runtime{Command: command(t), Dir: t.TempDir()}
	if r := loads(t, gone, modeltest.Dir(t, "add_v1"))["serve"]; r.Outcome != verify.LoadUnknown || !strings.Contains(r.Detail, "do not load") {
		t.Errorf("without a library: %v", r)
	}
}

func nodeOf(g *pb.MetaGraphDef, op string) string {
	for _, n := range g.GraphDef.Node {
		if n.Op == op {
			return n.Name
		}
	}
	return ""
}

// TestTensorFlow1 runs models on TensorFlow 1.15.5, which TFMIGRATE_TENSORFLOW_1_15 has the directory of (make test-older sets it up).
func TestTensorFlow1(t *testing.T) {
	where := os.Getenv("TFMIGRATE_TENSORFLOW_1_15")
	if where == "" {
		t.Skip("NOT TESTED on TensorFlow 1.15: make test-older does it")
	}
	dir, err := Find(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	old := &Runtime{Command: command(t), Dir: dir}
	agree(t, old, "1.15.5")
	// What tf.compat.v1.saved_model.loader.load of 1.15.5 says, in a Python 3.7.
	for name, want := range map[string]verify.Outcome{"add_v1": verify.Loads, "softmax_v1": verify.Loads, "softmax_v2": verify.DoesNotLoad, "lookup_v1": verify.Loads,
		"lookup_v2": verify.DoesNotLoad, "two_tags": verify.Loads, "partitioned_v1": verify.Loads, "cond_v2": verify.Loads} {
		if r := loads(t, old, modeltest.Dir(t, name))["serve"]; r.Outcome != want {
			t.Errorf("%s: %v", name, r)
		}
	}
	// Numbers, strings in and out, tables, control flow and sparse tensors, on the old TensorFlow and on the new one.
	for _, pair := range [][2]string{{"add_v1", "add_v2"}, {"lookup_v1", "lookup_v2"}, {"words_v1", "words_v2"}, {"loop_v1", "loop_v2"}, {"cond_v1", "cond_v2"},
		{"sparse_v1", "sparse_v1"}} {
		r := compare(t, modeltest.Dir(t, pair[0]), modeltest.Dir(t, pair[1]), verify.Options{Runtime: old, NewRuntime: tensorflow(t), Samples: 30})
		if r.Verdict != verify.Tested || r.Runtime != "TensorFlow 1.15.5 (old), TensorFlow 2.15.1 (new)" {
			t.Errorf("%v: %v %s, run by %s", pair, r.Verdict, r.Signatures[0].Detail, r.Runtime)
		}
	}
	r := compare(t, modeltest.Dir(t, "lookup_v1"), modeltest.Dir(t, "words_v1"), verify.Options{Runtime: old, NewRuntime: old})
	if r.Verdict != verify.Different {
		t.Errorf("two models: %v", r.Verdict)
	}
}
