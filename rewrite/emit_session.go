package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// emitSession is the strategy for a live session: the graph is built and trained as before, and one call of the helper save_session
// stands where the meta graph was added.
func emitSession(p *program, site rules.Site) (*Fix, *Refusal) {
	if _, ok := site.(*rules.BuilderUse); ok {
		return nil, refuse(site, exportByHand, "the Builder is made out of view, or in another file")
	}
	e, ok := site.(*rules.Export)
	if !ok {
		return nil, nil
	}
	if why := p.checkExport(e); why != "" {
		return nil, refuse(site, exportByHand, why)
	}
	mg := e.MetaGraphs[0]
	if c, ok := p.f.OnlyCall(mg.Session); ok && p.IsKerasSession(c) && p.Target.HasKeras3() {
		return nil, nil // Keras 3 has no session: what emitKeras said holds
	}
	if why := p.importedGraph(); why != "" {
		return nil, refuse(site, exportByHand, why)
	}
	if why := p.foreignSession(mg.Session); why != "" {
		return nil, refuse(site, exportByHand, why)
	}
	add, ok := p.f.StmtOf(mg.Call).(*analyzer.ExprStmt)
	if !ok || add.X != analyzer.Expr(mg.Call) || !p.ownLines(add) {
		return nil, refuse(site, exportByHand, "the call that takes the session is part of a larger statement")
	}
	fix := &Fix{Site: site, Strategy: "session", Applicability: Safe, Mode: GraphMode, Helpers: []string{"save_session"},
		Message: "the graph and the values of the session are saved by tf.saved_model.save, through the helper " + p.helper("save_session")}
	replaced := []analyzer.Stmt{add}

	// The directory is evaluated where the Builder was made, unless it means the same further down.
	dir := p.oneLine(e.Directory)
	if e.Builder != nil {
		made, isAssign := p.f.StmtOf(e.Builder).(*analyzer.Assign)
		if !isAssign || made.Value != analyzer.Expr(e.Builder) || len(made.Targets) != 1 || !p.ownLines(made) {
			return nil, refuse(site, exportByHand, "the Builder is made inside a larger statement")
		}
		if ok, _ := p.movable(e.Directory, add); !ok || !p.plainPath(e.Directory) {
			name := p.fresh("export_dir")
			fix.Edits = append(fix.Edits, p.replaceStmt(made, name+" = "+dir))
			replaced = append(replaced, made)
			dir = name
		}
		switch saved := p.f.StmtOf(e.Save).(type) {
		case *analyzer.ExprStmt:
			if saved.X != analyzer.Expr(e.Save) || !p.ownLines(saved) {
				fix.Edits = append(fix.Edits, Edit{e.Save.Pos(), dir})
			} else {
				fix.Edits = append(fix.Edits, p.deleteStmts([]analyzer.Stmt{saved})...)
			}
			replaced = append(replaced, saved)
		default:
			fix.Edits = append(fix.Edits, Edit{e.Save.Pos(), dir}) // save returns the path
			replaced = append(replaced, saved)
		}
		if len(e.Save.Args) > 0 {
			fix.Message += " (as saved_model.pb: tf.saved_model.save writes no text)"
		}
		if blocked := p.saveLeavesEarly(add, e.Save); blocked {
			return nil, refuse(site, exportByHand, "the Builder is saved only under a condition")
		}
	}

	var entries, methods []string
	for _, s := range mg.Signatures {
		if why := p.signatureMoves(s, add); why != "" {
			return nil, refuse(site, exportByHand, "a signature is made apart from where the meta graph is added: "+why)
		}
		entries = append(entries, p.signatureKey(s)+": ("+p.mappingText(s.Inputs)+", "+p.mappingText(s.Outputs)+")")
		if s.Method != rules.PredictMethod {
			methods = append(methods, p.signatureKey(s)+": "+p.methodText(s.Method))
		}
	}
	args := []string{p.oneLine(mg.Session), dir, p.dictText(entries)}
	if len(methods) > 0 {
		args = append(args, "methods="+p.dictText(methods))
	}
	text := p.helper("save_session") + "(" + strings.Join(args, ", ") + ")"
	if len(methods) > 0 && !strings.Contains(text, "\n") && len(text) > 100 {
		text = p.helper("save_session") + "(\n" + p.indent + strings.Join(args, ",\n"+p.indent) + ")"
	}
	fix.Edits = append(fix.Edits, p.replaceStmt(add, text))
	fix.Edits = append(fix.Edits, p.deleteStmts(p.leftovers(e, replaced...))...)
	p.qualify(fix)
	return fix, nil
}

