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
	if fix := p.sharing[e]; fix != nil {
		same := *fix
		same.Site = site
		return &same, nil
	}
	if fix := p.pairedExports(e); fix != nil {
		return fix, nil
	}
	if fix := p.starredSimpleSave(e); fix != nil {
		return fix, nil
	}
	return p.sessionFix(e, false)
}

// starredSimpleSave is the fix of a simple_save that takes arguments from * or **: a helper takes the same ones. nil if the export is none.
func (p *program) starredSimpleSave(e *rules.Export) *Fix {
	if e.Builder != nil || !slices.ContainsFunc(e.Save.Args, func(a *analyzer.Arg) bool { return a.Stars > 0 }) {
		return nil
	}
	for _, a := range e.Save.Args {
		switch {
		case a.Name == "session" && p.foreignSession(a.Value) != "", a.Name == "legacy_init_op" && !rules.IsNone(a.Value):
			return nil
		}
	}
	fix := &Fix{Site: e, Strategy: "session", Applicability: Unsafe, Mode: GraphMode, Helpers: []need{{name: "export_session"}},
		Message: savedSession + "through the helper " + p.helper("export_session") + ", which takes the same arguments" + densely + ", and where there is a legacy_init_op",
		Edits:   []Edit{{e.Save.Fn.Pos(), p.helper("export_session")}}}
	p.qualify(fix)
	return fix
}

// pairedExports is one fix for all exports of the file that take the SignatureDefs which the file collects, if pairs of dicts can stand for these; nil if not.
func (p *program) pairedExports(e *rules.Export) *Fix {
	open := p.openExports()
	if !slices.Contains(open, e) || !p.pairs().ok {
		return nil
	}
	var fixes []*Fix
	for _, o := range open {
		if slices.ContainsFunc(o.MetaGraphs, func(mg rules.MetaGraph) bool { return mg.SignatureMap == nil || !p.mapInView(mg.SignatureMap) }) {
			return nil
		}
		fix, _ := p.sessionFix(o, true)
		if fix == nil {
			return nil
		}
		fixes = append(fixes, fix)
	}
	all := *fixes[0]
	for i, fix := range fixes[1:] {
		all.Applicability = min(all.Applicability, fix.Applicability)
		all.Covers = append(all.Covers, open[i+1])
		all.Helpers = append(slices.Clip(all.Helpers), fix.Helpers...)
		for _, edit := range fix.Edits {
			if !slices.Contains(all.Edits, edit) {
				all.Edits = append(slices.Clip(all.Edits), edit)
			}
		}
	}
	all.Covers = append(all.Covers, open[0])
	for _, o := range open {
		p.sharing[o] = &all
	}
	same := all
	same.Site = e
	return &same
}

// sessionFix is the fix of one export; paired tells whether the SignatureDefs that the file collects become pairs of dicts.
func (p *program) sessionFix(e *rules.Export, paired bool) (*Fix, *Refusal) {
	site := rules.Site(e)
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(site, exportByHand, why) }
	if e.Doubt != "" && !p.unseenAlone(e) {
		return no(e.Doubt)
	}
	graphs := e.MetaGraphs
	if !p.oneIsAdded(graphs) {
		return no(p.severalMetaGraphs(e))
	}
	for _, mg := range graphs {
		if why := p.checkMetaGraph(withoutOpenTags(p, mg)); why != "" {
			return no(why)
		}
		if c, ok := p.f.OnlyCall(mg.Session); ok && p.IsKerasSession(c) && p.Target.HasKeras3() {
			return nil, nil // Keras 3 has no session: what emitKeras said holds
		}
	}
	var held *heldDirectory
	if e.Passed || p.builderApart(e) {
		why := "several meta graphs are added"
		if len(graphs) == 1 {
			held, why = p.holdDirectory(e)
		}
		if why != "" {
			return no(builderApart + ": " + why)
		}
	}
	fix := &Fix{Site: site, Strategy: "session", Applicability: Safe, Mode: GraphMode}
	var adds []*addition
	var replaced []analyzer.Stmt
	for _, mg := range graphs {
		add, why := p.addition(mg, fix, paired)
		if why != "" {
			return no(why)
		}
		adds = append(adds, add)
		replaced = append(replaced, add.stmt)
	}
	dir := p.oneLine(e.Directory)
	if e.Builder != nil {
		var why string
		var more []analyzer.Stmt
		if dir, more, why = p.placeDirectory(e, held, adds, fix); why != "" {
			return no(why)
		}
		replaced = append(replaced, more...)
	}
	written := true
	for _, add := range adds {
		fix.Edits = append(fix.Edits, p.replaceStmt(add.place, add.check+add.call(p.oneLine(add.mg.Session), dir)))
		written = written && add.written
	}
	left := slices.DeleteFunc(p.leftovers(e, replaced...), func(s analyzer.Stmt) bool {
		value := s.(*analyzer.Assign).Value
		if !written && value != analyzer.Expr(e.Builder) && !p.initialisesTables(value) {
			return true // the signatures are still used
		}
		return slices.ContainsFunc(adds, func(add *addition) bool { return p.readsOf(s, add.given) })
	})
	fix.Edits = append(fix.Edits, p.deleteStmts(left)...)
	p.qualify(fix)
	return fix, nil
}

