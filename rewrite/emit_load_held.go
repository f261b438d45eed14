package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// heldWriter loads into an object what its class kept a session in: self.sess is made and loaded in one method, and run in any.
type heldWriter struct {
	*loadWriter
	self    string // what the methods call their object
	session string // the attribute that holds the session
	graph   string // the attribute that holds its graph; "" if there is none
	made    *analyzer.Assign
}

// emitHeld is emitLoad where the session is held by an attribute.
func emitHeld(p *program, l *rules.Load, st analyzer.Stmt) (*Fix, *Refusal) {
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(l, loadByHand, why) }
	held, ok := l.Session.(*analyzer.Attribute)
	self, isName := held.X.(*analyzer.Name)
	if !ok || !isName || !p.isSelf(self) {
		return no("the session is not held by a plain variable, nor by the object of a method")
	}
	w := &heldWriter{self: self.ID, session: held.Attr, loadWriter: &loadWriter{
		regionWriter: newRegionWriter(p, st), load: l, stmt: st, made: map[string]string{}, holder: self.ID + "."}}
	w.sess = l.Made
	w.model = w.variable("loaded")
	for _, step := range []func() string{w.makes, w.runs, w.write, w.lookups, w.metaGraph, w.uses, w.leaks, w.dissolve} {
		if why := step(); why != "" {
			return no(why)
		}
	}
	fix := w.fix(l)
	fix.Applicability = Unsafe
	fix.Message += ": right if no other file uses the session or the tensors of the object"
	return fix, nil
}

// isSelf tells whether a name is the first parameter of the method that it stands in.
func (p *program) isSelf(n *analyzer.Name) bool {
	d := p.f.FuncOf(n)
	if d == nil || len(d.Params) == 0 || d.Params[0].Name == nil || d.Params[0].Name.ID != n.ID {
		return false
	}
	b, ok := p.f.Parent(d).(*analyzer.Block)
	if !ok {
		return false
	}
	_, inClass := p.f.Parent(b).(*analyzer.ClassDef)
	return inClass
}

// attribute gives the name of the attribute of the object that e is.
func (w *heldWriter) attribute(e analyzer.Expr) (string, bool) {
	a, ok := e.(*analyzer.Attribute)
	if !ok {
		return "", false
	}
	n, ok := a.X.(*analyzer.Name)
	return a.Attr, ok && n.ID == w.self && w.p.isSelf(n)
}

// makes finds where the session is made, in the method that loads.
func (w *heldWriter) makes() string {
	p := w.p
	st, ok := p.f.StmtOf(w.load.Made).(*analyzer.Assign)
	if !ok || st.Value != analyzer.Expr(w.load.Made) || len(st.Targets) != 1 || !w.region.has(st) || !p.ownLines(st) {
		return "the session is made elsewhere"
	}
	if a, ok := w.attribute(st.Targets[0]); !ok || a != w.session {
		return "the session is made elsewhere"
	}
	w.made = st
	w.deleteLines(st)
	if g, state := w.load.Made.Arg("graph", 1); state == analyzer.Present {
		if a, ok := w.attribute(g.Value); ok {
			w.graph = a
		}
	}
	return ""
}

// runs resolves what the methods run.
func (w *heldWriter) runs() string {
	p := w.p
	r := &resolver{p: p, metaGraph: w.load.Call}
	for _, c := range w.load.Runs {
		if a, ok := w.attribute(c.Fn.(*analyzer.Attribute).X); !ok || a != w.session {
			return "the session is run by others than the methods of the object"
		}
		run, why := r.resolveRun(c)
		if why != "" {
			return why
		}
		for _, ref := range run.refs() {
			if ref.named != nil && !p.knownAt(ref.named, w.stmt) {
				return "the name of a tensor that is run is not known where the model is loaded"
			}
		}
		w.resolved = append(w.resolved, run)
	}
	if len(w.resolved) == 0 {
		return "nothing that runs the loaded model is in view"
	}
	return ""
}

