package verify

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"google.golang.org/protobuf/proto"
)

// The ops and attributes that three releases of TensorFlow know, made by releases.py.
//
//go:embed releases.txt
var releasesText string

// release is one TensorFlow, as far as graphs go.
type release struct {
	name    string
	version int32 // of GraphDef that it reads (TF_GRAPH_DEF_VERSION in tensorflow/core/public/version.h)
}

// registry is what releases know: a bit for each release, the first one the lowest.
type registry struct {
	releases []release
	ops      map[string]registered
}

type registered struct {
	in    uint8
	attrs map[string]uint8 // only those that not all of the releases know which know the op
}

var releaseTable = sync.OnceValue(func() registry {
	r := registry{ops: map[string]registered{}}
	for line := range strings.Lines(releasesText) {
		fields := strings.Fields(line)
		if r.releases == nil {
			for _, f := range fields {
				name, version, _ := strings.Cut(f, "=")
				n, err := strconv.ParseInt(version, 10, 32)
				if err != nil {
					panic(fmt.Sprintf("releases.txt: %v", err))
				}
				r.releases = append(r.releases, release{name, int32(n)})
			}
			continue
		}
		op := registered{in: bitsOf(fields[1])}
		for _, f := range fields[2:] {
			if op.attrs == nil {
				op.attrs = map[string]uint8{}
			}
			name, has, _ := strings.Cut(f, "=")
			op.attrs[name] = bitsOf(has)
		}
		r.ops[fields[0]] = op
	}
	return r
})

func bitsOf(digits string) (bits uint8) {
	for _, d := range digits {
		bits |= 1 << (d - '0')
	}
	return bits
}

// ReleaseSummary says whether a release of TensorFlow knows everything that a graph uses. That is needed for loading and not enough:
// kernels, and what the loaders check, are known only by trying.
type ReleaseSummary struct {
	Release string   `json:"release"`
	Knows   bool     `json:"knows"`             // nothing is unknown
	Unknown []string `json:"unknown,omitempty"` // what it does not know, in words
	// Defaults are attributes that it does not know and that say no more than the default: Python's loaders leave those out
	// (import_graph_def with producer_op_list), those in C++ refuse them.
	Defaults []string `json:"unknown_defaults,omitempty"`
}

// readers tells of every release in the table whether it knows the ops and attributes of the whole graph, functions included, as all of
// it is imported when a model is loaded.
func (p *program) readers() []ReleaseSummary {
	table := releaseTable()
	all := make([]ReleaseSummary, len(table.releases))
	unknown, defaults := make([]map[string]bool, len(all)), make([]map[string]bool, len(all))
	for i, r := range table.releases {
		all[i].Release = r.name
		unknown[i], defaults[i] = map[string]bool{}, map[string]bool{}
		if v := p.mg.Def.GetGraphDef().GetVersions(); v.GetMinConsumer() > r.version {
			unknown[i][fmt.Sprintf("the graph asks for version %d of GraphDef, and it reads up to %d", v.GetMinConsumer(), r.version)] = true
		}
	}
	look := func(n *nodeDef) {
		if p.funcs[n.GetOp()] != nil {
			return
		}
		op := table.ops[n.GetOp()]
		for i := range all {
			if op.in&(1<<i) == 0 {
				unknown[i]["op "+n.GetOp()] = true
			}
		}
		for name, has := range op.attrs {
			v := n.GetAttr()[name]
			if v == nil {
				continue
			}
			where := unknown
			if proto.Equal(v, p.defaultOf(n.GetOp(), name)) {
				where = defaults
			}
			for i := range all {
				if op.in&(1<<i) != 0 && has&(1<<i) == 0 {
					where[i]["attribute "+name+" of "+n.GetOp()] = true
				}
			}
		}
	}
	def := p.mg.Def.GetGraphDef()
	for _, n := range def.GetNode() {
		look(n)
	}
	for _, f := range def.GetLibrary().GetFunction() {
		for _, n := range f.GetNodeDef() {
			look(n)
		}
	}
	for i := range all {
		all[i].Unknown, all[i].Defaults = sortedKeys(unknown[i]), sortedKeys(defaults[i])
		all[i].Knows = len(all[i].Unknown) == 0
	}
	return all
}

// defaultOf is an attribute's default as the writer of the model knew it; nil where it has none.
func (p *program) defaultOf(op, attr string) *attr_value_go_proto.AttrValue {
	def := p.ops[op]
	if def == nil {
		def = p.opDef(op)
	}
	return attrOf(def, nil, attr)
}

// LoaderSummary says whether a loader takes a meta graph, as far as can be told without running it.
type LoaderSummary struct {
	Loader string `json:"loader"`
	Takes  bool   `json:"takes"`
	Why    string `json:"why,omitempty"`
}

