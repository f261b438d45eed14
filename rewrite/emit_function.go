package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// emitFunction is the strategy for a graph without state that is built from placeholders in view: a tf.Module whose tf.functions are the
// signatures. The graph and the session go, and what ran the signature's tensors in the session calls the function.
func emitFunction(p *program, site rules.Site) (*Fix, *Refusal) {
	return emitModule(p, site, false)
}

// emitModule is the strategy function, or the strategy variables.
func emitModule(p *program, site rules.Site, variables bool) (*Fix, *Refusal) {
	e, ok := site.(*rules.Export)
	if !ok {
		return nil, nil
	}
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(site, exportByHand, why) }
	if why := p.checkExport(e); why != "" {
		return no(why)
	}
	add, ok := p.f.StmtOf(e.MetaGraphs[0].Call).(*analyzer.ExprStmt)
	if !ok || add.X != analyzer.Expr(e.MetaGraphs[0].Call) || !p.ownLines(add) {
		return no("the call that takes the session is part of a larger statement")
	}
	w := &functionWriter{regionWriter: newRegionWriter(p, add), e: e, add: add}
	w.region.names = true
	fix := &Fix{Site: site, Strategy: "function", Applicability: Safe, Mode: EagerMode,
		Message: "the graph becomes a tf.Module with a tf.function for each signature, saved by tf.saved_model.save"}
	if variables {
		fix.Strategy, fix.Message = "variables", "the graph becomes a tf.Module with its variables and a tf.function for each signature, saved by tf.saved_model.save"
		if why := w.startVariables(); why != "" {
			return no(why)
		}
	}
	for _, step := range []func() string{w.slices, w.session, w.surelyInitialised, w.save, w.leaks, w.dissolve} {
		if why := step(); why != "" {
			return no(why)
		}
	}
	fix.Edits = w.edits
	p.qualifyNames(fix)
	return fix, nil
}

// functionWriter puts one function export together. Each step adds edits, or says why the strategy is not for this site.
type functionWriter struct {
	*regionWriter
	e   *rules.Export
	add *analyzer.ExprStmt

	sigs  []functionSignature
	model string        // the variable that holds the module
	first analyzer.Stmt // where the module goes

	variables *variablesWriter // nil in the strategy function
}

type functionSignature struct {
	rules.Signature
	slice
	method string // the name of the tf.function
}

// slices finds what computes the signatures, and writes the module.
func (w *functionWriter) slices() string {
	p := w.p
	taken := map[string]bool{}
	for _, s := range w.e.MetaGraphs[0].Signatures {
		if why := w.methodName(s); why != "" {
			return why
		}
		if s.Inputs.Whole != nil || s.Outputs.Whole != nil {
			return "its inputs or outputs are collected out of view"
		}
		if why := p.signatureMoves(s, w.add); why != "" {
			return why
		}
		sl, why := w.region.sliceOf(s)
		if why != "" {
			return why
		}
		key := "serving_default"
		if s.Key != nil {
			if key, _ = p.String(s.Key); key == "" {
				return "the key of a signature is not constant"
			}
		}
		method := strings.Map(func(r rune) rune {
			if identifier(string(r)) || r >= '0' && r <= '9' {
				return r
			}
			return '_'
		}, key)
		if !identifier(method) {
			method = "serve_" + method
		}
		if taken[method] {
			return "two signatures would have one name"
		}
		taken[method] = true
		w.sigs = append(w.sigs, functionSignature{s, sl, method})
	}
	for _, s := range w.sigs {
		for _, in := range s.inputs {
			w.take(in.stmt)
		}
		for _, st := range s.stmts {
			w.take(st)
		}
	}
	if why := w.takeVariables(); why != "" {
		return why
	}
	if w.first == nil {
		return "no statement of the graph is in view"
	}
	for st := range w.gone {
		if p.f.FuncOf(st) != p.f.FuncOf(w.add) {
			return "the graph is built in another function"
		}
	}
	return ""
}

// take makes a statement part of the module.
func (w *functionWriter) take(st analyzer.Stmt) {
	w.gone[st] = true
	if w.first == nil || st.Pos().Start < w.first.Pos().Start {
		w.first = st
	}
}

// className names the module for the function that builds its graph, or for where it is saved.
func (w *functionWriter) className() string {
	p := w.p
	for _, s := range w.sigs {
		for _, st := range s.stmts {
			if c, ok := st.Value.(*analyzer.Call); ok {
				if n, ok := c.Fn.(*analyzer.Name); ok && camel(n.ID) != "" {
					if _, api := p.Callee(c); !api {
						return p.fresh(camel(n.ID))
					}
				}
			}
		}
	}
	if dir, ok := p.String(w.e.Directory); ok {
		parts := strings.Split(strings.Trim(dir, "/"), "/")
		for i := len(parts) - 1; i >= 0; i-- {
			if c := camel(parts[i]); c != "" && !strings.Contains(c, "SavedModel") && c != "Export" {
				return p.fresh(c)
			}
		}
	}
	return p.fresh("Model")
}