// lookups deletes what only looked tensors up, kept in variables or in attributes.
func (w *heldWriter) lookups() string {
	p := w.p
	for changed := true; changed; {
		w.regionWriter.lookups()
		changed = false
		for _, st := range w.regionAssigns() {
			if w.gone[st] || w.wasRewritten(st) || !p.ownLines(st) || len(st.Targets) != 1 || !p.looksUp(st.Value) || w.lastOf(st) {
				continue
			}
			attr, ok := w.attribute(st.Targets[0])
			if ok && w.unused(attr, st) {
				w.deleteLines(st)
				changed = true
			}
		}
	}
	return ""
}

// unused tells whether nothing that stays uses an attribute of that name, of whatever object, but the statement that sets it.
func (w *heldWriter) unused(attr string, set analyzer.Stmt) bool {
	p := w.p
	unused := true
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		a, ok := n.(*analyzer.Attribute)
		if !ok || a.Attr != attr || !unused {
			return unused
		}
		st := p.f.StmtOf(a)
		kept := false
		for _, s := range w.texts {
			kept = kept || s.Contains(a.Span)
		}
		if with, ok := st.(*analyzer.With); ok && p.isContext(with) {
			return true // it is dissolved
		}
		unused = st == set || w.gone[st] || covered(w.edits, a.Pos()) && !kept
		return unused
	})
	return unused
}

// uses looks at what else the session and its graph are used for: they may be closed, and made the default around what is run.
func (w *heldWriter) uses() string {
	p := w.p
	for _, c := range p.f.Calls() {
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || a.Attr != "close" {
			continue
		}
		if attr, ok := w.attribute(a.X); ok && attr == w.session {
			st, isExpr := p.f.StmtOf(c).(*analyzer.ExprStmt)
			if !isExpr || st.X != analyzer.Expr(c) || !p.ownLines(st) {
				return "the session is closed inside a larger statement"
			}
			w.edits = append(w.edits, p.deleteStmts([]analyzer.Stmt{st})...)
			w.gone[st] = true
		}
	}
	for _, run := range w.resolved {
		w.inside(run.call)
	}
	if !w.unused(w.session, w.made) {
		return "the session is used for something else as well"
	}
	if w.graph == "" {
		return ""
	}
	var made *analyzer.Assign
	for _, st := range w.regionAssigns() {
		if len(st.Targets) == 1 && st.Value != nil {
			if attr, ok := w.attribute(st.Targets[0]); ok && attr == w.graph {
				made = st
			}
		}
	}
	if made == nil || !p.ownLines(made) || !w.unused(w.graph, made) {
		return "the graph is used for something else as well"
	}
	w.deleteLines(made)
	return ""
}

// inside dissolves the with statements of the session and the graph around a run of another method.
func (w *heldWriter) inside(c *analyzer.Call) {
	p := w.p
	if p.f.FuncOf(c) == p.f.FuncOf(w.stmt) {
		w.region.has(p.f.StmtOf(c))
		return
	}
	other := newRegionWriter(p, p.f.StmtOf(c))
	if len(other.region.withs) == 0 || covered(w.edits, other.firstHeader()) {
		return
	}
	other.gone, other.rewrote, other.edits, other.sess = w.gone, w.rewrote, w.edits, w.sess
	if other.dissolve() == "" {
		w.edits = other.edits
	}
}

// firstHeader is where the first with statement of a region begins.
func (w *regionWriter) firstHeader() analyzer.Span {
	for _, s := range w.region.block.Stmts {
		if with, ok := s.(*analyzer.With); ok && w.region.withs[with] {
			return analyzer.Span{Start: with.Start, End: with.Start + 1}
		}
	}
	return analyzer.Span{}
}

// attributes are the names of all attributes of the file.
func (p *program) attributes() map[string]bool {
	out := map[string]bool{}
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		if a, ok := n.(*analyzer.Attribute); ok {
			out[a.Attr] = true
		}
		if d, ok := n.(*analyzer.FuncDef); ok {
			out[d.Name.ID] = true
		}
		return true
	})
	return out
}

// variable is a new variable, or a new attribute where the model is held by an object.
func (w *loadWriter) variable(name string) string {
	if w.holder == "" {
		return w.p.fresh(name)
	}
	taken := w.p.attributes()
	for _, fn := range w.functions {
		attr, _, _ := strings.Cut(strings.TrimPrefix(fn, w.holder), " ")
		taken[attr] = true
	}
	return w.holder + free(name, taken)
}
