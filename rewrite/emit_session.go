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
	mg := rules.MetaGraph{}
	if len(e.MetaGraphs) == 1 {
		mg = e.MetaGraphs[0]
	}
	if e.Doubt != "" && (e.Doubt != mg.Unseen || mg.SignatureMap == nil) {
		return nil, refuse(site, exportByHand, e.Doubt)
	}
	if why := p.checkMetaGraph(e); why != "" {
		return nil, refuse(site, exportByHand, why)
	}
	if c, ok := p.f.OnlyCall(mg.Session); ok && p.IsKerasSession(c) && p.Target.HasKeras3() {
		return nil, nil // Keras 3 has no session: what emitKeras said holds
	}
	held, isHeld := heldDirectory{}, false
	if p.builderApart(e) {
		if held, isHeld = p.holdDirectory(e); !isHeld {
			return nil, refuse(site, exportByHand, builderApart)
		}
	}
	if why := p.foreignSession(mg.Session); why != "" {
		return nil, refuse(site, exportByHand, why)
	}
	add, ok := p.f.StmtOf(mg.Call).(*analyzer.ExprStmt)
	if !ok || add.X != analyzer.Expr(mg.Call) || !p.ownLines(add) {
		return nil, refuse(site, exportByHand, "the call that takes the session is part of a larger statement")
	}
	fix := &Fix{Site: site, Strategy: "session", Applicability: Safe, Mode: GraphMode}
	mg, given := p.asGiven(mg, add)
	call, written := p.sessionCall(mg, add, fix)
	if call == nil {
		return nil, refuse(site, exportByHand, "a signature is made apart from where the meta graph is added: "+p.signaturesMove(mg, add))
	}
	replaced := []analyzer.Stmt{add}

	// The directory is evaluated where the Builder was made, unless it means the same further down.
	dir := p.oneLine(e.Directory)
	if e.Builder != nil {
		made, isAssign := p.f.StmtOf(e.Builder).(*analyzer.Assign)
		if !isAssign || made.Value != analyzer.Expr(e.Builder) || len(made.Targets) != 1 || !p.ownLines(made) {
			return nil, refuse(site, exportByHand, "the Builder is made inside a larger statement")
		}
		saveDir := ""
		if isHeld {
			fix.Edits = append(fix.Edits, p.replaceStmt(made, held.made+" = "+dir))
			replaced = append(replaced, made)
			dir, saveDir = held.add, held.save
		} else if ok, _ := p.movable(e.Directory, add); !ok || !p.plainPath(e.Directory) {
			name := p.fresh("export_dir")
			fix.Edits = append(fix.Edits, p.replaceStmt(made, name+" = "+dir))
			replaced = append(replaced, made)
			dir = name
		}
		if saveDir == "" {
			saveDir = dir
		}
		switch saved := p.f.StmtOf(e.Save).(type) {
		case *analyzer.ExprStmt:
			if saved.X != analyzer.Expr(e.Save) || !p.ownLines(saved) {
				fix.Edits = append(fix.Edits, Edit{e.Save.Pos(), p.savedPath(saveDir)})
			} else {
				fix.Edits = append(fix.Edits, p.deleteStmts([]analyzer.Stmt{saved})...)
			}
			replaced = append(replaced, saved)
		default:
			fix.Edits = append(fix.Edits, Edit{e.Save.Pos(), p.savedPath(saveDir)})
			replaced = append(replaced, saved)
		}
		if len(e.Save.Args) > 0 {
			fix.Message += " (as saved_model.pb: tf.saved_model.save writes no text)"
		}
		if isHeld {
			fix.Applicability = Unsafe
			fix.Message += ": right if the Builder is saved whenever its meta graph was added"
		} else if blocked := p.saveLeavesEarly(add, e.Save); blocked {
			return nil, refuse(site, exportByHand, "the Builder is saved only under a condition")
		}
	}

	fix.Edits = append(fix.Edits, p.replaceStmt(add, call(p.oneLine(mg.Session), dir)))
	left := p.leftovers(e, replaced...)
	if !written {
		left = slices.DeleteFunc(left, func(s analyzer.Stmt) bool { // the signatures are still used
			value := s.(*analyzer.Assign).Value
			return value != analyzer.Expr(e.Builder) && !p.initialisesTables(value)
		})
	}
	left = slices.DeleteFunc(left, func(s analyzer.Stmt) bool { return p.readsOf(s, given) })
	fix.Edits = append(fix.Edits, p.deleteStmts(left)...)
	p.qualify(fix)
	return fix, nil
}

