package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// fetched turns what a session fetches, fed as fed says, into calls of the model and their results.
func (w *functionWriter) fetched(c *analyzer.Call, fetch analyzer.Expr, fed []analyzer.DictItem) string {
	p := w.p
	st := p.f.StmtOf(c)
	if why := w.inPlace(c, st); why != "" {
		return why
	}
	for _, it := range fed {
		for _, n := range names(it.Value) {
			if made, ok := p.f.OnlyCall(n); ok && made == w.sess {
				return "the session is fed what it computes"
			}
		}
		w.copies(it.Value)
	}
	if name, ok := fetch.(*analyzer.Name); ok {
		call, key, why := w.fetch(name, fed)
		if why != "" {
			return why
		}
		w.edits = append(w.edits, Edit{c.Pos(), call + "[" + key + "].numpy()"})
		w.rewrote = append(w.rewrote, st)
		return ""
	}
	if seq, ok := fetch.(*analyzer.Seq); ok {
		if assign, ok := st.(*analyzer.Assign); ok && assign.Value == analyzer.Expr(c) && p.ownLines(st) && len(seq.Elems) > 0 {
			return w.runSeveral(assign, seq, fed)
		}
	}
	return w.hoist(c, st, fetch, fed)
}

// hoist calls the model in a statement of its own in front of the one that the session ran several tensors in.
func (w *functionWriter) hoist(c *analyzer.Call, st analyzer.Stmt, fetch analyzer.Expr, fed []analyzer.DictItem) string {
	p := w.p
	for _, it := range fed {
		if !p.plainPath(it.Value) && !p.steady(it.Value) {
			return "the session runs several tensors inside a larger statement"
		}
	}
	outputs := p.fresh("outputs")
	var call string
	result := func(e analyzer.Expr) (string, string) {
		name, ok := e.(*analyzer.Name)
		if !ok {
			return "", "the session runs something other than the signature's tensors"
		}
		one, key, why := w.fetch(name, fed)
		if why == "" && call != "" && one != call {
			why = "the session runs tensors of several signatures at once"
		}
		call = one
		return outputs + "[" + key + "].numpy()", why
	}
	var parts []string
	open, end := "[", "]"
	switch fetch := fetch.(type) {
	case *analyzer.Seq:
		for _, e := range fetch.Elems {
			text, why := result(e)
			if why != "" {
				return why
			}
			parts = append(parts, text)
		}
		if fetch.Kind == analyzer.TupleSeq {
			open, end = "(", ")"
			if len(parts) == 1 {
				end = ",)"
			}
		}
	case *analyzer.Dict:
		open, end = "{", "}"
		for _, it := range fetch.Items {
			text, why := result(it.Value)
			if it.Key == nil || why != "" {
				return "the session runs something other than the signature's tensors"
			}
			parts = append(parts, p.oneLine(it.Key)+": "+text)
		}
	default:
		return "the session runs something other than the signature's tensors"
	}
	if len(parts) == 0 {
		return "the session runs nothing"
	}
	at := p.f.LineSpan(st.Pos()).Start
	w.edits = append(w.edits,
		Edit{analyzer.Span{Start: at, End: at}, w.indentOf(st) + outputs + " = " + call + p.end},
		Edit{c.Pos(), open + strings.Join(parts, ", ") + end})
	w.rewrote = append(w.rewrote, st)
	return ""
}

// inPlace tells why a run can't become a call where it stands, or a statement in front of it; "" if it can.
func (w *functionWriter) inPlace(c *analyzer.Call, st analyzer.Stmt) string {
	p := w.p
	for n := p.f.Parent(c); n != nil && n != analyzer.Node(st); n = p.f.Parent(n) {
		switch n.(type) {
		case *analyzer.Lambda, *analyzer.Comp, *analyzer.Cond, *analyzer.Str, *analyzer.Other, *analyzer.Walrus:
			return "the session runs inside an expression that is not followed"
		}
	}
	switch st.(type) {
	case *analyzer.ExprStmt, *analyzer.Assign, *analyzer.AugAssign, *analyzer.Return, *analyzer.Assert:
		if p.ownLines(st) {
			return ""
		}
	}
	return "the session runs inside a statement that is not followed"
}

