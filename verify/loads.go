package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/function_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/graph_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/op_def_go_proto"
	"google.golang.org/protobuf/proto"
)

// Registry is a Runtime that says which ops it knows.
type Registry interface {
	Runtime
	Ops(ctx context.Context) ([]*op_def_go_proto.OpDef, error)
}

// LoadReport tells whether a meta graph loads on one installation of TensorFlow: its whole graph is imported, the variables are
// restored and the init op is run, as the loaders of TensorFlow do it. No signature is run.
type LoadReport struct {
	TagSet  []string `json:"tag_set"`
	Runtime string   `json:"runtime"`
	Outcome Outcome  `json:"outcome"`
	Detail  string   `json:"detail"`
	Missing []string `json:"missing"` // ops and attributes that the installation does not know
	// Defaults are attributes that it does not know and that say no more than a default. Loaders in Python leave them out, and so was done
	// here; those in C++, and with them TensorFlow Serving, refuse the graph.
	Defaults []string `json:"unknown_defaults"`
}

// Outcome is what trying to load showed. The zero value is that nothing is known.
type Outcome uint8

const (
	LoadUnknown Outcome = iota
	DoesNotLoad
	Loads
)

// String is the word that reports print.
func (o Outcome) String() string {
	return [...]string{LoadUnknown: "UNKNOWN", DoesNotLoad: "DOES NOT LOAD", Loads: "LOADS"}[o]
}

