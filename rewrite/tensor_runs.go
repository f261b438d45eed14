package rewrite

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// tensorRef is what an expression that Session.run fetches or is fed stands for: a tensor by its name, or an input or output of a signature.
type tensorRef struct {
	name             string              // "x:0"
	named            analyzer.Expr       // what makes the name, where that is not constant
	output           string              // ":0" where named is the name of an operation
	def              *analyzer.Subscript // meta_graph.signature_def[key] of the signature, where the tensor is one of its
	input            bool                // of the signature; else an output
	key              analyzer.Expr       // its key in the signature
	signature, keyed string              // the keys as source, of what was found in the SavedModel too
	keyName          string              // the key in the signature, if it is constant
}

// resolver turns expressions into tensorRefs. metaGraph is the call whose result holds the signatures, nil where there are none.
type resolver struct {
	p         *program
	metaGraph *analyzer.Call
	// returned are the names of the tensors that an import returned, by the variable that holds them.
	returned map[*analyzer.Binding]string
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
	if n, ok := e.(*analyzer.Name); ok {
		if res := r.p.f.Resolve(n); len(res.Bindings) == 1 && r.returned[res.Bindings[0]] != "" {
			return tensorRef{name: r.returned[res.Bindings[0]]}, true
		}
	}
	x, ok := r.p.f.OnlyExpr(e)
	if !ok {
		return tensorRef{}, false
	}
	switch x := x.(type) {
	case *analyzer.Call:
		if a, ok := x.Fn.(*analyzer.Attribute); ok && (a.Attr == "get_tensor_by_name" || a.Attr == "as_graph_element") && len(x.Args) == 1 {
			if ref, ok := r.at(x.Args[0].Value, depth+1); ok {
				return ref, true
			}
			return tensorRef{named: x.Args[0].Value}, a.Attr == "get_tensor_by_name" && x.Args[0].Stars == 0
		}
		if r.p.Is(x, "saved_model.get_tensor_from_tensor_info") && len(x.Args) > 0 {
			return r.info(x.Args[0].Value)
		}
	case *analyzer.Subscript:
		return r.outputOf(x)
	case *analyzer.Attribute:
		if x.Attr == "name" {
			return r.info(x.X)
		}
	}
	return tensorRef{}, false
}

// outputOf resolves graph.get_operation_by_name(name).outputs[0].
func (r *resolver) outputOf(x *analyzer.Subscript) (tensorRef, bool) {
	a, ok := x.X.(*analyzer.Attribute)
	if !ok || a.Attr != "outputs" || len(x.Index) != 1 {
		return tensorRef{}, false
	}
	index, ok := r.p.f.Constant(x.Index[0], rules.Known)
	i, isInt := index.(int64)
	op, isCall := r.p.f.OnlyCall(a.X)
	if !ok || !isInt || i < 0 || !isCall || len(op.Args) != 1 || op.Args[0].Stars > 0 {
		return tensorRef{}, false
	}
	if fn, ok := op.Fn.(*analyzer.Attribute); !ok || fn.Attr != "get_operation_by_name" {
		return tensorRef{}, false
	}
	output := ":" + strconv.FormatInt(i, 10)
	if name, ok := r.p.String(op.Args[0].Value); ok {
		return tensorRef{name: name + output}, true
	}
	return tensorRef{named: op.Args[0].Value, output: output}, true
}

// info resolves a TensorInfo: signature.inputs[key] or signature.outputs[key].
func (r *resolver) info(e analyzer.Expr) (tensorRef, bool) {
	sub, ok := r.item(e)
	if !ok {
		return tensorRef{}, false
	}
	held, _ := r.p.f.OnlyExpr(sub.X)
	side, ok := held.(*analyzer.Attribute)
	if !ok || side.Attr != "inputs" && side.Attr != "outputs" {
		return tensorRef{}, false
	}
	sig, ok := r.item(side.X)
	if !ok {
		return tensorRef{}, false
	}
	held, _ = r.p.f.OnlyExpr(sig.X)
	defs, ok := held.(*analyzer.Attribute)
	if !ok || defs.Attr != "signature_def" {
		return tensorRef{}, false
	}
	if made, ok := r.p.f.OnlyCall(defs.X); !ok || made != r.metaGraph {
		return tensorRef{}, false
	}
	ref := tensorRef{def: sig, input: side.Attr == "inputs", key: sub.Index[0], signature: r.p.oneLine(sig.Index[0]), keyed: r.p.oneLine(sub.Index[0])}
	ref.keyName, _ = r.p.String(sub.Index[0])
	return ref, true
}

// item is the x[key] that e is.
func (r *resolver) item(e analyzer.Expr) (*analyzer.Subscript, bool) {
	x, ok := r.p.f.OnlyExpr(e)
	sub, isSub := x.(*analyzer.Subscript)
	return sub, ok && isSub && len(sub.Index) == 1
}

// tensorRun is one Session.run, resolved.
type tensorRun struct {
	call    *analyzer.Call
	fetches []tensorRef
	several bool            // the fetches are a list or tuple
	keys    []analyzer.Expr // of the dict that the fetches are; nil if they are none
	feeds   []tensorRef
	values  []analyzer.Expr
}

// refs are all tensors of a run.
func (run tensorRun) refs() []tensorRef { return slices.Concat(run.fetches, run.feeds) }