// camel makes a class name of a name or a path's part; "" where that gives none.
func camel(s string) string {
	var out strings.Builder
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == ' ' }) {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	if !identifier(out.String()) {
		return ""
	}
	return out.String()
}

// module is the text of the class and the line that makes the model.
func (w *functionWriter) module() string {
	p := w.p
	class := w.className()
	w.model = p.fresh("model")
	blank := 1
	if w.region.block == p.f.Module {
		blank = 2
	}
	var out strings.Builder
	out.WriteString("class " + class + "(" + p.v2("Module") + "):\n")
	out.WriteString(w.constructor())
	for i, s := range w.sigs {
		if i > 0 {
			out.WriteString("\n")
		}
		var specs, params []string
		for _, in := range s.inputs {
			specs = append(specs, w.spec(in))
			params = append(params, w.param(in))
		}
		decorator := "@" + p.v2("function") + "(input_signature=[" + strings.Join(specs, ", ") + "])"
		if len(decorator) > 100 {
			decorator = "@" + p.v2("function") + "(input_signature=[\n" + p.indent + strings.Join(specs, ",\n"+p.indent) + ",\n])"
		}
		out.WriteString(indentLines(decorator, p.indent, "\n"))
		out.WriteString(p.indent + "def " + s.method + "(" + strings.Join(append([]string{"self"}, params...), ", ") + "):\n")
		for _, st := range s.stmts {
			out.WriteString(w.body(st))
		}
		ret := "return " + p.dictText(w.outputs(s))
		out.WriteString(indentLines(ret, p.indent+p.indent, "\n"))
	}
	text := blanksBefore(blank) + indentLines(out.String(), w.target(), p.end) + blanksAfter(blank)
	if w.restores(class) {
		return text
	}
	return text + w.target() + w.model + " = " + class + "()" + p.end
}

func (w *functionWriter) outputs(s functionSignature) []string {
	var out []string
	for _, it := range s.Outputs.Items {
		out = append(out, w.p.keyText(it)+": "+w.exprText(it.Tensor))
	}
	return out
}

// spec is the TensorSpec of a placeholder, with the signature's name for it.
func (w *functionWriter) spec(in input) string {
	shape, dtype := "None", ""
	if in.fallback != nil {
		dtype = w.p.v2(in.dtype)
	}
	if a, state := in.placeholder.Arg("shape", 1); state == analyzer.Present {
		shape = w.p.oneLine(a.Value)
	}
	if a, state := in.placeholder.Arg("dtype", 0); state == analyzer.Present && in.fallback == nil {
		dtype = w.p.oneLine(a.Value)
	}
	return w.p.v2("TensorSpec") + "(shape=" + shape + ", dtype=" + dtype + ", name=" + w.p.quote(in.key) + ")"
}

// body is a statement of the graph inside the function, with the comments on its lines and right above it.
func (w *functionWriter) body(st *analyzer.Assign) string {
	p := w.p
	indent := p.indent + p.indent
	old := lineIndent(p.f, st.Start)
	text, comments := p.spanText(st.Span, append(w.settled(st), w.selfEdits(st)...)), ""
	if !p.multilineString(st.Value) {
		text = strings.ReplaceAll(text, "\n"+old, "\n")
	}
	line := p.f.LineSpan(st.Pos())
	if trail := strings.TrimSpace(p.f.Text(analyzer.Span{Start: st.End, End: line.End})); trail != "" {
		text += "  " + trail
	}
	for _, above := range w.commentsOver(st) {
		comments += above + "\n"
	}
	text = comments + text
	return indentLines(strings.ReplaceAll(text, "\r\n", "\n"), indent, "\n")
}

