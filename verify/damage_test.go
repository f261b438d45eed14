package verify

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// TestDamagedGraphs rewires models at random: everything that reads a graph has to refuse what makes no sense, and to come to an end.
func TestDamagedGraphs(t *testing.T) {
	const rounds = 50
	files, err := filepath.Glob(filepath.Join(modeltest.Dir(t, "."), "*", "saved_model.pb"))
	if err != nil {
		t.Fatal(err)
	}
	ops := slices.Sorted(maps.Keys(opTable()))
	for _, file := range files {
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir := modeltest.Copy(t, filepath.Base(filepath.Dir(file)))
		for round := range rounds {
			def := new(pb.SavedModel)
			if err := proto.Unmarshal(whole, def); err != nil {
				t.Fatal(err)
			}
			damage(def.MetaGraphs[0], ops, rand.New(rand.NewPCG(1, uint64(round))))
			data, err := proto.Marshal(def)
			if err != nil {
				t.Fatal(err)
			}
			modeltest.Write(t, filepath.Join(dir, "saved_model.pb"), data)
			m, err := Read(dir)
			if err != nil {
				continue
			}
			if _, err := Summarise(m, nil); err != nil {
				t.Errorf("%s, round %d: %v", file, round, err)
			}
			r, err := Compare(context.Background(), m, m, Options{Runtime: fakeRuntime{refuse, refuse}, Samples: 30})
			if err == nil && r.Verdict == Different {
				t.Errorf("%s, round %d: differs from itself: %+v", file, round, r.Signatures)
			}
		}
	}
}

// damage changes a few things of a graph.
func damage(g *pb.MetaGraphDef, ops []string, rng *rand.Rand) {
	lists := [][]*nodeDef{g.GraphDef.Node}
	for _, f := range g.GraphDef.Library.GetFunction() {
		lists = append(lists, f.NodeDef)
	}
	for range 1 + rng.IntN(4) {
		list := lists[rng.IntN(len(lists))]
		if len(list) == 0 {
			continue
		}
		n, other := list[rng.IntN(len(list))], list[rng.IntN(len(list))]
		switch rng.IntN(8) {
		case 0:
			n.Op = ops[rng.IntN(len(ops))]
		case 1:
			n.Op = other.Op
		case 2:
			if len(n.Input) > 0 {
				n.Input = n.Input[:rng.IntN(len(n.Input))]
			}
		case 3:
			if len(n.Input) > 0 {
				n.Input[rng.IntN(len(n.Input))] = []string{other.Name, other.Name + ":1", "^" + other.Name, other.Name + ":output:0", "", ":", "a:-1", "^"}[rng.IntN(8)]
			}
		case 4:
			n.Input = append(n.Input, other.Input...)
		case 5:
			n.Attr = other.Attr
		case 6:
			for name, v := range n.Attr {
				switch x := v.Value.(type) {
				case *attr_value_go_proto.AttrValue_I:
					x.I = []int64{-1, 1 << 62, 0, 1000}[rng.IntN(4)]
				case *attr_value_go_proto.AttrValue_Func:
					x.Func.Name = "nowhere"
				case *attr_value_go_proto.AttrValue_Tensor:
					x.Tensor.TensorShape = nil
				case *attr_value_go_proto.AttrValue_Shape:
					x.Shape = nil
				default:
					delete(n.Attr, name)
				}
				break
			}
		case 7:
			n.Name = other.Name
		}
	}
}