// asGiven gives a meta graph whose dicts of tensors are left whole, as the statement to has them, where they can't be written out there; held are these.
func (p *program) asGiven(mg rules.MetaGraph, to analyzer.Stmt) (_ rules.MetaGraph, held []analyzer.Expr) {
	mg.Signatures = slices.Clone(mg.Signatures)
	for i := range mg.Signatures {
		for _, m := range []*rules.Mapping{&mg.Signatures[i].Inputs, &mg.Signatures[i].Outputs} {
			if m.Given != nil && to.Pos().Contains(m.Given.Pos()) && p.signatureMoves(rules.Signature{Inputs: *m}, to) != "" {
				m.Whole = m.Given
				held = append(held, m.Given)
			}
		}
	}
	return mg, held
}

// readsOf tells whether a name that an assignment binds is read in one of some expressions.
func (p *program) readsOf(s analyzer.Stmt, in []analyzer.Expr) bool {
	for _, e := range in {
		for _, n := range names(e) {
			if slices.ContainsFunc(p.f.Resolve(n).Bindings, func(b *analyzer.Binding) bool { return s.Pos().Contains(b.At) }) {
				return true
			}
		}
	}
	return false
}

// savedPath is what a Builder's save returns: the path of the file that it wrote, as bytes.
func (p *program) savedPath(dir string) string {
	return p.v2("io.gfile.join") + "(" + p.v2("compat.as_bytes") + "(" + dir + "), b" + p.quote("saved_model.pb") + ")"
}

// sessionCall chooses how the signatures of a meta graph are written, and gives what writes the call. Where all of them are in view, they are written
// out in the call, and what made the SignatureDefs goes; written is true then. Where they are collected by code of the file, in a loop or in a
// function, that code stays, and makes pairs of dicts instead of SignatureDefs. Else the SignatureDefs are handed over as they are: they
// name their tensors when the program runs. call is nil if none of these can be.
func (p *program) sessionCall(mg rules.MetaGraph, add analyzer.Stmt, fix *Fix) (call func(sess, dir string) string, written bool) {
	open := mg.Unseen != "" || p.signaturesMove(mg, add) != ""
	if open && mg.SignatureMap == nil {
		return nil, false
	}
	const saved = "the graph and the values of the session are saved by tf.saved_model.save, "
	const densely = ": right if every input is a dense tensor, and its name a Python identifier; the helper raises ValueError where one is not"
	if !open {
		helper := need{name: "save_session"}
		fix.Message = saved + "through the helper " + p.helper("save_session")
		if p.hasOpenKeys(mg) {
			helper.parts = append(helper.parts, "names")
			fix.Applicability = Unsafe
			fix.Message += densely
		}
		if slices.ContainsFunc(mg.Signatures, func(s rules.Signature) bool { return s.Method != rules.PredictMethod }) {
			helper.parts = append(helper.parts, "methods")
		}
		fix.Helpers = []need{helper}
		if name := p.computedDefault(mg); name != "" {
			fix.Applicability = Unsafe
			fix.Message += ": right if the default of the input " + name + " is a constant; the helper raises ValueError where it is computed"
		}
		return func(sess, dir string) string { return p.saveSessionText(sess, dir, mg.Signatures) }, true
	}
	fix.Applicability = Unsafe
	if pairs, ok := p.signaturePairs(mg); ok {
		fix.Helpers = []need{{"save_session", []string{"names"}}}
		fix.Message = saved + "through the helper " + p.helper("save_session") + "; its signatures are pairs of dicts" + densely + ", and nothing else looks into the signatures"
		for _, e := range pairs {
			if !add.Pos().Contains(e.Span) {
				fix.Edits = append(fix.Edits, e)
			}
		}
		return func(sess, dir string) string {
			text := p.helper("save_session") + "(" + sess + ", " + dir + ", " + p.spanText(mg.SignatureMap.Pos(), pairs) + ")"
			if folded := fold(text); len(folded) <= 90 && len(p.commentsIn(mg.SignatureMap.Pos())) == 0 && !p.multilineString(mg.SignatureMap) {
				return folded
			}
			return text
		}, false
	}
	fix.Helpers = []need{{name: "save_signature_defs"}}
	fix.Message = saved + "with the SignatureDefs that the program makes, through the helper " + p.helper("save_signature_defs") + densely
	return func(sess, dir string) string {
		return p.helper("save_signature_defs") + "(" + sess + ", " + dir + ", " + p.oneLine(mg.SignatureMap) + ")"
	}, false
}