// evals turns the calls of eval on the signatures' outputs into calls of the model.
func (w *functionWriter) evals() string {
	p := w.p
	var calls []*analyzer.Call
	for _, s := range w.sigs {
		for _, it := range s.Outputs.Items {
			n, ok := it.Tensor.(*analyzer.Name)
			if !ok || len(p.f.Resolve(n).Bindings) != 1 {
				continue
			}
			for _, u := range p.f.Uses(p.f.Resolve(n).Bindings[0]) {
				a, ok := p.f.Parent(u).(*analyzer.Attribute)
				if !ok || a.Attr != "eval" {
					continue
				}
				if c, ok := p.f.Parent(a).(*analyzer.Call); ok && !slices.Contains(calls, c) {
					calls = append(calls, c)
				}
			}
		}
	}
	for _, c := range calls {
		if why := w.eval(c); why != "" {
			return why
		}
	}
	return ""
}

func (w *functionWriter) eval(c *analyzer.Call) string {
	p := w.p
	if p.f.FuncOf(c) != p.f.FuncOf(w.add) {
		return "a tensor is evaluated in another function"
	}
	sess, state := c.Arg("session", 1)
	made, ok := w.sess, true
	if state == analyzer.Present {
		made, ok = p.f.OnlyCall(sess.Value)
	}
	if state == analyzer.Unknowable || !ok || made != w.sess {
		return "a tensor is evaluated in another session"
	}
	if len(p.Calls("Session", "InteractiveSession", "train.MonitoredSession", "train.MonitoredTrainingSession")) != 1 {
		return "the session that a tensor is evaluated in is out of view"
	}
	if why := w.hasValues(c); why != "" {
		return why
	}
	fed, why := w.fedItems(c, 0)
	if why != "" {
		return why
	}
	return w.fetched(c, c.Fn.(*analyzer.Attribute).X, fed)
}

// fedItems are what a call feeds: a dict display, in place or in a variable that is for nothing else.
func (w *functionWriter) fedItems(c *analyzer.Call, position int) ([]analyzer.DictItem, string) {
	p := w.p
	feed, state := c.Arg("feed_dict", position)
	switch {
	case state == analyzer.Unknowable:
		return nil, "the session runs something out of view"
	case state == analyzer.Absent || rules.IsNone(feed.Value):
		return nil, ""
	}
	x, ok := p.f.OnlyExpr(feed.Value)
	d, isDict := x.(*analyzer.Dict)
	if !ok || !isDict {
		return nil, "the session is fed from a dict out of view"
	}
	if analyzer.Expr(d) == feed.Value {
		return d.Items, ""
	}
	st, ok := p.f.StmtOf(d).(*analyzer.Assign)
	if !ok || st.Value != analyzer.Expr(d) || len(st.Targets) != 1 || !p.ownLines(st) || !w.region.has(st) || !p.f.Unchanged(d) {
		return nil, "the session is fed from a dict that is made elsewhere"
	}
	n, ok := st.Targets[0].(*analyzer.Name)
	if !ok {
		return nil, "the session is fed from a dict that is made elsewhere"
	}
	for _, u := range p.f.Uses(p.f.BindingOf(n)) {
		if arg, ok := p.f.Parent(u).(*analyzer.Call); !ok || !w.runs(arg) {
			return nil, "the dict that the session is fed from is used for something else as well"
		}
	}
	for _, it := range d.Items {
		if it.Key == nil || !p.steady(it.Value) {
			return nil, "the session is fed from a dict that is made elsewhere"
		}
		if ok, why := p.movable(it.Value, c); !ok {
			return nil, why
		}
	}
	w.drop(st)
	return d.Items, ""
}

// runs tells whether a call is that of the session's run, or of a tensor's eval.
func (w *functionWriter) runs(c *analyzer.Call) bool {
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok || a.Attr != "run" && a.Attr != "eval" {
		return false
	}
	if a.Attr == "eval" {
		return true // a feed of another tensor's is found when that is looked at
	}
	made, ok := w.p.f.OnlyCall(a.X)
	return ok && made == w.sess
}

// steady tells whether an expression has the same value wherever its names have theirs: it is made of names, constants and functions of
// numpy that draw nothing at random.
func (p *program) steady(e analyzer.Expr) bool {
	steady := true
	analyzer.Walk(e, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Name, *analyzer.Str, *analyzer.Num, *analyzer.Const, *analyzer.Seq, *analyzer.Unary, *analyzer.Binary:
		case *analyzer.Attribute:
			paths, only := p.f.Names(n)
			steady = steady && only && len(paths) == 1 && strings.HasPrefix(paths[0], "numpy.") && !strings.HasPrefix(paths[0], "numpy.random")
			return false
		case *analyzer.Call:
			paths, only := p.f.Names(n.Fn)
			steady = steady && only && len(paths) == 1 && strings.HasPrefix(paths[0], "numpy.") && !strings.HasPrefix(paths[0], "numpy.random")
		default:
			steady = false
		}
		return steady
	})
	return steady
}
