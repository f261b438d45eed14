package verify

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/function_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/graph_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// SessionConfig makes TensorFlow run a graph as it is written, on one thread: no grappler, no constant folding. Optimised, two
// graphs that compute the same differ in bits (a fused MatMul treats NaN differently), and runs differ among themselves.
func SessionConfig() *pb.ConfigProto {
	return &pb.ConfigProto{
		AllowSoftPlacement:        true,
		IntraOpParallelismThreads: 1,
		InterOpParallelismThreads: 1,
		UsePerSessionThreads:      true,
		DeviceCount:               map[string]int32{"CPU": 1, "GPU": 0},
		IsolateSessionState:       true,
		GraphOptions: &pb.GraphOptions{
			OptimizerOptions: &pb.OptimizerOptions{OptLevel: pb.OptimizerOptions_L0, GlobalJitLevel: pb.OptimizerOptions_OFF},
			RewriteOptions:   &pb.RewriterConfig{DisableMetaOptimizer: true},
		},
	}
}

// execution is a meta graph ready to be loaded: the part of the graph that its signatures, its restore op and its init op need.
type execution struct {
	graph *graph_go_proto.GraphDef
	steps []Step     // to run once, in order, before the first request
	turns []*nodeDef // added to the graph, for looking at what it compares; it answers the same without them
}

// withTurns is the graph and what was added.
func (e *execution) withTurns() *graph_go_proto.GraphDef {
	g := e.graph
	return &graph_go_proto.GraphDef{Node: slices.Concat(g.Node, e.turns), Library: g.Library, Versions: g.Versions}
}

// Step is one call of a session.
type Step struct {
	Feeds   []Feed
	Fetches []string
	Targets []string
}

// Feed gives a tensor of the graph a value.
type Feed struct {
	Tensor string
	Value  *Tensor
}

// loadOps are the ops that bring a SavedModel's files into a session, and the tensors fed meanwhile, as the loader of TensorFlow
// does it: restore first, then the init op, with every asset's path fed (tensorflow/cc/saved_model/loader.cc).
func (p *program) loadSteps() (steps []Step, err error) {
	dir, err := filepath.Abs(p.mg.Dir)
	if err != nil {
		return nil, err
	}
	var assets []Feed
	seen := map[string]bool{}
	for _, a := range p.mg.Assets {
		if !seen[a.Tensor] {
			seen[a.Tensor] = true
			assets = append(assets, Feed{a.Tensor, stringScalar(filepath.Join(dir, filepath.FromSlash(a.File)))})
		}
	}
	if prefix := p.mg.VariablesPrefix(); prefix != "" {
		saver := p.mg.Def.GetSaverDef()
		if saver.GetRestoreOpName() != "" {
			path := filepath.Join(dir, variablesDir, bundlePrefix)
			steps = append(steps, Step{
				Feeds:   append([]Feed{{saver.GetFilenameTensorName(), stringScalar(path)}}, assets...),
				Targets: []string{saver.GetRestoreOpName()},
			})
		}
	}
	if op, _ := initOp(p.mg.Def); op != "" {
		steps = append(steps, Step{Feeds: assets, Targets: []string{op}})
	}
	return steps, nil
}

func stringScalar(s string) *Tensor {
	return &Tensor{DType: types.DataType_DT_STRING, Strings: []string{s}}
}

// initOp finds the op that initialises tables, and what says so: the signature that TensorFlow 2 writes, then the two collections of
// TensorFlow 1.
func initOp(def *pb.MetaGraphDef) (op, from string) {
	const signature = "__saved_model_init_op"
	for _, out := range def.GetSignatureDef()[signature].GetOutputs() {
		name, _, _ := tensorRef(out.GetName())
		return name, "signature " + signature
	}
	for _, key := range []string{"saved_model_main_op", "legacy_init_op"} {
		for _, ref := range def.GetCollectionDef()[key].GetNodeList().GetValue() {
			name, _, _ := tensorRef(ref)
			return name, "collection " + key
		}
	}
	return "", ""
}