// MarshalText writes the word.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// LoadsOn tries every meta graph of a model, or the one that opt.TagSet names, on opt.Runtime, which has to be a Registry. The error is
// that there is no such meta graph, or that the context ended.
func LoadsOn(ctx context.Context, m *SavedModel, rt Registry, opt Options) ([]LoadReport, error) {
	graphs := m.MetaGraphs
	if opt.TagSet != nil {
		g := m.Find(opt.TagSet)
		if g == nil {
			return nil, &MissingError{m.Dir, "tag set", strings.Join(opt.TagSet, ","), m.TagSets()}
		}
		graphs = []*MetaGraph{g}
	}
	opt.setDefaults()
	ops, err := rt.Ops(ctx)
	var all []LoadReport
	for _, g := range graphs {
		r := LoadReport{TagSet: g.Tags, Missing: []string{}, Defaults: []string{}}
		if err != nil {
			r.Detail = err.Error()
		} else {
			newProgram(g).tryLoading(ctx, rt, ops, opt, &r)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.Runtime = rt.Name()
		all = append(all, r)
	}
	return all, nil
}

// tryLoading fills in the report.
func (p *program) tryLoading(ctx context.Context, rt Runtime, ops []*op_def_go_proto.OpDef, opt Options, r *LoadReport) {
	graph := p.importable(p.mg.Def.GetGraphDef(), ops, r)
	if len(r.Missing) > 0 {
		r.Outcome, r.Detail = DoesNotLoad, "it does not know "+strings.Join(r.Missing, ", ")
		return
	}
	steps, err := p.loadSteps()
	if err == nil {
		err = p.checkLoad(opt.AllowOps)
	}
	if err != nil {
		r.Detail = err.Error()
		return
	}
	if why := p.incomplete(); why != nil {
		r.Outcome, r.Detail = DoesNotLoad, why.Error()
		return
	}
	s := &session{rt: rt, prog: p, exec: &execution{graph: graph, steps: steps}, timeout: opt.Timeout}
	defer s.close()
	err = s.load(ctx)
	switch {
	case err == nil:
		r.Outcome, r.Detail = Loads, "the graph is imported"
		if p.mg.VariablesPrefix() != "" {
			r.Detail += ", the variables are restored"
		}
		if op, _ := initOp(p.mg.Def); op != "" {
			r.Detail += ", the init op runs"
		}
		if len(r.Defaults) > 0 {
			r.Detail += "; TensorFlow Serving of that version refuses it for " + strings.Join(r.Defaults, ", ")
		}
	case machine(err) || unavailable(err) != "" || errors.Is(err, ErrNoRuntime):
		r.Detail = oneLine(strings.TrimPrefix(err.Error(), "does not load: "))
	default:
		r.Outcome, r.Detail = DoesNotLoad, oneLine(strings.TrimPrefix(err.Error(), "does not load: "))
	}
}

// loadLean loads a graph once more, without the attributes that the runtime does not know and that have their defaults. The error is the
// first one where that is not what it was about.
func (s *session) loadLean(ctx context.Context, first error) (Model, error) {
	rt, ok := s.rt.(Registry)
	var status *StatusError
	if !ok || !errors.As(first, &status) || !strings.Contains(status.Message, "NodeDef mentions attr") {
		return nil, first
	}
	ops, err := rt.Ops(ctx)
	if err != nil {
		return nil, first
	}
	var r LoadReport
	graph := s.prog.importable(s.exec.graph, ops, &r)
	if len(r.Missing) > 0 || len(r.Defaults) == 0 {
		return nil, first
	}
	s.exec.graph = graph
	return s.rt.Load(ctx, graph)
}

// incomplete is what is wrong with the checkpoint that a loader would open, or nil.
func (p *program) incomplete() error {
	prefix := p.mg.VariablesPrefix()
	if prefix == "" {
		return nil
	}
	_, err := OpenBundle(prefix)
	return err
}

// importable is a graph of the program as loaders import it, and notes what the installation does not know of it: attributes that have their
// default are left out, as import_graph_def does it with the ops that the writer knew. Devices are left out as well, for one processor
// runs everything.
func (p *program) importable(src *graph_go_proto.GraphDef, known []*op_def_go_proto.OpDef, r *LoadReport) *graph_go_proto.GraphDef {
	table := map[string]map[string]bool{}
	for _, op := range known {
		attrs := map[string]bool{}
		for _, a := range op.GetAttr() {
			attrs[a.GetName()] = true
		}
		table[op.GetName()] = attrs
	}
	missing, defaults := map[string]bool{}, map[string]bool{}
	plain := func(n *nodeDef) *nodeDef {
		c := &nodeDef{Name: n.GetName(), Op: n.GetOp(), Input: n.GetInput(), Attr: attrMap{}}
		attrs, ok := table[n.GetOp()]
		if !ok && p.funcs[n.GetOp()] == nil {
			missing["op "+n.GetOp()] = true
		}
		for name, v := range n.GetAttr() {
			what := "attribute " + name + " of " + n.GetOp()
			switch {
			case name == "_class":
				continue
			case !ok || attrs[name] || strings.HasPrefix(name, "_"):
			case proto.Equal(v, p.defaultOf(n.GetOp(), name)):
				defaults[what] = true
				continue
			default:
				missing[what] = true
			}
			c.Attr[name] = v
		}
		return c
	}
	g := &graph_go_proto.GraphDef{Versions: src.GetVersions(), Library: &function_go_proto.FunctionDefLibrary{Gradient: src.GetLibrary().GetGradient()}}
	for _, n := range src.GetNode() {
		g.Node = append(g.Node, plain(n))
	}
	for _, f := range src.GetLibrary().GetFunction() {
		c := proto.Clone(f).(*function_go_proto.FunctionDef)
		for i, n := range c.GetNodeDef() {
			c.NodeDef[i] = plain(n)
		}
		g.Library.Function = append(g.Library.Function, c)
	}
	r.Missing, r.Defaults = append(r.Missing, sortedKeys(missing)...), append(r.Defaults, sortedKeys(defaults)...)
	return g
}

// AllLoad tells the weakest outcome of several reports: one that does not load settles it.
func AllLoad(reports []LoadReport) Outcome {
	is := func(o Outcome) bool {
		return slices.ContainsFunc(reports, func(r LoadReport) bool { return r.Outcome == o })
	}
	switch {
	case is(DoesNotLoad):
		return DoesNotLoad
	case len(reports) == 0 || is(LoadUnknown):
		return LoadUnknown
	}
	return Loads
}

// String is one line for people.
func (r LoadReport) String() string { return fmt.Sprintf("%v: %s", r.Outcome, r.Detail) }
