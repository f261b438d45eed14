package verify

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Summary is what inspect shows of a SavedModel.
type Summary struct {
	Dir        string             `json:"dir"`
	File       string             `json:"file"`
	Problems   []string           `json:"problems"` // what could not be read, or is not there
	Sizes      Sizes              `json:"sizes"`
	MetaGraphs []MetaGraphSummary `json:"meta_graphs"`
	Checkpoint []EntrySummary     `json:"checkpoint"`
	Shards     []FileSummary      `json:"shards"`             // the files that hold the checkpoint's values
	Extra      []FileSummary      `json:"extra"`              // other files: assets.extra, fingerprint.pb and whatever else is there
	LoadsOn    []LoadReport       `json:"loads_on,omitempty"` // what trying showed, where it was tried
}

// Sizes are bytes on disk.
type Sizes struct {
	Model     int64 `json:"model"` // saved_model.pb or saved_model.pbtxt
	Variables int64 `json:"variables"`
	Assets    int64 `json:"assets"`
	Extra     int64 `json:"extra"`
}

// FileSummary is a file of the SavedModel.
type FileSummary struct {
	File    string `json:"file"` // relative to the directory of the SavedModel, with slashes
	Bytes   int64  `json:"bytes"`
	Missing bool   `json:"missing,omitempty"`
}

// MetaGraphSummary is one meta graph.
type MetaGraphSummary struct {
	Tags        []string           `json:"tags"`
	Writer      string             `json:"tensorflow_version"`
	Style       string             `json:"style"`        // "TensorFlow 2 object graph" or "TensorFlow 1 graph"
	Producer    int32              `json:"producer"`     // versions of GraphDef (tensorflow/core/framework/versions.proto)
	MinConsumer int32              `json:"min_consumer"` //
	GraphBytes  int64              `json:"graph_bytes"`
	Signatures  []SignatureSummary `json:"signatures"`
	InitOp      string             `json:"init_op,omitempty"` // run after the variables are restored, with what says so
	RestoreOp   string             `json:"restore_op,omitempty"`
	Variables   []VariableSummary  `json:"variables"`
	Assets      []AssetSummary     `json:"assets"`
	Objects     *ObjectSummary     `json:"objects,omitempty"`
	Nodes       int                `json:"nodes"`
	Functions   int                `json:"functions"`
	Ops         []OpCount          `json:"ops"` // with those inside functions, commonest first
	Releases    []ReleaseSummary   `json:"releases"`
	Loaders     []LoaderSummary    `json:"loaders"`
	Refused     []string           `json:"refused"` // ops that verify does not run unless told to, with a node of each
}

// SignatureSummary is one signature.
type SignatureSummary struct {
	Key     string         `json:"key"`
	Method  string         `json:"method_name"`
	Inputs  []ParamSummary `json:"inputs"`
	Outputs []ParamSummary `json:"outputs"`
}

// ParamSummary is one input or output.
type ParamSummary struct {
	Name    string   `json:"name"`
	DType   string   `json:"dtype"`
	Shape   string   `json:"shape"`
	Tensors []string `json:"tensors"`
	Default bool     `json:"default,omitempty"` // a request may leave it out
}

// VariableSummary is a variable of the graph. Only resource variables can be trained, or exported again, by TensorFlow 2.
type VariableSummary struct {
	Name  string `json:"name"`
	DType string `json:"dtype"`
	Shape string `json:"shape"`
	Kind  string `json:"kind"`  // "resource" or "reference"
	Bytes int64  `json:"bytes"` // of its value; 0 where the shape or the type does not say
}

// AssetSummary is an asset.
type AssetSummary struct {
	File    string `json:"file"`
	Tensor  string `json:"tensor"`
	Bytes   int64  `json:"bytes"`
	Missing string `json:"missing,omitempty"` // "missing" when the file is not there
}

// OpCount says how often an op occurs.
type OpCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// EntrySummary is an entry of the checkpoint.
type EntrySummary struct {
	Key    string `json:"key"`
	DType  string `json:"dtype"`
	Shape  string `json:"shape"`
	Bytes  int64  `json:"bytes"`
	Shard  int    `json:"shard"`
	Slices int    `json:"slices,omitempty"` // of a variable that is saved in several
}