// execution prunes the graph to what the given signatures need and unifies how it is run. Devices and colocation are dropped: one
// CPU runs everything.
func (p *program) execution(sigs []*Signature) (*execution, error) {
	steps, err := p.loadSteps()
	if err != nil {
		return nil, err
	}
	var roots []string
	for _, s := range sigs {
		roots = append(append(roots, tensorsOf(s.Inputs)...), tensorsOf(s.Outputs)...)
	}
	for _, s := range steps {
		roots = append(roots, s.Targets...)
		for _, f := range s.Feeds {
			roots = append(roots, f.Tensor)
		}
	}
	r := p.reachable(roots)
	if r.err != nil {
		return nil, r.err
	}
	config, err := proto.MarshalOptions{Deterministic: true}.Marshal(SessionConfig())
	if err != nil {
		return nil, err
	}
	src := p.mg.Def.GetGraphDef()
	g := &graph_go_proto.GraphDef{Versions: src.GetVersions(), Library: &function_go_proto.FunctionDefLibrary{}}
	for _, n := range src.GetNode() {
		if r.nodes[n.GetName()] {
			g.Node = append(g.Node, plainNode(n, config))
		}
	}
	for _, f := range src.GetLibrary().GetFunction() {
		if !r.funcs[f.GetSignature().GetName()] {
			continue
		}
		c := proto.Clone(f).(*function_go_proto.FunctionDef)
		for i, n := range c.GetNodeDef() {
			c.NodeDef[i] = plainNode(n, config)
		}
		g.Library.Function = append(g.Library.Function, c)
	}
	return &execution{graph: g, steps: steps}, nil
}

// plainNode is the node without device and colocation. A call node carries a session configuration of its own, which is ours from now on.
func plainNode(n *nodeDef, config []byte) *nodeDef {
	c := &nodeDef{Name: n.GetName(), Op: n.GetOp(), Input: n.GetInput(), Attr: attrMap{}}
	for k, v := range n.GetAttr() {
		switch k {
		case "_class":
		case "config_proto":
			c.Attr[k] = &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_S{S: config}}
		default:
			c.Attr[k] = v
		}
	}
	if n.GetOp() == "PartitionedCall" || n.GetOp() == "StatefulPartitionedCall" {
		c.Attr["config_proto"] = &attr_value_go_proto.AttrValue{Value: &attr_value_go_proto.AttrValue_S{S: config}}
	}
	return c
}

// tensorsOf are the names of all tensors behind some parameters.
func tensorsOf(params []Param) []string {
	var all []string
	for _, p := range params {
		all = append(all, p.Tensors...)
	}
	return all
}

// errRefused is why a model is not run.
var errRefused = errors.New("refused")

// refused lists the ops of r that may do more than compute, as "ReadFile (node read)"; allow are the names that the user lets pass.
func refused(r *reach, allow []string, loading bool) []string {
	var bad []string
	for op, node := range r.ops {
		class := opTable()[op].class
		if class == opRefused && !slices.Contains(allow, op) || class == opLoad && !loading && !slices.Contains(allow, op) {
			bad = append(bad, fmt.Sprintf("%s (node %s)", op, node))
		}
	}
	sort.Strings(bad)
	return bad
}

// checkLoad refuses a meta graph whose restore or init op does more than bring the SavedModel's own files into the session.
func (p *program) checkLoad(allow []string) error {
	steps, err := p.loadSteps()
	if err != nil {
		return err
	}
	var roots []string
	for _, s := range steps {
		roots = append(roots, s.Targets...)
	}
	r := p.reachable(roots)
	if r.err != nil {
		return r.err
	}
	return refusal(refused(r, allow, true), "the restore or init op")
}

// checkSignature refuses a signature that reaches an op which may do more than compute.
func (p *program) checkSignature(s *Signature, allow []string) (*reach, error) {
	r := p.reachable(tensorsOf(s.Outputs), tensorsOf(s.Inputs)...)
	if r.err != nil {
		return nil, r.err
	}
	return r, refusal(refused(r, allow, false), "it")
}

func refusal(bad []string, who string) error {
	if len(bad) == 0 {
		return nil
	}
	var ops []string
	for _, b := range bad {
		op, _, _ := strings.Cut(b, " ")
		ops = append(ops, op)
	}
	return fmt.Errorf("%w: %s uses %s, which may read or write outside the model or is unknown; --allow-ops %s runs it anyway",
		errRefused, who, strings.Join(bad, ", "), strings.Join(ops, ","))
}