// session finds the session that is saved, and translates what it runs.
func (w *functionWriter) session() string {
	p := w.p
	sess := w.e.MetaGraphs[0].Session
	made, ok := p.MadeBy(sess, "Session", "InteractiveSession")
	if !ok {
		return "the session is made out of view"
	}
	config, ok := p.configOf(made)
	if !ok {
		return "the session is made with options of its own"
	}
	for _, st := range config {
		w.drop(st)
	}
	w.sess = made
	name, ok := sess.(*analyzer.Name)
	if !ok {
		return "the session is not held by a plain variable"
	}
	w.model = ""
	module := w.module()
	for _, b := range p.f.Resolve(name).Bindings {
		if why := w.sessionUses(b); why != "" {
			return why
		}
		if st, ok := b.Node.(*analyzer.Assign); ok {
			if !w.region.has(st) || !p.ownLines(st) {
				return "the session is made elsewhere"
			}
			w.drop(st)
		} else if with, ok := b.Node.(*analyzer.With); !ok || !w.region.has(with.Body.Stmts[0]) {
			return "the session is made elsewhere"
		}
	}
	if why := w.evals(); why != "" {
		return why
	}
	for _, c := range p.Calls("reset_default_graph") {
		if st, ok := p.f.StmtOf(c).(*analyzer.ExprStmt); ok && st.X == analyzer.Expr(c) && w.region.has(st) && p.ownLines(st) {
			w.drop(st)
		}
	}
	for st := range w.gone {
		line, text := p.f.LineSpan(st.Pos()), ""
		if w.inSlice(st) { // its comments stand in the function
			line.Start = p.commentsAbove(line).Start
		} else {
			text = p.comments(line, w.target())
		}
		switch {
		case st == w.first:
			text += module
		case text == "":
			line = p.swallowBlanks(line)
		}
		w.edits = append(w.edits, Edit{line, text})
	}
	return ""
}

func (w *functionWriter) inSlice(s analyzer.Stmt) bool {
	for _, sig := range w.sigs {
		for _, st := range sig.stmts {
			if analyzer.Stmt(st) == s {
				return true
			}
		}
	}
	return w.variables != nil && slices.ContainsFunc(w.variables.list, func(v *moduleVariable) bool { return analyzer.Stmt(v.stmt) == s })
}

// sessionUses looks at every use of the session's variable: it may be run for the signatures' tensors, closed, made the default, and saved.
func (w *functionWriter) sessionUses(b *analyzer.Binding) string {
	p := w.p
	for _, u := range p.f.Uses(b) {
		st := p.f.StmtOf(u)
		if st == analyzer.Stmt(w.add) {
			continue
		}
		a, ok := p.f.Parent(u).(*analyzer.Attribute)
		if !ok {
			if w.variables != nil && w.variables.call != nil && w.variables.call.Contains(u.Pos()) {
				continue
			}
			if with, isWith := st.(*analyzer.With); isWith && p.isContext(with) && !w.add.Contains(u.Pos()) {
				continue
			}
			return "the session is used for something else as well"
		}
		c, ok := p.f.Parent(a).(*analyzer.Call)
		if !ok || p.f.FuncOf(c) != p.f.FuncOf(w.add) {
			return "the session is used for something else as well"
		}
		switch a.Attr {
		case "close":
			if x, ok := st.(*analyzer.ExprStmt); !ok || x.X != analyzer.Expr(c) || !w.region.has(st) || !p.ownLines(st) {
				return "the session is closed inside a larger statement"
			}
			w.drop(st)
		case "as_default":
		case "run":
			if why := w.run(c); why != "" {
				return why
			}
		default:
			return "the session is used for something else as well"
		}
	}
	return ""
}

// run turns one Session.run into a call of the model.
func (w *functionWriter) run(c *analyzer.Call) string {
	p := w.p
	fetch, state := c.Arg("fetches", 0)
	if state != analyzer.Present {
		return "the session runs something out of view"
	}
	st := p.f.StmtOf(c)
	if p.initialises(fetch.Value) {
		x, isExpr := st.(*analyzer.ExprStmt)
		if !isExpr || x.X != analyzer.Expr(c) || !w.region.has(st) || !p.ownLines(st) {
			return "variables are initialised inside a larger statement"
		}
		if why := w.initialised(c); why != "" {
			return why
		}
		w.drop(st)
		for _, made := range p.makersOf(fetch.Value) {
			if w.region.has(made) {
				w.drop(made)
			}
		}
		return ""
	}
	if len(c.Args) > 2 {
		return "the session runs with options of its own"
	}
	if why := w.hasValues(c); why != "" {
		return why
	}
	fed, why := w.fedItems(c, 1)
	if why != "" {
		return why
	}
	return w.fetched(c, fetch.Value, fed)
}

