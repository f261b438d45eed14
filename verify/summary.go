package verify

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Summary is what inspect shows of a SavedModel.
type Summary struct {
	Dir        string             `json:"dir"`
	File       string             `json:"file"`
	MetaGraphs []MetaGraphSummary `json:"meta_graphs"`
	Checkpoint []EntrySummary     `json:"checkpoint"`
}

// MetaGraphSummary is one meta graph.
type MetaGraphSummary struct {
	Tags       []string           `json:"tags"`
	Writer     string             `json:"tensorflow_version"`
	Style      string             `json:"style"` // "TensorFlow 2 object graph" or "TensorFlow 1 graph"
	Signatures []SignatureSummary `json:"signatures"`
	Variables  []VariableSummary  `json:"variables"`
	Assets     []AssetSummary     `json:"assets"`
	Nodes      int                `json:"nodes"`
	Functions  int                `json:"functions"`
	Ops        []OpCount          `json:"ops"` // with those inside functions, commonest first
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
}

// VariableSummary is a variable of the graph. Only resource variables can be trained, or exported again, by TensorFlow 2.
type VariableSummary struct {
	Name  string `json:"name"`
	DType string `json:"dtype"`
	Shape string `json:"shape"`
	Kind  string `json:"kind"` // "resource" or "reference"
}

// AssetSummary is an asset.
type AssetSummary struct {
	File    string `json:"file"`
	Tensor  string `json:"tensor"`
	Missing string `json:"missing,omitempty"` // "missing" when the file is not there
}

// OpCount says how often an op occurs.
type OpCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// EntrySummary is an entry of the checkpoint.
type EntrySummary struct {
	Key   string `json:"key"`
	DType string `json:"dtype"`
	Shape string `json:"shape"`
	Bytes int64  `json:"bytes"`
}

// Summarise describes a SavedModel, or only the meta graph with the given tags where they are not nil. It reads the checkpoint's
// index, and no variable.
func Summarise(m *SavedModel, tags []string) (*Summary, error) {
	s := &Summary{Dir: m.Dir, File: m.File, MetaGraphs: []MetaGraphSummary{}, Checkpoint: []EntrySummary{}}
	graphs := m.MetaGraphs
	if tags != nil {
		g := m.Find(tags)
		if g == nil {
			return nil, &MissingError{m.Dir, "tag set", strings.Join(tags, ","), m.TagSets()}
		}
		graphs = []*MetaGraph{g}
	}
	for _, g := range graphs {
		s.MetaGraphs = append(s.MetaGraphs, summariseGraph(g))
	}
	if prefix := m.MetaGraphs[0].VariablesPrefix(); prefix != "" {
		b, err := OpenBundle(prefix)
		if err != nil {
			return nil, err
		}
		for _, key := range b.variableKeys() {
			d, shape, _ := b.Info(key)
			s.Checkpoint = append(s.Checkpoint, EntrySummary{key, DTypeName(d), shape.String(), b.Size(key)})
		}
	}
	return s, nil
}

func summariseGraph(g *MetaGraph) MetaGraphSummary {
	def := g.Def.GetGraphDef()
	s := MetaGraphSummary{Tags: g.Tags, Writer: g.Def.GetMetaInfoDef().GetTensorflowVersion(), Style: "TensorFlow 1 graph",
		Signatures: []SignatureSummary{}, Variables: []VariableSummary{}, Assets: []AssetSummary{},
		Nodes: len(def.GetNode()), Functions: len(def.GetLibrary().GetFunction())}
	if s.Writer == "" {
		s.Writer = "(not said)"
	}
	if g.Def.GetObjectGraphDef() != nil {
		s.Style = "TensorFlow 2 object graph"
	}
	for _, sig := range g.Signatures {
		s.Signatures = append(s.Signatures, SignatureSummary{sig.Key, sig.Method, summariseParams(sig.Inputs), summariseParams(sig.Outputs)})
	}
	count := map[string]int{}
	for _, n := range def.GetNode() {
		count[n.GetOp()]++
		switch n.GetOp() {
		case "VarHandleOp", "VariableV2", "Variable":
			kind := "reference"
			if n.GetOp() == "VarHandleOp" {
				kind = "resource"
			}
			s.Variables = append(s.Variables, VariableSummary{n.GetName(), DTypeName(n.GetAttr()["dtype"].GetType()),
				shapeOf(n.GetAttr()["shape"].GetShape()).String(), kind})
		}
	}
	for _, f := range def.GetLibrary().GetFunction() {
		for _, n := range f.GetNodeDef() {
			count[n.GetOp()]++
		}
	}
	for name, n := range count {
		s.Ops = append(s.Ops, OpCount{name, n})
	}
	slices.SortFunc(s.Ops, func(a, b OpCount) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, a := range g.Assets {
		as := AssetSummary{File: a.File, Tensor: a.Tensor}
		if _, err := os.Stat(filepath.Join(g.Dir, filepath.FromSlash(a.File))); err != nil {
			as.Missing = "missing"
		}
		s.Assets = append(s.Assets, as)
	}
	return s
}

func summariseParams(params []Param) []ParamSummary {
	out := []ParamSummary{}
	for _, p := range params {
		d := DTypeName(p.DType)
		if p.Sparse() {
			d = "sparse " + d
		}
		out = append(out, ParamSummary{p.Name, d, p.Shape.String(), p.Tensors})
	}
	return out
}