// unseenAlone tells whether all that is in doubt about an export is which signatures its meta graphs have.
func (p *program) unseenAlone(e *rules.Export) bool {
	found := false
	for _, mg := range e.MetaGraphs {
		found = found || e.Doubt == mg.Unseen
		if mg.Unseen != "" && mg.SignatureMap == nil {
			return false
		}
	}
	return found
}

// oneIsAdded tells whether only one of some meta graphs is added whenever the program runs: they stand in branches that exclude each other.
func (p *program) oneIsAdded(graphs []rules.MetaGraph) bool {
	for i, mg := range graphs {
		for _, other := range graphs[:i] {
			if !p.exclusive(mg.Call, other.Call) {
				return false
			}
		}
	}
	return len(graphs) > 0
}

// exclusive tells whether two nodes stand in the two branches of one if, and no loop within that.
func (p *program) exclusive(a, b analyzer.Node) bool {
	branch := map[*analyzer.If]*analyzer.Block{}
	up := func(n analyzer.Node, visit func(*analyzer.If, *analyzer.Block)) {
		for child := n; child != nil; child = p.f.Parent(child) {
			if s, ok := p.f.Parent(child).(*analyzer.If); ok {
				if block, ok := child.(*analyzer.Block); ok {
					visit(s, block)
				}
			}
		}
	}
	up(a, func(s *analyzer.If, block *analyzer.Block) { branch[s] = block })
	found := false
	up(b, func(s *analyzer.If, block *analyzer.Block) { found = found || branch[s] != nil && branch[s] != block })
	return found
}

// withoutOpenTags is an export of one meta graph alone, whose tags are left out where they are not constant: these are looked at when the program runs.
func withoutOpenTags(p *program, mg rules.MetaGraph) *rules.Export {
	if _, ok := p.Strings(mg.Tags); mg.Tags != nil && !ok {
		mg.Tags = nil
	}
	return &rules.Export{MetaGraphs: []rules.MetaGraph{mg}}
}

// addition is a meta graph with what a call of the helper in its place needs.
type addition struct {
	mg      rules.MetaGraph
	stmt    *analyzer.ExprStmt
	place   analyzer.Stmt // where the call goes: stmt, unless it belongs where the Builder is saved
	check   string        // a line in front of the call, or nothing
	call    func(sess, dir string) string
	written bool            // the signatures are written out in it
	given   []analyzer.Expr // what it still reads
}

