package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// regionWriter takes a region apart: it deletes statements, dissolves the with statements of the graph and the session, and moves
// what was inside them to the left.
type regionWriter struct {
	p      *program
	region *region
	sess   *analyzer.Call // what made the session

	gone    map[analyzer.Stmt]bool // statements that are deleted
	rewrote []analyzer.Stmt        // statements that an edit writes anew
	edits   []Edit
	texts   []analyzer.Span // source that the edits hold a copy of
	// moved are statements that start a with statement, and whose comments above that stand elsewhere now.
	moved map[analyzer.Stmt]bool
}

func newRegionWriter(p *program, s analyzer.Stmt) *regionWriter {
	w := &regionWriter{p: p, region: newRegion(p, s), gone: map[analyzer.Stmt]bool{}, moved: map[analyzer.Stmt]bool{}}
	w.region.has(s)
	return w
}

// copies notes source that an edit holds a copy of: what it reads is still needed.
func (w *regionWriter) copies(es ...analyzer.Expr) {
	for _, e := range es {
		w.texts = append(w.texts, e.Pos())
	}
}

// copied tells whether a name stands in source that an edit holds a copy of.
func (w *regionWriter) copied(n *analyzer.Name) bool {
	for _, s := range w.texts {
		if s.Contains(n.Span) {
			return true
		}
	}
	return false
}

// target is the indentation of the region's block.
func (w *regionWriter) target() string { return lineIndent(w.p.f, w.region.block.Start) }

// indentOf is the indentation that a statement of the region has once the with statements around it are dissolved.
func (w *regionWriter) indentOf(s analyzer.Stmt) string {
	p := w.p
	own := lineIndent(p.f, s.Pos().Start)
	for n := p.f.Parent(s); n != nil; n = p.f.Parent(n) {
		if with, ok := n.(*analyzer.With); ok && w.region.withs[with] {
			return w.target() + strings.TrimPrefix(own, lineIndent(p.f, with.Body.Start))
		}
	}
	return own
}

// drop deletes a statement that the rewritten code has no use for.
func (w *regionWriter) drop(s analyzer.Stmt) {
	if w.gone[s] {
		return
	}
	w.gone[s] = true
}

// deleteLines deletes a statement; its comments stay.
func (w *regionWriter) deleteLines(s analyzer.Stmt) {
	line := w.p.f.LineSpan(s.Pos())
	text := w.p.comments(line, w.indentOf(s))
	if text == "" {
		line = w.p.swallowBlanks(line)
	}
	w.gone[s] = true
	w.edits = append(w.edits, Edit{line, text})
}

// tidy deletes the blank lines behind deleted lines where blank lines stand in front of these as well.
func (w *regionWriter) tidy() {
	p := w.p
	var deleted []Edit
	for _, e := range w.edits {
		if e.Text == "" && e.Span.End > e.Span.Start && p.f.LineSpan(e.Span) == e.Span {
			deleted = append(deleted, e)
		}
	}
	sortEdits(deleted)
	for i := 0; i < len(deleted); i++ {
		all := deleted[i].Span
		for i+1 < len(deleted) && deleted[i+1].Span.Start == all.End {
			i++
			all.End = deleted[i].Span.End
		}
		if rest := p.swallowBlanks(all); rest.End > all.End && all.Start > 0 {
			w.edits = append(w.edits, Edit{analyzer.Span{Start: all.End, End: rest.End}, ""})
		}
	}
}

// leaks tells whether a tensor of the graph, or the graph, is used by code that stays.
func (w *regionWriter) leaks() string {
	p := w.p
	bindings := map[*analyzer.Binding]bool{}
	for st := range w.gone {
		a, ok := st.(*analyzer.Assign)
		if !ok {
			continue
		}
		for _, t := range a.Targets {
			for _, n := range names(t) {
				if b := p.f.BindingOf(n); b != nil {
					bindings[b] = true
				}
			}
		}
	}
	for with := range w.region.withs {
		for _, it := range with.Items {
			if it.Target == nil {
				continue
			}
			for _, n := range names(it.Target) {
				if b := p.f.BindingOf(n); b != nil {
					bindings[b] = true
				}
			}
		}
	}
	for b := range bindings {
		for _, u := range p.f.Uses(b) {
			st := p.f.StmtOf(u)
			if (w.gone[st] || covered(w.edits, u.Pos())) && !w.copied(u) {
				continue
			}
			if with, ok := st.(*analyzer.With); ok && w.region.withs[with] {
				continue
			}
			return "`" + b.Ident + "` is used outside of what is saved"
		}
	}
	return ""
}

func (w *regionWriter) dissolved(b *analyzer.Block) bool {
	with, ok := w.p.f.Parent(b).(*analyzer.With)
	return ok && w.region.withs[with]
}

// dissolve deletes the with statements of the graph and the session, and moves what was inside to the left.
func (w *regionWriter) dissolve() string {
	for _, s := range w.region.block.Stmts {
		if with, ok := s.(*analyzer.With); ok && w.region.withs[with] {
			if why := w.dissolveWith(with); why != "" {
				return why
			}
		}
	}
	// A graph that only the dissolved code used has no use left.
	for with := range w.region.withs {
		for _, it := range with.Items {
			for _, n := range names(it.X) {
				if why := w.dropGraph(n); why != "" {
					return why
				}
			}
		}
	}
	for _, n := range names(w.sess) {
		if why := w.dropGraph(n); why != "" {
			return why
		}
	}
	return ""
}