// saveSessionText is a call of save_session with the signatures written out.
func (p *program) saveSessionText(sess, dir string, signatures []rules.Signature) string {
	var entries, methods []string
	for _, s := range signatures {
		entries = append(entries, p.signatureKey(s)+": ("+p.mappingText(s.Inputs)+", "+p.mappingText(s.Outputs)+")")
		if s.Method != rules.PredictMethod {
			methods = append(methods, p.signatureKey(s)+": "+p.methodText(s.Method))
		}
	}
	args := []string{sess, dir, p.dictText(entries)}
	if len(methods) > 0 {
		args = append(args, "methods="+p.dictText(methods))
	}
	text := p.helper("save_session") + "(" + strings.Join(args, ", ") + ")"
	if len(methods) > 0 && !strings.Contains(text, "\n") && len(text) > 100 {
		text = p.helper("save_session") + "(\n" + p.indent + strings.Join(args, ",\n"+p.indent) + ")"
	}
	return text
}

// signaturesMove tells why the signatures of a meta graph can't be written out at the statement to; "" if they can.
func (p *program) signaturesMove(mg rules.MetaGraph, to analyzer.Stmt) string {
	for _, s := range mg.Signatures {
		if why := p.signatureMoves(s, to); why != "" {
			return why
		}
	}
	return ""
}

// hasOpenKeys tells whether the names of some inputs are known only when the program runs.
func (p *program) hasOpenKeys(mg rules.MetaGraph) bool {
	for _, s := range mg.Signatures {
		if s.Inputs.Whole != nil && s.Inputs.Given == nil {
			return true
		}
		for _, it := range s.Inputs.Items {
			if it.Name == "" {
				return true
			}
		}
	}
	return false
}

// computedDefault is an input whose default is not plainly a constant; "" if there is none in view.
func (p *program) computedDefault(mg rules.MetaGraph) string {
	for _, s := range mg.Signatures {
		for _, it := range s.Inputs.Items {
			c, ok := p.MadeBy(it.Tensor, "placeholder_with_default")
			if !ok {
				continue
			}
			value, state := c.Arg("input", 0)
			if state != analyzer.Present || !p.plainlyConstant(value.Value) {
				return it.Name
			}
		}
	}
	return ""
}

// plainlyConstant tells whether TensorFlow surely makes a constant of an expression: it holds constants and calls of NumPy and of what makes constants,
// and nothing else.
func (p *program) plainlyConstant(e analyzer.Expr) bool {
	for range 5 { // more is made of itself, in a loop
		if _, ok := p.f.Constant(e, rules.Known); ok {
			return true
		}
		c, ok := p.f.OnlyCall(e)
		if !ok {
			return false
		}
		if paths, only := p.f.Names(c.Fn); only && len(paths) == 1 && rootModule(paths[0]) == "numpy" {
			return true
		}
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || a.Attr != "astype" && a.Attr != "reshape" {
			return p.makesConstant(c)
		}
		e = a.X
	}
	return false
}

// makesConstant tells whether a call makes a constant of constants.
func (p *program) makesConstant(c *analyzer.Call) bool {
	return p.Is(c, "constant", "zeros", "ones", "fill") && !slices.ContainsFunc(c.Args, func(a *analyzer.Arg) bool {
		_, ok := p.f.Constant(a.Value, rules.Known)
		_, isType := p.API(a.Value)
		return a.Stars > 0 || !ok && !isType
	})
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
	if why := p.opt.Helpers.Doubt; why != "" && len(fix.Helpers) > 0 {
		unsafe("right if " + why)
	}
	p.qualifyNames(fix)
}

// qualifyNames makes a fix unsafe where the file itself reads a SavedModel by the names of its tensors: these are not kept.
func (p *program) qualifyNames(fix *Fix) {
	for _, c := range p.f.CallsNamed("from_saved_model") {
		if _, ok := c.Fn.(*analyzer.Attribute); !ok {
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
		return p.v2("saved_model.CLASSIFY_METHOD_NAME")
	case rules.RegressMethod:
		return p.v2("saved_model.REGRESS_METHOD_NAME")
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
			continue
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
		if why := p.settles(e, to); why != "" {
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
