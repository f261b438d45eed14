package rewrite

import (
	"strconv"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// tensorRef is what an expression that Session.run fetches or is fed stands for: a tensor by its name, or an input or output of a signature.
type tensorRef struct {
	name      string              // "x:0"
	signature analyzer.Expr       // the key of the signature, where the tensor is one of its
	def       *analyzer.Subscript // meta_graph.signature_def[key]
	input     bool                // of the signature; else an output
	key       analyzer.Expr       // its key in the signature
}

// resolver turns expressions into tensorRefs. metaGraph is the call whose result holds the signatures, nil where there are none.
type resolver struct {
	p         *program
	metaGraph *analyzer.Call
}

func (r *resolver) resolve(e analyzer.Expr) (tensorRef, bool) {
	return r.at(e, 0)
}

func (r *resolver) at(e analyzer.Expr, depth int) (tensorRef, bool) {
	if depth > 10 {
		return tensorRef{}, false
	}
	if s, ok := r.p.String(e); ok {
		return tensorRef{name: s}, strings.Contains(s, ":")
	}
	x, ok := r.p.f.OnlyExpr(e)
	if !ok {
		return tensorRef{}, false
	}
	switch x := x.(type) {
	case *analyzer.Call:
		if a, ok := x.Fn.(*analyzer.Attribute); ok && (a.Attr == "get_tensor_by_name" || a.Attr == "as_graph_element") && len(x.Args) == 1 {
			return r.at(x.Args[0].Value, depth+1)
		}
		if r.p.Is(x, "saved_model.get_tensor_from_tensor_info") && len(x.Args) > 0 {
			return r.info(x.Args[0].Value)
		}
	case *analyzer.Attribute:
		if x.Attr == "name" {
			return r.info(x.X)
		}
	}
	return tensorRef{}, false
}

// info resolves a TensorInfo: signature.inputs[key] or signature.outputs[key].
func (r *resolver) info(e analyzer.Expr) (tensorRef, bool) {
	x, ok := r.p.f.OnlyExpr(e)
	if !ok {
		return tensorRef{}, false
	}
	sub, ok := x.(*analyzer.Subscript)
	if !ok || len(sub.Index) != 1 {
		return tensorRef{}, false
	}
	side, ok := sub.X.(*analyzer.Attribute)
	if !ok || side.Attr != "inputs" && side.Attr != "outputs" {
		return tensorRef{}, false
	}
	def, ok := r.p.f.OnlyExpr(side.X)
	if !ok {
		return tensorRef{}, false
	}
	sig, ok := def.(*analyzer.Subscript)
	if !ok || len(sig.Index) != 1 {
		return tensorRef{}, false
	}
	defs, ok := sig.X.(*analyzer.Attribute)
	if !ok || defs.Attr != "signature_def" {
		return tensorRef{}, false
	}
	if made, ok := r.p.f.OnlyCall(defs.X); !ok || made != r.metaGraph {
		return tensorRef{}, false
	}
	return tensorRef{signature: sig.Index[0], def: sig, input: side.Attr == "inputs", key: sub.Index[0]}, true
}

// tensorRun is one Session.run, resolved.
type tensorRun struct {
	call    *analyzer.Call
	fetches []tensorRef
	several bool // the fetches are a list or tuple
	feeds   []tensorRef
	values  []analyzer.Expr
}

// resolveRun resolves what a Session.run fetches and is fed. why says what is out of view.
func (r *resolver) resolveRun(c *analyzer.Call) (run tensorRun, why string) {
	run.call = c
	fetch, state := c.Arg("fetches", 0)
	if state != analyzer.Present || len(c.Args) > 2 {
		return run, "the session runs with options of its own"
	}
	elems := []analyzer.Expr{fetch.Value}
	if x, ok := r.p.f.OnlyExpr(fetch.Value); ok {
		if seq, isSeq := x.(*analyzer.Seq); isSeq && seq.Kind != analyzer.SetSeq {
			elems, run.several = seq.Elems, true
		}
	}
	for _, e := range elems {
		ref, ok := r.resolve(e)
		if !ok {
			return run, "the session runs something that is not known by a constant tensor name or a signature"
		}
		run.fetches = append(run.fetches, ref)
	}
	feed, state := c.Arg("feed_dict", 1)
	if state == analyzer.Unknowable {
		return run, "the session is fed from out of view"
	}
	if state == analyzer.Absent || rules.IsNone(feed.Value) {
		return run, ""
	}
	d, ok := feed.Value.(*analyzer.Dict)
	if !ok {
		return run, "the session is fed a dict that is made elsewhere"
	}
	for _, it := range d.Items {
		if it.Key == nil {
			return run, "the session is fed a dict that holds another"
		}
		ref, ok := r.resolve(it.Key)
		if !ok {
			return run, "the session is fed something that is not known by a constant tensor name or a signature"
		}
		run.feeds = append(run.feeds, ref)
		run.values = append(run.values, it.Value)
	}
	return run, ""
}

// byName tells whether every tensor of a run is known by its name.
func (run tensorRun) byName() bool {
	for _, ref := range append(append([]tensorRef(nil), run.fetches...), run.feeds...) {
		if ref.def != nil {
			return false
		}
	}
	return true
}

// prunedFunction writes the function that computes a run's fetches from its feeds, out of a model or a wrapped function.
func (p *program) prunedFunction(model string, run tensorRun) string {
	list := func(refs []tensorRef, several bool) string {
		var out []string
		for _, ref := range refs {
			out = append(out, p.quote(ref.name))
		}
		if !several {
			return out[0]
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	return model + ".prune(" + list(run.feeds, len(run.feeds) != 1) + ", " + list(run.fetches, run.several) + ")"
}

// prunedCall writes the call of such a function with what the session was fed.
func (p *program) prunedCall(fn string, run tensorRun) string {
	var args []string
	for i, v := range run.values {
		args = append(args, p.v2("constant")+"("+p.oneLine(v)+", "+fn+".inputs["+strconv.Itoa(i)+"].dtype)")
	}
	call := fn + "(" + strings.Join(args, ", ") + ")"
	if run.several {
		return "[tensor.numpy() for tensor in " + call + "]"
	}
	return call + ".numpy()"
}