// servingMethods are the method names that TensorFlow Serving's APIs ask for
// (tensorflow/python/saved_model/signature_constants.py).
var servingMethods = []string{"tensorflow/serving/predict", "tensorflow/serving/classify", "tensorflow/serving/regress"}

// uninitialised names the variables and tables that signatures use and that nothing which is run when the meta graph is loaded gives a content. It is nil, too,
// where that cannot be followed. Nothing but the graph is read.
func (p *program) uninitialised() []string {
	steps, err := p.loadSteps()
	if err != nil {
		return nil
	}
	state := &state{p: p, assetSums: []digest{}}
	written := map[string]bool{}
	for _, step := range steps {
		f, err := p.flattenStep(step)
		if err != nil {
			return nil
		}
		c := newCanon(p, f, state)
		for _, o := range f.effects {
			if slices.Contains(handles, o.kind) || len(o.in) == 0 {
				continue
			}
			if target, err := c.norm(o.in[0]); err == nil {
				if key, err := resourceKey(target.op); err == nil {
					written[key] = true
				}
			}
		}
	}
	missing := map[string]bool{}
	for _, s := range p.mg.Signatures {
		f, err := p.flatten(s)
		if err != nil {
			return nil
		}
		for _, o := range f.effects {
			if slices.Contains(handles, o.kind) {
				if key, err := resourceKey(o); err == nil && !written[key] {
					missing[o.name] = true
				}
			}
		}
	}
	return sortedKeys(missing)
}

// loaders tells who takes the meta graph.
func (m *SavedModel) loaders(g *MetaGraph, references int, uninitialised []string) []LoaderSummary {
	tags := fmt.Sprintf("tags %q", g.Tags)
	v1 := LoaderSummary{Loader: "tf.compat.v1.saved_model.load", Takes: true, Why: "in a session, with the " + tags}
	v2 := LoaderSummary{Loader: "tf.saved_model.load", Takes: true, Why: "all of its objects"}
	if g.Def.GetObjectGraphDef() == nil || len(m.MetaGraphs) > 1 { // what tensorflow/python/saved_model/load.py asks for
		v2.Why = "its signatures, and tensors by prune; no objects"
		if references > 0 {
			v2.Why += "; its reference variables can be neither trained nor saved again"
		}
	}
	if len(m.MetaGraphs) > 1 {
		v2.Why += "; only with the " + tags + ", as there are several meta graphs"
	}
	keras := LoaderSummary{Loader: "tf.keras.models.load_model (Keras 2)", Why: "it was not saved by Keras"}
	for _, node := range g.Def.GetObjectGraphDef().GetNodes() {
		if strings.HasPrefix(node.GetUserObject().GetIdentifier(), "_tf_keras") {
			keras.Takes, keras.Why = true, "as a Keras model"
			break
		}
	}
	serving := LoaderSummary{Loader: "TensorFlow Serving"}
	var served, other []string
	for _, s := range g.Signatures {
		if slices.Contains(servingMethods, s.Method) {
			served = append(served, s.Key)
		} else {
			other = append(other, fmt.Sprintf("%s (method name %q)", s.Key, s.Method))
		}
	}
	switch {
	case !slices.Equal(g.Tags, []string{"serve"}):
		serving.Why = fmt.Sprintf("it asks for the tag \"serve\" alone unless told otherwise, and this one has the %s", tags)
	case len(g.Signatures) == 0:
		serving.Why = "there is no signature"
	case len(served) == 0:
		serving.Why = "no signature has a method name that it serves: " + strings.Join(other, ", ")
	default:
		serving.Takes, serving.Why = true, "signatures "+strings.Join(served, ", ")
		if len(other) > 0 {
			serving.Why += "; not " + strings.Join(other, ", ")
		}
		if !slices.Contains(served, "serving_default") {
			serving.Why += `; clients have to name one, as there is no "serving_default"`
		}
	}
	if len(uninitialised) > 0 { // Python's loader of TensorFlow 2 restores objects, whatever the graph does
		why := "its signatures use what nothing fills when it is loaded: " + listed(firstOf(uninitialised, 3))
		v1.Takes, v1.Why, serving.Takes, serving.Why = false, why, false, why
		if g.Def.GetObjectGraphDef() == nil {
			v2.Takes, v2.Why = false, why
		}
	}
	return []LoaderSummary{v1, v2, keras, serving}
}

// firstOf are the first of many names, and how many more there are.
func firstOf(names []string, n int) []string {
	if len(names) <= n {
		return names
	}
	return append(slices.Clone(names[:n]), fmt.Sprintf("and %d more", len(names)-n))
}