// runSeveral turns `a, b = sess.run([x, y], feed)` into one call and its results.
func (w *functionWriter) runSeveral(st *analyzer.Assign, seq *analyzer.Seq, fed []analyzer.DictItem) string {
	p := w.p
	outputs := p.fresh("outputs")
	var call string
	var results []string
	for _, e := range seq.Elems {
		name, ok := e.(*analyzer.Name)
		if !ok {
			return "the session runs something other than the signature's tensors"
		}
		c, key, why := w.fetch(name, fed)
		if why != "" {
			return why
		}
		if call != "" && c != call {
			return "the session runs tensors of several signatures at once"
		}
		call = c
		results = append(results, outputs+"["+key+"].numpy()")
	}
	value := strings.Join(results, ", ")
	if _, several := st.Targets[0].(*analyzer.Seq); !several {
		value = "[" + value + "]"
	}
	var targets []string
	for _, t := range st.Targets {
		targets = append(targets, p.text(t))
	}
	text := outputs + " = " + call + "\n" + strings.Join(targets, " = ") + " = " + value
	line, indent := p.f.LineSpan(st.Pos()), w.indentOf(st)
	w.edits = append(w.edits, Edit{line, p.comments(line, indent) + indentLines(text, indent, p.end)})
	w.rewrote = append(w.rewrote, st)
	return ""
}

// fetch finds the signature that gives a tensor, and writes its call with what was fed. key is the text of the output's name.
func (w *functionWriter) fetch(n *analyzer.Name, fed []analyzer.DictItem) (call, key, why string) {
	p := w.p
	for _, s := range w.sigs {
		for _, it := range s.Outputs.Items {
			out, ok := it.Tensor.(*analyzer.Name)
			if !ok || !sameBindings(p.f.Resolve(out), p.f.Resolve(n)) {
				continue
			}
			args, ok := w.feed(s, fed)
			if !ok {
				why = "the session is not fed just the inputs of the signature"
				continue
			}
			return w.model + "." + s.method + "(" + strings.Join(args, ", ") + ")", w.p.keyText(it), ""
		}
	}
	if why == "" {
		why = "the session runs `" + n.ID + "`, which no signature gives"
	}
	return "", "", why
}

func sameBindings(a, b analyzer.Resolution) bool {
	return len(a.Bindings) == 1 && len(b.Bindings) == 1 && a.Bindings[0] == b.Bindings[0]
}

// feed are the arguments of a signature's call. The function converts them to its input signature as a session converts what it is fed.
func (w *functionWriter) feed(s functionSignature, fed []analyzer.DictItem) ([]string, bool) {
	var out []string
	for _, in := range s.inputs {
		found := false
		for _, it := range fed {
			k, ok := it.Key.(*analyzer.Name)
			if !ok || len(w.p.f.Resolve(k).Bindings) != 1 || w.p.f.Resolve(k).Bindings[0] != in.binding {
				continue
			}
			value := w.p.oneLine(it.Value)
			if in.fallback != nil {
				value = in.name.ID + "=" + value
			}
			out, found = append(out, value), true
		}
		if !found && in.fallback == nil {
			return nil, false
		}
	}
	return out, len(out) == len(fed)
}

// save writes tf.saved_model.save, and deletes what only served the Builder.
func (w *functionWriter) save() string {
	p := w.p
	dir := p.oneLine(w.e.Directory)
	replaced := []analyzer.Stmt{w.add}
	if b := w.e.Builder; b != nil {
		if ok, why := p.movable(w.e.Directory, w.add); !ok {
			return why
		}
		if !p.plainPath(w.e.Directory) {
			return "the export directory is made where the Builder is"
		}
		saved, ok := p.f.StmtOf(w.e.Save).(*analyzer.ExprStmt)
		if !ok || saved.X != analyzer.Expr(w.e.Save) || !p.ownLines(saved) || !w.region.has(saved) {
			return "the Builder's save is part of a larger statement"
		}
		w.deleteLines(saved)
		replaced = append(replaced, saved)
	}
	var entries []string
	for _, s := range w.sigs {
		entries = append(entries, p.signatureKey(s.Signature)+": "+w.model+"."+s.method)
	}
	text := p.v2("saved_model.save") + "(" + w.model + ", " + dir + ", signatures="
	if signatures := p.dictText(entries); len(text)+len(signatures) < 100 {
		text += signatures + ")"
	} else {
		text += "{\n" + p.indent + strings.Join(entries, ",\n"+p.indent) + ",\n})"
	}
	line := p.f.LineSpan(w.add.Pos())
	text += p.methodNames(w.e.MetaGraphs[0].Signatures, dir)
	w.edits = append(w.edits, Edit{line, p.comments(line, w.target()) + indentLines(text, w.target(), p.end)})
	for _, s := range p.leftovers(w.e, append(replaced, w.rewrote...)...) {
		if !w.gone[s] {
			w.deleteLines(s)
		}
	}
	w.rewrote = append(w.rewrote, replaced...)
	return ""
}