// Summarise describes a SavedModel, or only the meta graph with the given tags where they are not nil. It reads the checkpoint's
// index, and no variable. What is wrong with the files goes to the problems, after those that Salvage gave.
func Summarise(m *SavedModel, tags []string, problems ...error) (*Summary, error) {
	s := &Summary{Dir: m.Dir, File: m.File, Problems: []string{}, MetaGraphs: []MetaGraphSummary{}, Checkpoint: []EntrySummary{}, Shards: []FileSummary{},
		Extra: []FileSummary{}}
	for _, p := range problems {
		s.problem(p)
	}
	graphs := m.MetaGraphs
	if tags != nil {
		g := m.Find(tags)
		if g == nil {
			return nil, &MissingError{m.Dir, "tag set", strings.Join(tags, ","), m.TagSets()}
		}
		graphs = []*MetaGraph{g}
	}
	objects := s.readCheckpoint(m)
	for _, g := range graphs {
		s.MetaGraphs = append(s.MetaGraphs, m.summariseGraph(g, objects))
	}
	for _, g := range s.MetaGraphs {
		for _, a := range g.Assets {
			if a.Missing != "" {
				s.problem(fmt.Errorf("%s: %w", filepath.Join(m.Dir, filepath.FromSlash(a.File)), fs.ErrNotExist))
			}
		}
		if g.RestoreOp != "" && len(g.Variables) > 0 && m.MetaGraphs[0].VariablesPrefix() == "" {
			s.problem(fmt.Errorf("%s: %w, and the graph has variables to restore", filepath.Join(m.Dir, variablesDir, bundlePrefix+".index"), fs.ErrNotExist))
		}
	}
	s.readFiles(m)
	return s, nil
}

func (s *Summary) problem(err error) {
	if !slices.Contains(s.Problems, err.Error()) {
		s.Problems = append(s.Problems, err.Error())
	}
}

// readCheckpoint lists what the checkpoint has, as far as its files are there, and gives its object graph.
func (s *Summary) readCheckpoint(m *SavedModel) *pb.TrackableObjectGraph {
	prefix := m.MetaGraphs[0].VariablesPrefix()
	if prefix == "" {
		return nil
	}
	b, err := openIndex(prefix)
	if err != nil {
		s.problem(err)
		return nil
	}
	for _, key := range b.variableKeys() {
		d, shape, _ := b.Info(key)
		e := EntrySummary{Key: key, DType: DTypeName(d), Shape: shape.String(), Bytes: b.Size(key), Shard: int(b.entries[key].GetShardId())}
		if parts := b.entries[key].GetSlices(); len(parts) > 0 {
			e.Slices = len(parts)
			if n, ok := elements(shape.Dims); ok {
				e.Bytes = n * int64(itemSize(d))
			}
		}
		s.Checkpoint = append(s.Checkpoint, e)
	}
	for i := range b.shards {
		f := FileSummary{File: variablesDir + "/" + filepath.Base(b.shard(i))}
		if info, err := os.Stat(b.shard(i)); err == nil {
			f.Bytes = info.Size()
		} else {
			f.Missing = true
			s.problem(fmt.Errorf("%s: %w", b.shard(i), plain(err)))
		}
		s.Shards = append(s.Shards, f)
	}
	if len(s.Problems) == 0 || !slices.ContainsFunc(s.Shards, func(f FileSummary) bool { return f.Missing }) {
		if err := b.checkShards(); err != nil {
			s.problem(err)
		}
	}
	objects, err := b.objectGraph()
	if err != nil && !slices.ContainsFunc(s.Shards, func(f FileSummary) bool { return f.Missing }) {
		s.problem(err)
	}
	return objects
}

// readFiles adds up the files of the directory. Other SavedModels below it are not part of this one.
func (s *Summary) readFiles(m *SavedModel) {
	err := filepath.WalkDir(m.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(m.Dir, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && isModelDir(path) {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		top, _, inside := strings.Cut(filepath.ToSlash(name), "/")
		switch {
		case path == m.File:
			s.Sizes.Model = info.Size()
		case inside && top == variablesDir:
			s.Sizes.Variables += info.Size()
		case inside && top == assetsDir:
			s.Sizes.Assets += info.Size()
		case len(s.Extra) < maxExtra:
			s.Sizes.Extra += info.Size()
			s.Extra = append(s.Extra, FileSummary{File: filepath.ToSlash(name), Bytes: info.Size()})
		default:
			return filepath.SkipAll
		}
		return nil
	})
	if err != nil {
		s.problem(err)
	}
}

// maxExtra bounds the files that are listed: a SavedModel may lie in a directory of many.
const maxExtra = 1000

// isModelDir tells whether a directory holds a SavedModel.
func isModelDir(dir string) bool {
	for _, name := range []string{modelPB, modelText} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			return true
		}
	}
	return false
}