// dropGraph deletes `g = tf.Graph()` where nothing uses g any more.
func (w *regionWriter) dropGraph(n *analyzer.Name) string {
	p := w.p
	c, ok := p.MadeBy(n, "Graph")
	if !ok {
		return ""
	}
	st, ok := p.f.StmtOf(c).(*analyzer.Assign)
	if !ok || w.gone[st] || len(st.Targets) != 1 {
		return ""
	}
	target, ok := st.Targets[0].(*analyzer.Name)
	if !ok || !p.ownLines(st) {
		return ""
	}
	for _, u := range p.f.Uses(p.f.BindingOf(target)) {
		if with, isWith := p.f.StmtOf(u).(*analyzer.With); !covered(w.edits, u.Pos()) && !(isWith && w.region.withs[with]) {
			return "the graph `" + target.ID + "` is used outside of what is saved"
		}
	}
	w.deleteLines(st)
	return ""
}

func (w *regionWriter) dissolveWith(with *analyzer.With) string {
	p := w.p
	if !p.ownLines(with) || len(with.Body.Stmts) == 0 {
		return "a with statement shares its line with another"
	}
	header := w.header(with)
	if header.End > with.Body.Start {
		return "a with statement has its body on the same line"
	}
	gone := header
	if w.moved[with.Body.Stmts[0]] {
		gone.Start = p.commentsAbove(header).Start
	}
	w.edits = append(w.edits, Edit{gone, p.comments(header, w.target())})
	inner := lineIndent(p.f, with.Body.Start)
	for _, s := range with.Body.Stmts {
		if !p.ownLines(s) {
			return "two statements share a line"
		}
		nested, ok := s.(*analyzer.With)
		if ok && w.region.withs[nested] {
			if why := w.dissolveWith(nested); why != "" {
				return why
			}
			continue
		}
		if !w.gone[s] && !w.wasRewritten(s) && p.buildsGraph(s, map[*analyzer.FuncDef]bool{}) {
			return "the graph holds more than what is saved"
		}
	}
	w.dedent(analyzer.Span{Start: header.End, End: p.f.LineSpan(with.Body.Span).End}, inner, with)
	return ""
}

func (w *regionWriter) wasRewritten(s analyzer.Stmt) bool {
	for _, r := range w.rewrote {
		if r == s || s.Pos().Contains(r.Pos()) {
			return true
		}
	}
	return false
}

// header are the lines of a with statement in front of its body.
func (w *regionWriter) header(with *analyzer.With) analyzer.Span {
	p := w.p
	last := with.Items[len(with.Items)-1]
	end := last.X.Pos().End
	if last.Target != nil {
		end = last.Target.Pos().End
	}
	first := p.f.LineSpan(analyzer.Span{Start: with.Start, End: with.Start})
	for end < with.Body.Start && p.f.Src[end] != ':' {
		end++
	}
	return analyzer.Span{Start: first.Start, End: p.f.LineSpan(analyzer.Span{Start: end, End: end}).End}
}

// dedent moves the lines of a span from the indentation inner to the region's, but for lines that start inside a string, that another
// edit replaces, or that belong to a with statement that is dissolved by itself.
func (w *regionWriter) dedent(s analyzer.Span, inner string, with *analyzer.With) {
	p := w.p
	target := w.target()
	var inStrings []analyzer.Span
	analyzer.Walk(with, func(n analyzer.Node) bool {
		if str, ok := n.(*analyzer.Str); ok {
			inStrings = append(inStrings, str.Span)
		}
		return true
	})
	for at := s.Start; at < s.End; {
		line := p.f.LineSpan(analyzer.Span{Start: at, End: at})
		at = line.End
		if line.End == line.Start {
			break
		}
		skip := covered(w.edits, analyzer.Span{Start: line.Start, End: line.Start + 1})
		for _, str := range inStrings {
			skip = skip || str.Start < line.Start && line.Start < str.End
		}
		for nested := range w.region.withs {
			skip = skip || nested != with && with.Contains(nested.Span) && w.header(nested).Start <= line.Start && line.Start < nested.End
		}
		text := p.f.Text(line)
		if skip || !strings.HasPrefix(text, inner) {
			continue
		}
		w.edits = append(w.edits, Edit{analyzer.Span{Start: line.Start + len(target), End: line.Start + len(inner)}, ""})
	}
}

// hasOptions tells whether a session is made with anything but the graph it is for.
func hasOptions(session *analyzer.Call) bool {
	for _, a := range session.Args {
		if a.Name != "graph" {
			return true
		}
	}
	return false
}

// configured tells whether a session is made with a config: how much memory it takes, how many threads, on which devices.
func configured(session *analyzer.Call) bool {
	for _, a := range session.Args {
		if a.Name == "config" && !rules.IsNone(a.Value) {
			return true
		}
	}
	return false
}

// otherOptions tells whether a session is made with anything but its graph and a config.
func otherOptions(session *analyzer.Call) bool {
	for _, a := range session.Args {
		if a.Name != "graph" && a.Name != "config" {
			return true
		}
	}
	return false
}

const leavesConfig = ": right without the session's config, which eager execution does not take"