// importedGraph tells whether the graph of a session may come from a MetaGraphDef or a SavedModel, which can hold reference variables whatever
// this program says; "" if it does not.
func (p *program) importedGraph() string {
	for _, s := range p.Sites {
		switch s.(type) {
		case *rules.MetaGraphImport:
			return "the file imports a MetaGraphDef, whose variables may be reference variables, which can't be saved"
		case *rules.Load:
			return "the file loads a SavedModel into a session, whose variables may be reference variables, which can't be saved"
		}
	}
	return ""
}

// qualify makes a fix unsafe where it is right only under an assumption about code that is out of view, and says so.
func (p *program) qualify(fix *Fix) {
	unsafe := func(why string) {
		fix.Applicability = min(fix.Applicability, Unsafe)
		fix.Message += ": " + why
	}
	if module := p.outOfView(); module != "" {
		unsafe("right if " + module + ", which is not in view, runs on TensorFlow 2 too")
	}
	if !slices.ContainsFunc(p.f.Module.Stmts, p.importsTensorflowItself) {
		unsafe("TensorFlow gets imported at the top of the module, where it was imported inside functions")
	}
	p.qualifyNames(fix)
}

// qualifyNames makes a fix unsafe where the file itself reads a SavedModel by the names of its tensors: these are not kept.
func (p *program) qualifyNames(fix *Fix) {
	for _, c := range p.f.Calls() {
		if a, ok := c.Fn.(*analyzer.Attribute); !ok || a.Attr != "from_saved_model" {
			continue
		}
		for _, name := range []string{"input_arrays", "output_arrays"} {
			if _, state := c.Arg(name, -1); state == analyzer.Present {
				fix.Applicability = min(fix.Applicability, Unsafe)
				fix.Message += ": wrong where the file reads this SavedModel by the names of its tensors, which change"
				return
			}
		}
	}
}

// foreignSession tells whether a session is known to come from something that does not hand out sessions any more; "" if it is
// TensorFlow's own, or a caller's.
func (p *program) foreignSession(e analyzer.Expr) string {
	for _, o := range p.f.Value(e).Origins {
		c, ok := o.Expr.(*analyzer.Call)
		if !ok || o.Kind != analyzer.FromExpr {
			continue
		}
		if _, ok := p.Callee(c); ok || p.IsKerasSession(c) {
			continue
		}
		if paths, _ := p.f.Names(c.Fn); len(paths) > 0 {
			return "the session is another library's (" + paths[0] + "), and is not carried over yet"
		}
	}
	return ""
}

func (p *program) methodText(method string) string {
	switch method {
	case rules.ClassifyMethod:
		return p.v1("saved_model.signature_constants.CLASSIFY_METHOD_NAME")
	case rules.RegressMethod:
		return p.v1("saved_model.signature_constants.REGRESS_METHOD_NAME")
	}
	return p.quote(method)
}

// dictText is a dict display on one line if that is short, else an entry a line.
func (p *program) dictText(entries []string) string {
	one := "{" + strings.Join(entries, ", ") + "}"
	if len(one) <= 76 && !strings.Contains(one, "\n") {
		return one
	}
	return "{\n" + p.indent + strings.Join(entries, ",\n"+p.indent) + ",\n}"
}

// signatureMoves tells why what a signature is made of does not mean the same at the statement to; "" if it does.
func (p *program) signatureMoves(s rules.Signature, to analyzer.Stmt) string {
	var exprs []analyzer.Expr
	if s.Key != nil {
		exprs = append(exprs, s.Key)
	}
	for _, m := range []rules.Mapping{s.Inputs, s.Outputs} {
		if m.Whole != nil {
			exprs = append(exprs, m.Whole)
		}
		for _, it := range m.Items {
			if it.Key != nil {
				exprs = append(exprs, it.Key)
			}
			exprs = append(exprs, it.Tensor)
		}
	}
	for _, e := range exprs {
		if to.Pos().Contains(e.Pos()) {
			continue
		}
		if ok, why := p.movable(e, to); !ok {
			return why
		}
	}
	return ""
}

// saveLeavesEarly tells whether something between adding the meta graph and saving may skip the saving: save stands in a block that
// add is not in.
func (p *program) saveLeavesEarly(add analyzer.Stmt, save *analyzer.Call) bool {
	var blocks []analyzer.Node
	for n := p.f.Parent(add); n != nil; n = p.f.Parent(n) {
		blocks = append(blocks, n)
	}
	for n := p.f.Parent(analyzer.Node(p.f.StmtOf(save))); n != nil; n = p.f.Parent(n) {
		shared := false
		for _, b := range blocks {
			shared = shared || b == n
		}
		if shared {
			return false
		}
		switch n.(type) {
		case *analyzer.With, *analyzer.Block:
		default:
			return true
		}
	}
	return false
}
