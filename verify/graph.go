package verify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/function_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/node_def_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/op_def_go_proto"
)

type (
	nodeDef = node_def_go_proto.NodeDef
	funcDef = function_go_proto.FunctionDef
	attrMap = map[string]*attr_value_go_proto.AttrValue
)

// program is a meta graph indexed by name.
type program struct {
	mg    *MetaGraph
	nodes map[string]*nodeDef
	funcs map[string]*funcDef
	ops   map[string]*op_def_go_proto.OpDef // as the model declares them, for ops that opTable does not have

	bodies  map[*funcDef]*body
	spent   int64 // bytes of constants that were written out
	entered int   // functions of loops and cases that were followed
	rounds  int   // of the comparison of loops

	// While comparing only:
	contents *contents
	stored   map[string]digest // the checkpoint's values, by their keys
}

func newProgram(mg *MetaGraph) *program {
	p := &program{mg: mg, nodes: map[string]*nodeDef{}, funcs: map[string]*funcDef{}, ops: map[string]*op_def_go_proto.OpDef{}, bodies: map[*funcDef]*body{}}
	for _, n := range mg.Def.GetGraphDef().GetNode() {
		p.nodes[n.GetName()] = n
	}
	for _, f := range mg.Def.GetGraphDef().GetLibrary().GetFunction() {
		p.funcs[f.GetSignature().GetName()] = f
	}
	for _, op := range mg.Def.GetMetaInfoDef().GetStrippedOpList().GetOp() {
		p.ops[op.GetName()] = op
	}
	return p
}

// opDef is TensorFlow's declaration of an op, or the model's own where we have none; nil when nobody declares it.
func (p *program) opDef(name string) *op_def_go_proto.OpDef {
	if def := opTable()[name].def; def != nil {
		return def
	}
	return p.ops[name]
}

// calls lists the functions that a node's attributes name, and the node's op where that is a function itself (TensorFlow 1's Defun).
func (p *program) calls(n *nodeDef) []string {
	var found []string
	if p.funcs[n.GetOp()] != nil {
		found = append(found, n.GetOp())
	}
	for _, a := range n.GetAttr() {
		if f := a.GetFunc(); f != nil {
			found = append(found, f.GetName())
		}
		for _, f := range a.GetList().GetFunc() {
			found = append(found, f.GetName())
		}
	}
	slices.Sort(found)
	return found
}

// tensorRef splits a reference of the main graph: "x", "x:1", "^x".
func tensorRef(ref string) (node string, index int, control bool) {
	if rest, ok := strings.CutPrefix(ref, "^"); ok {
		return rest, 0, true
	}
	name, out, ok := strings.Cut(ref, ":")
	if !ok {
		return name, 0, false
	}
	index, err := strconv.Atoi(out)
	if err != nil {
		index = -1
	}
	return name, index, false
}

// reach is what running some tensors would touch.
type reach struct {
	nodes map[string]bool
	funcs map[string]bool
	ops   map[string]string // op to the name of one node that uses it
	err   error             // a reference that leads nowhere
}

// tensorName is the reference with its output number: "x" is "x:0".
func tensorName(ref string) string {
	name, index, _ := tensorRef(ref)
	return fmt.Sprintf("%s:%d", name, index)
}

// reachable follows data and control edges and function attributes from the named nodes or tensors, and stops at those that are fed.
func (p *program) reachable(roots []string, fed ...string) *reach {
	r := &reach{nodes: map[string]bool{}, funcs: map[string]bool{}, ops: map[string]string{}}
	stop := map[string]bool{}
	for _, f := range fed {
		stop[tensorName(f)] = true
	}
	var work []string
	push := func(ref string) {
		name, index, control := tensorRef(ref)
		if !control && len(stop) > 0 && stop[fmt.Sprintf("%s:%d", name, index)] {
			return
		}
		if !r.nodes[name] {
			r.nodes[name] = true
			work = append(work, name)
		}
	}
	for _, root := range roots {
		push(root)
	}
	for len(work) > 0 {
		name := work[len(work)-1]
		work = work[:len(work)-1]
		n := p.nodes[name]
		if n == nil {
			if r.err == nil {
				r.err = fmt.Errorf("the graph has no node %q", name)
			}
			continue
		}
		p.touch(r, n)
		for _, in := range n.GetInput() {
			push(in)
		}
	}
	return r
}

// reachableFrom are the ops that the functions of a call hold.
func (p *program) reachableFrom(o *op) map[string]string {
	r := &reach{nodes: map[string]bool{}, funcs: map[string]bool{}, ops: map[string]string{}}
	p.touch(r, &nodeDef{Name: o.name, Op: o.kind, Attr: o.attrs})
	return r.ops
}

// touch notes a node's op and everything its functions hold. All of a function is counted, also what its results do not need:
// that is what TensorFlow may run.
func (p *program) touch(r *reach, n *nodeDef) {
	if p.funcs[n.GetOp()] == nil {
		if _, ok := r.ops[n.GetOp()]; !ok {
			r.ops[n.GetOp()] = n.GetName()
		}
	}
	for _, name := range p.calls(n) {
		f := p.funcs[name]
		if r.funcs[name] {
			continue
		}
		r.funcs[name] = true
		if f == nil {
			if r.err == nil {
				r.err = fmt.Errorf("node %q calls function %q, which the graph does not have", n.GetName(), name)
			}
			continue
		}
		for _, inner := range f.GetNodeDef() {
			p.touch(r, inner)
		}
	}
}