// addition looks at one meta graph. why says what keeps it from becoming a call.
func (p *program) addition(mg rules.MetaGraph, fix *Fix, paired bool) (add *addition, why string) {
	if why := p.foreignSession(mg.Session); why != "" {
		return nil, why
	}
	stmt, ok := p.f.StmtOf(mg.Call).(*analyzer.ExprStmt)
	if !ok || stmt.X != analyzer.Expr(mg.Call) || !p.ownLines(stmt) {
		return nil, "the call that takes the session is part of a larger statement"
	}
	add = &addition{stmt: stmt, place: stmt}
	add.mg, add.given = p.asGiven(mg, stmt)
	said := fix.Message
	add.call, add.written = p.sessionCall(add.mg, stmt, fix, paired)
	if strings.Contains(said, fix.Message) {
		fix.Message = said
	}
	if add.call == nil {
		return nil, "a signature is made apart from where the meta graph is added: " + p.signaturesMove(add.mg, stmt)
	}
	if _, constant := p.Strings(mg.Tags); mg.Tags != nil && !constant {
		add.check = p.helper("check_tags") + "(" + p.oneLine(mg.Tags) + ")\n"
		fix.Helpers = append(fix.Helpers, need{name: "check_tags"})
		fix.Applicability = Unsafe
		fix.Message += ": right if the tags are [serve], which tf.saved_model.save writes; the helper " + p.helper("check_tags") + " raises ValueError if not"
	}
	return add, ""
}