func (m *SavedModel) summariseGraph(g *MetaGraph, checkpoint *pb.TrackableObjectGraph) MetaGraphSummary {
	def := g.Def.GetGraphDef()
	p := newProgram(g)
	s := MetaGraphSummary{Tags: g.Tags, Writer: g.Def.GetMetaInfoDef().GetTensorflowVersion(), Style: "TensorFlow 1 graph",
		Signatures: []SignatureSummary{}, Variables: []VariableSummary{}, Assets: []AssetSummary{},
		Nodes: len(def.GetNode()), Functions: len(def.GetLibrary().GetFunction()), GraphBytes: int64(proto.Size(def)),
		Producer: def.GetVersions().GetProducer(), MinConsumer: def.GetVersions().GetMinConsumer(), Objects: summariseObjects(g, checkpoint),
		RestoreOp: g.Def.GetSaverDef().GetRestoreOpName(), Ops: []OpCount{}, Releases: p.readers(), Refused: []string{}}
	if op, from := initOp(g.Def); op != "" {
		s.InitOp = op + " (" + from + ")"
	}
	if s.Writer == "" {
		s.Writer = "(not said)"
	}
	if g.Def.GetObjectGraphDef() != nil {
		s.Style = "TensorFlow 2 object graph"
	}
	for _, sig := range g.Signatures {
		s.Signatures = append(s.Signatures, *summariseSignature(sig))
	}
	count, refused, references := map[string]int{}, map[string]string{}, 0
	for _, n := range def.GetNode() {
		count[n.GetOp()]++
		refused[n.GetOp()] = n.GetName()
		switch n.GetOp() {
		case "VarHandleOp", "VariableV2", "Variable":
			v := VariableSummary{Name: n.GetName(), DType: DTypeName(n.GetAttr()["dtype"].GetType()), Kind: "resource"}
			shape := shapeOf(n.GetAttr()["shape"].GetShape())
			v.Shape = shape.String()
			if size, ok := elements(shape.Dims); ok && shape.Known {
				v.Bytes = size * int64(itemSize(n.GetAttr()["dtype"].GetType()))
			}
			if n.GetOp() != "VarHandleOp" {
				v.Kind = "reference"
				references++
			}
			s.Variables = append(s.Variables, v)
		}
	}
	for _, f := range def.GetLibrary().GetFunction() {
		for _, n := range f.GetNodeDef() {
			count[n.GetOp()]++
			refused[n.GetOp()] = f.GetSignature().GetName() + "/" + n.GetName()
		}
	}
	for name, n := range count {
		s.Ops = append(s.Ops, OpCount{name, n})
		if opTable()[name].class == opRefused && p.funcs[name] == nil && !slices.Contains(saverOps, name) {
			s.Refused = append(s.Refused, fmt.Sprintf("%s (node %s)", name, refused[name]))
		}
	}
	slices.Sort(s.Refused)
	s.Loaders = m.loaders(g, references, p.uninitialised())
	slices.SortFunc(s.Ops, func(a, b OpCount) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, a := range g.Assets {
		as := AssetSummary{File: a.File, Tensor: a.Tensor}
		if info, err := os.Stat(filepath.Join(g.Dir, filepath.FromSlash(a.File))); err != nil {
			as.Missing = "missing"
		} else {
			as.Bytes = info.Size()
		}
		s.Assets = append(s.Assets, as)
	}
	return s
}

func summariseSignature(s *Signature) *SignatureSummary {
	return &SignatureSummary{s.Key, s.Method, summariseParams(s.Inputs), summariseParams(s.Outputs)}
}

func summariseParams(params []Param) []ParamSummary {
	out := []ParamSummary{}
	for _, p := range params {
		d := DTypeName(p.DType)
		if p.Sparse() {
			d = "sparse " + d
		}
		out = append(out, ParamSummary{p.Name, d, p.Shape.String(), p.Tensors, p.Default})
	}
	return out
}

// saverOps are in every graph with variables, for saving; loading and answering do not reach them.
var saverOps = []string{"SaveV2", "ShardedFilename", "MergeV2Checkpoints"}