// resolveRun resolves what a Session.run fetches and is fed. why says what is out of view.
func (r *resolver) resolveRun(c *analyzer.Call) (run tensorRun, why string) {
	run.call = c
	fetch, state := c.Arg("fetches", 0)
	if state != analyzer.Present || len(c.Args) > 2 {
		return run, "the session runs with options of its own"
	}
	elems := []analyzer.Expr{fetch.Value}
	if x, ok := r.p.f.OnlyExpr(fetch.Value); ok {
		switch x := x.(type) {
		case *analyzer.Seq:
			if x.Kind != analyzer.SetSeq {
				elems, run.several = x.Elems, true
			}
		case *analyzer.Dict:
			elems = nil
			for _, it := range x.Items {
				if it.Key == nil {
					return run, "the session fetches a dict that holds another"
				}
				run.keys = append(run.keys, it.Key)
				elems = append(elems, it.Value)
			}
		}
		if x != fetch.Value && (run.several || run.keys != nil) {
			if why := r.stays(fetch.Value, x, run.keys, c); why != "" {
				return run, why
			}
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
	x, _ := r.p.f.OnlyExpr(feed.Value)
	d, ok := x.(*analyzer.Dict)
	if !ok {
		return run, "the session is fed a dict that is made elsewhere"
	}
	if feed.Value != analyzer.Expr(d) {
		var values []analyzer.Expr
		for _, it := range d.Items {
			values = append(values, it.Value)
		}
		if why := r.stays(feed.Value, d, values, c); why != "" {
			return run, why
		}
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

// stays tells why what a variable holds may not be the display any more that it was assigned, where a session is run with it; "" if it is. What is written
// into the call out of it has to be the same there, and is computed as often.
func (r *resolver) stays(e, display analyzer.Expr, written []analyzer.Expr, run *analyzer.Call) string {
	p := r.p
	const why = "what the session is run with is kept in a variable that is used for something else as well"
	n, ok := e.(*analyzer.Name)
	if !ok {
		return why
	}
	res := p.f.Resolve(n)
	if len(res.Bindings) != 1 {
		return why
	}
	uses := p.f.Uses(res.Bindings[0])
	for _, u := range uses {
		c, ok := p.f.Parent(u).(*analyzer.Call)
		if !ok {
			return why
		}
		if a, isAttr := c.Fn.(*analyzer.Attribute); !isAttr || a.Attr != "run" {
			return why
		}
	}
	from, i := p.f.BlockOf(p.f.StmtOf(display))
	to, j := p.f.BlockOf(p.f.StmtOf(run))
	next := len(uses) == 1 && from == to && j == i+1
	for _, x := range written {
		if ok, why := p.movable(x, run); !ok {
			return why
		}
		if !next && !onlyReads(x) {
			return "what the session is run with is computed in front of it"
		}
	}
	return ""
}

// onlyReads tells whether an expression is made of names and constants alone.
func onlyReads(e analyzer.Expr) bool {
	ok := true
	analyzer.Walk(e, func(n analyzer.Node) bool {
		switch n.(type) {
		case *analyzer.Name, *analyzer.Str, *analyzer.Num, *analyzer.Const, *analyzer.Seq, *analyzer.Dict:
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// knownAt tells whether an expression has its value already at a statement in front of it, in the same function: it only puts strings together, and what it
// reads is not bound again.
func (p *program) knownAt(e analyzer.Expr, at analyzer.Node) bool {
	if p.f.FuncOf(e) != p.f.FuncOf(at) || !p.plainPath(e) {
		return false
	}
	for _, n := range names(e) {
		for _, b := range p.f.Resolve(n).Bindings {
			if p.f.FuncOf(b.Node) != p.f.FuncOf(at) && b.Kind != analyzer.BindParam {
				continue
			}
			for _, other := range b.Scope.Vars[b.Ident].Bindings {
				if other.At.Start >= at.Pos().Start {
					return false
				}
			}
		}
	}
	return true
}

// byName tells whether every tensor of a run is known by its name.
func (run tensorRun) byName() bool {
	for _, ref := range run.refs() {
		if ref.signature != "" {
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
			out = append(out, p.tensorName(ref))
		}
		if !several {
			return out[0]
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	fetches := ""
	if run.keys != nil {
		var out []string
		for i, key := range run.keys {
			out = append(out, p.oneLine(key)+": "+p.tensorName(run.fetches[i]))
		}
		fetches = "{" + strings.Join(out, ", ") + "}"
	} else {
		fetches = list(run.fetches, run.several)
	}
	return model + ".prune(" + list(run.feeds, len(run.feeds) != 1) + ", " + fetches + ")"
}

// tensorName is the source of a tensor's name.
func (p *program) tensorName(ref tensorRef) string {
	if ref.named == nil {
		return p.quote(ref.name)
	}
	name := p.oneLine(ref.named)
	if ref.output == "" {
		return name
	}
	switch x := ref.named.(type) {
	case *analyzer.Name, *analyzer.Attribute, *analyzer.Call, *analyzer.Subscript:
		return name + " + " + p.quote(ref.output)
	case *analyzer.Binary:
		if x.Op == "+" && !strings.HasPrefix(name, "(") {
			return name + " + " + p.quote(ref.output)
		}
	}
	return "(" + name + ") + " + p.quote(ref.output)
}

// prunedCall writes the call of such a function with what the session was fed.
func (p *program) prunedCall(fn string, run tensorRun) string {
	var args []string
	for i, v := range run.values {
		args = append(args, p.v2("constant")+"("+p.oneLine(v)+", "+fn+".inputs["+strconv.Itoa(i)+"].dtype)")
	}
	call := fn + "(" + strings.Join(args, ", ") + ")"
	switch {
	case run.keys != nil:
		return "{key: tensor.numpy() for key, tensor in " + call + ".items()}"
	case run.several:
		return "[tensor.numpy() for tensor in " + call + "]"
	}
	return call + ".numpy()"
}