// placeDirectory deals with the statements that make the Builder and save it. The directory is evaluated where the Builder was made, unless it means
// the same where the meta graph is added: dir is what it is called there.
func (p *program) placeDirectory(e *rules.Export, held *heldDirectory, adds []*addition, fix *Fix) (dir string, replaced []analyzer.Stmt, why string) {
	dir = p.oneLine(e.Directory)
	saveDir := dir
	if held != nil {
		fix.Edits = append(fix.Edits, held.edits...)
		replaced = append(replaced, p.f.StmtOf(e.Builder))
		dir, saveDir = held.add, held.save
	} else {
		made, isAssign := p.f.StmtOf(e.Builder).(*analyzer.Assign)
		if !isAssign || made.Value != analyzer.Expr(e.Builder) || len(made.Targets) != 1 || !p.ownLines(made) {
			return "", nil, "the Builder is made inside a larger statement"
		}
		moves := p.plainPath(e.Directory)
		for _, add := range adds {
			ok, _ := p.movable(e.Directory, add.stmt)
			moves = moves && ok
		}
		if !moves {
			dir = p.fresh("export_dir")
			fix.Edits = append(fix.Edits, p.replaceStmt(made, dir+" = "+saveDir))
			replaced = append(replaced, made)
			saveDir = dir
		}
	}
	saved := p.f.StmtOf(e.Save)
	alone, isAlone := saved.(*analyzer.ExprStmt)
	switch isAlone = isAlone && alone.X == analyzer.Expr(e.Save) && p.ownLines(saved); {
	case !isAlone:
		fix.Edits = append(fix.Edits, Edit{e.Save.Pos(), p.savedPath(saveDir)})
	case len(adds) == 1 && p.triedNext(adds[0].stmt, saved):
		fix.Edits = append(fix.Edits, p.deleteStmts([]analyzer.Stmt{adds[0].stmt})...)
		adds[0].place = saved
	default:
		fix.Edits = append(fix.Edits, p.deleteStmts([]analyzer.Stmt{saved})...)
	}
	if len(e.Save.Args) > 0 {
		fix.Message += " (as saved_model.pb: tf.saved_model.save writes no text)"
	}
	if held != nil {
		fix.Applicability = Unsafe
		fix.Message += ": right if the Builder is saved whenever its meta graph was added"
	} else {
		for _, add := range adds {
			if add.place == analyzer.Stmt(add.stmt) && p.saveLeavesEarly(add.stmt, e.Save) {
				return "", nil, "the Builder is saved only under a condition"
			}
		}
	}
	return dir, append(replaced, saved), ""
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

// What the messages of most fixes say, and what some of these assume.
const (
	savedSession = "the graph and the values of the session are saved by tf.saved_model.save, "
	densely      = ": right if every input is a dense tensor, and its name a Python identifier; the helper raises ValueError where one is not"
)

// sessionCall chooses how the signatures of a meta graph are written, and gives what writes the call. Where all of them are in view, they are written
// out in the call, and what made the SignatureDefs goes; written is true then. Where they are collected by code of the file, in a loop or in a
// function, that code stays, and makes pairs of dicts instead of SignatureDefs. Else the SignatureDefs are handed over as they are: they
// name their tensors when the program runs. call is nil if none of these can be.
func (p *program) sessionCall(mg rules.MetaGraph, add analyzer.Stmt, fix *Fix, paired bool) (call func(sess, dir string) string, written bool) {
	open := mg.Unseen != "" || p.signaturesMove(mg, add) != ""
	if open && mg.SignatureMap == nil {
		return nil, false
	}
	if !open {
		helper := need{name: "save_session"}
		fix.Message = savedSession + "through the helper " + p.helper("save_session")
		if p.hasOpenKeys(mg) {
			helper.parts = append(helper.parts, "names")
			fix.Applicability = Unsafe
			fix.Message += densely
		}
		if slices.ContainsFunc(mg.Signatures, func(s rules.Signature) bool { return s.Method != rules.PredictMethod }) {
			helper.parts = append(helper.parts, "methods")
		}
		fix.Helpers = append(fix.Helpers, helper)
		if name := p.computedDefault(mg); name != "" {
			fix.Applicability = Unsafe
			fix.Message += ": right if the default of the input " + name + " is a constant; the helper raises ValueError where it is computed"
		}
		return func(sess, dir string) string { return p.saveSessionText(sess, dir, mg.Signatures) }, true
	}
	fix.Applicability = Unsafe
	if paired {
		pairs := p.pairs()
		helper := need{"save_session", []string{"names"}}
		what := "pairs of dicts"
		if pairs.kinds {
			helper = need{name: "save_signatures"}
			what = "pairs of dicts with their method names"
		}
		fix.Helpers = append(fix.Helpers, helper)
		fix.Message = savedSession + "through the helper " + p.helper(helper.name) + "; its signatures are " + what + densely + ", and nothing else looks into the signatures"
		for _, e := range pairs.edits {
			if !add.Pos().Contains(e.Span) && !slices.Contains(fix.Edits, e) {
				fix.Edits = append(fix.Edits, e)
			}
		}
		return func(sess, dir string) string {
			text := p.helper(helper.name) + "(" + sess + ", " + dir + ", " + p.spanText(mg.SignatureMap.Pos(), pairs.edits) + ")"
			if folded := fold(text); len(folded) <= 90 && len(p.commentsIn(mg.SignatureMap.Pos())) == 0 && !p.multilineString(mg.SignatureMap) {
				return folded
			}
			return text
		}, false
	}
	fix.Helpers = append(fix.Helpers, need{name: "save_signature_defs"})
	fix.Message = savedSession + "with the SignatureDefs that the program makes, through the helper " + p.helper("save_signature_defs") + densely
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
	if !slices.ContainsFunc(p.f.Module.Stmts, p.importsTensorflowItself) && slices.ContainsFunc(p.f.Module.Stmts, p.importsTensorflow) {
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

// triedNext tells whether the statement right behind add is a try that saves first of all: what saving raises is dealt with there.
func (p *program) triedNext(add, saved analyzer.Stmt) bool {
	b, i := p.f.BlockOf(add)
	if b == nil || i+1 >= len(b.Stmts) {
		return false
	}
	try, ok := b.Stmts[i+1].(*analyzer.Try)
	return ok && try.Body.Stmts[0] == saved
}

// saveLeavesEarly tells whether something between adding the meta graph and saving may skip the saving: save stands in a block that
// add is not in.
func (p *program) saveLeavesEarly(add analyzer.Stmt, save *analyzer.Call) bool {
	var blocks []analyzer.Node
	for n := p.f.Parent(add); n != nil; n = p.f.Parent(n) {
		blocks = append(blocks, n)
	}
	for n := p.f.Parent(p.f.StmtOf(save)); n != nil; n = p.f.Parent(n) {
		if slices.Contains(blocks, n) {
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
