package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

const metaGraphByHand = "import the MetaGraphDef in a function that tf.compat.v1.wrap_function wraps, restore its variables with tf.compat.v1.train.Saver, and prune the functions you need out of it"

// emitMetaGraph is the strategy for a MetaGraphDef that is imported, restored and run in a session: the import goes into a function that
// wrap_function wraps, as TensorFlow's guide does.
func emitMetaGraph(p *program, site rules.Site) (*Fix, *Refusal) {
	if _, ok := site.(*rules.MetaGraphExport); ok {
		return nil, refuse(site, "save a SavedModel instead, or keep the call inside a graph", "TensorFlow 2 has nothing else that makes a MetaGraphDef; the call still works through tf.compat.v1")
	}
	m, ok := site.(*rules.MetaGraphImport)
	if !ok {
		return nil, nil
	}
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(site, metaGraphByHand, why) }
	if m.File == nil || len(m.Call.Args) != 1 {
		return no("its arguments are not all in view")
	}
	st := p.f.StmtOf(m.Call)
	if !wholeCall(st, m.Call) || !p.ownLines(st) {
		return no("the graph is imported inside a larger statement")
	}
	if len(m.Restores) != 1 {
		return no("the variables are not restored once, in view")
	}
	w := &metaGraphWriter{loadWriter: &loadWriter{regionWriter: newRegionWriter(p, st), stmt: st, load: &rules.Load{Call: m.Call}, made: map[string]string{}}, site: m}
	for _, step := range []func() string{w.restored, w.runs, w.session, w.write, w.leaks, w.dissolve} {
		if why := step(); why != "" {
			return no(why)
		}
	}
	fix := &Fix{Site: site, Strategy: "meta graph", Applicability: Safe, Mode: EagerMode, Edits: w.edits,
		Message: "the MetaGraphDef is imported in a function that wrap_function wraps, and functions are pruned out of it"}
	if p.isV1 {
		fix.Helpers = []need{{name: "restore_meta_graph"}}
		fix.Message = "the MetaGraphDef is imported and restored through the helper " + p.helper("restore_meta_graph") + ", and functions are pruned out of it: right if no variable is run under its own name"
		fix.Applicability = Unsafe
	}
	return fix, nil
}

type metaGraphWriter struct {
	*loadWriter
	site    *rules.MetaGraphImport
	restore *analyzer.ExprStmt
}

// restored finds the statement that restores the variables, and the session it does that in.
func (w *metaGraphWriter) restored() string {
	p := w.p
	c := w.site.Restores[0]
	st, ok := p.f.StmtOf(c).(*analyzer.ExprStmt)
	if !ok || st.X != analyzer.Expr(c) || !w.region.has(st) || !p.ownLines(st) {
		return "the variables are restored elsewhere"
	}
	w.restore = st
	sess, state := c.Arg("sess", 0)
	path, state2 := c.Arg("save_path", 1)
	if state != analyzer.Present || state2 != analyzer.Present {
		return "the arguments of restore are not in view"
	}
	made, ok := p.MadeBy(sess.Value, "Session", "InteractiveSession")
	if !ok {
		return "the session is made out of view"
	}
	if hasOptions(made) {
		return "the session is made with options of its own"
	}
	w.sess = made
	w.load.Made, w.load.Session, w.load.Runs = made, sess.Value, p.Methods(made, "run")
	w.load.Directory = path.Value
	if saver, ok := w.stmt.(*analyzer.Assign); ok {
		for _, u := range p.f.Uses(p.f.BindingOf(saver.Targets[0].(*analyzer.Name))) {
			if p.f.StmtOf(u) != analyzer.Stmt(st) {
				return "the Saver is used for something else as well"
			}
		}
	}
	return ""
}

// session is that of a load; the session may also be passed to restore.
func (w *metaGraphWriter) session() string {
	w.rewrote = append(w.rewrote, w.restore)
	stmt := w.stmt
	w.stmt = w.restore // the statement that the session may stand in
	why := w.loadWriter.session()
	w.stmt = stmt
	return why
}

func (w *metaGraphWriter) write() string {
	p := w.p
	w.copies(w.site.Call, w.load.Directory)
	base := "graph"
	if file, ok := p.String(w.site.File); ok {
		file = file[strings.LastIndexByte(file, '/')+1:]
		if stem, _, _ := strings.Cut(file, "."); identifier(stem) {
			base = stem
		}
	}
	importer := p.fresh("import_" + base)
	w.model = p.fresh("imported")
	for _, run := range w.resolved {
		if !run.byName() {
			return "the session runs tensors that are not known by name"
		}
		w.callPruned(run)
	}
	if p.isV1 { // what TensorFlow 1 wrote has reference variables, which Saver does not find outside of the graph
		w.deleteLines(w.stmt)
		text := w.model + " = " + p.helper("restore_meta_graph") + "(" + p.oneLine(w.site.File) + ", " + p.oneLine(w.load.Directory) + ")\n" + strings.Join(w.functions, "\n")
		line := p.f.LineSpan(w.restore.Pos())
		w.edits = append(w.edits, Edit{line, p.comments(line, w.target()) + indentLines(text, w.target(), p.end)})
		w.copies(w.site.File)
		w.lookups()
		w.tidy()
		return ""
	}
	blank := 1
	if w.region.block == p.f.Module {
		blank = 2
	}
	text := "def " + importer + "():\n" + p.indent + p.text(w.site.Call) + "\n"
	line := p.f.LineSpan(w.stmt.Pos())
	out := p.comments(line, w.target()) + blanksBefore(blank) + indentLines(text, w.target(), p.end) + blanksAfter(blank) +
		w.target() + w.model + " = " + p.v1("wrap_function") + "(" + importer + ", [])" + p.end
	w.edits = append(w.edits, Edit{line, out})
	restore := p.v1("train.Saver") + "(" + w.model + ".variables).restore(sess=None, save_path=" + p.oneLine(w.load.Directory) + ")\n" + strings.Join(w.functions, "\n")
	line = p.f.LineSpan(w.restore.Pos())
	w.edits = append(w.edits, Edit{line, p.comments(line, w.target()) + indentLines(restore, w.target(), p.end)})
	w.rewrote = append(w.rewrote, w.stmt)
	w.lookups()
	return ""
}
