package verify

import (
	"os"
	"path/filepath"
	"testing"

	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// TestSalvage cuts models at many places: what Read refuses is said by Salvage too, the more is there the more is shown, and what is shown
// can be summarised and drawn.
func TestSalvage(t *testing.T) {
	for _, name := range []string{"lookup_v2", "softmax_v1", "softmax_text_v1"} {
		whole := read(t, modeltest.Dir(t, name))
		data, err := os.ReadFile(whole.File)
		if err != nil {
			t.Fatal(err)
		}
		dir := modeltest.Copy(t, name)
		file := filepath.Join(dir, filepath.Base(whole.File))
		most := 0
		for at := 1; at <= len(data); at += 1 + len(data)/200 {
			modeltest.Write(t, file, data[:at])
			m, problems := Salvage(dir)
			if _, err := Read(dir); (err == nil) != (len(problems) == 0) || err != nil && err.Error() != problems[0].Error() {
				t.Fatalf("%s cut at %d: problems %v, Read %v", name, at, problems, err)
			}
			if m == nil {
				if most > 0 {
					t.Errorf("%s cut at %d: nothing is left, and less was shown", name, at)
				}
				continue
			}
			s, err := Summarise(m, nil, problems...)
			if err != nil {
				t.Fatal(err)
			}
			n := len(s.MetaGraphs[0].Signatures)*1000 + s.MetaGraphs[0].Nodes
			if n < most {
				t.Errorf("%s cut at %d: %d, and %d were shown before", name, at, n, most)
			}
			most = n
			for _, g := range m.MetaGraphs {
				for _, sig := range g.Signatures {
					g.Draw(sig) // an error at most
				}
			}
		}
		if want := len(whole.MetaGraphs[0].Def.GetGraphDef().GetNode()); most < want/2 {
			t.Errorf("%s: of %d nodes %d were shown", name, want, most)
		}
	}
}

// TestSalvageBadAsset holds that a hostile asset hides nothing but itself.
func TestSalvageBadAsset(t *testing.T) {
	dir := modeltest.Edit(t, "two_tags", func(m *pb.SavedModel) {
		m.MetaGraphs[1].AssetFileDef = []*pb.AssetFileDef{{Filename: "../../etc/passwd"}}
	})
	m, problems := Salvage(dir)
	if m == nil || len(m.MetaGraphs) != 2 || m.MetaGraphs[1].Assets != nil || len(problems) != 1 {
		t.Fatalf("%v, %v", m, problems)
	}
}

// FuzzMend holds that what is mended parses, and that what parses is not changed.
func FuzzMend(f *testing.F) {
	for _, name := range []string{"add_v1", "lookup_v2", "loop_v1"} {
		data, err := os.ReadFile(filepath.Join(modeltest.Dir(f, name), "saved_model.pb"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte("\x12\x05\x0a\xff\xff\xff\xff"))
	f.Add([]byte("\x120\"0\n\n0000000000\r0000")) // a map entry that is cut off
	md := new(pb.SavedModel).ProtoReflect().Descriptor()
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := proto.Unmarshal(mend(md, data, 0), new(pb.SavedModel)); err != nil {
			t.Errorf("mended and yet: %v", err)
		}
	})
}
