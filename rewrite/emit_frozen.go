package rewrite

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

const frozenByHand = "imported = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(graph_def, name=\"\"), []), and call imported.prune(feeds, fetches)"

// emitFrozen is the strategy for a GraphDef that is read from a file, imported, and run or saved in sessions: wrap_function wraps the import, as TensorFlow's
// guide does, and functions are pruned out of it. The site may be the import or an export of its graph: the fix is for all of them.
func emitFrozen(p *program, site rules.Site) (*Fix, *Refusal) {
	var imported *rules.FrozenImport
	switch s := site.(type) {
	case *rules.FrozenImport:
		imported = s
	case *rules.Export:
		if imported = p.frozenImportOf(s); imported == nil {
			return nil, nil
		}
	default:
		return nil, nil
	}
	if fix, done := p.frozen[imported]; done { // the sites of one graph have one fix
		if fix == nil {
			return nil, refuse(site, frozenByHand, p.frozenWhy[imported])
		}
		same := *fix
		same.Site = site
		return &same, nil
	}
	w, why := newFrozenWriter(p, imported)
	if why == "" {
		for _, step := range []func() string{w.returned, w.exports, w.runs, w.sessions, w.write, w.asked, w.leaks, w.dissolve} {
			if why = step(); why != "" {
				break
			}
		}
	}
	p.frozen[imported], p.frozenWhy[imported] = nil, why
	if why != "" {
		return nil, refuse(site, frozenByHand, why)
	}
	fix := &Fix{Site: site, Strategy: "frozen graph", Applicability: Safe, Mode: EagerMode, Edits: w.edits,
		Message: "the GraphDef is imported in a function that wrap_function wraps, and functions are pruned out of it"}
	fix.Covers = append(fix.Covers, imported)
	for _, s := range w.saves {
		fix.Covers = append(fix.Covers, s.export)
	}
	if len(w.saves) > 0 {
		fix.Message += ", saved by tf.saved_model.save"
	}
	if slices.ContainsFunc(imported.Sessions, configured) {
		fix.Applicability = Unsafe
		fix.Message += leavesConfig
	}
	if w.unclear != "" {
		fix.Applicability = Unsafe
		fix.Message += ": right if every request has the input " + w.unclear + ", whose default, if it has one, is not kept"
	}
	p.qualifyNames(fix)
	p.frozen[imported] = fix
	return fix, nil
}

// defaultOf is the constant that an input of a frozen graph has as its default, if the file makes a placeholder of its name with one; nil if not. unclear
// tells that it may have another.
func (w *frozenWriter) defaultOf(key string, ref tensorRef) (fallback analyzer.Expr, unclear bool) {
	for _, c := range w.p.Calls("placeholder_with_default") {
		name := "PlaceholderWithDefault"
		if a, state := c.Arg("name", 2); state == analyzer.Present {
			name, _ = w.p.String(a.Value)
		} else if state != analyzer.Absent {
			name = ""
		}
		if name != "" && ref.name != "" && ref.name != name+":0" && !strings.HasSuffix(ref.name, "/"+name+":0") {
			continue
		}
		in := input{key: key, placeholder: c}
		if name == "" || ref.name == "" || fallback != nil || in.setFallback(w.p) != "" || w.p.readsNames(in.fallback) {
			return nil, true
		}
		fallback = in.fallback
	}
	return fallback, false
}

// readsNames tells whether an expression reads anything but TensorFlow's API.
func (p *program) readsNames(e analyzer.Expr) bool {
	found := false
	analyzer.Walk(e, func(n analyzer.Node) bool {
		if x, ok := n.(analyzer.Expr); ok && analyzer.Dotted(x) != "" {
			_, isAPI := p.API(x)
			found = found || !isAPI
			return false
		}
		return true
	})
	return found
}

// frozenImportOf is the import whose graph an export saves; nil if it saves another.
func (p *program) frozenImportOf(e *rules.Export) *rules.FrozenImport {
	if len(e.MetaGraphs) != 1 || e.MetaGraphs[0].Session == nil {
		return nil
	}
	made, ok := p.f.OnlyCall(e.MetaGraphs[0].Session)
	if !ok {
		return nil
	}
	for _, s := range p.Sites {
		if f, ok := s.(*rules.FrozenImport); ok && slices.Contains(f.Sessions, made) {
			return f
		}
	}
	return nil
}

// frozenWriter puts together what becomes of one imported graph: its import, its runs and its exports.
type frozenWriter struct {
	*loadWriter
	site  *rules.FrozenImport
	saves []frozenSave
	// unclear is an input that may have a default which is not kept.
	unclear string

	prefix  string // of the names that the imported operations get
	names   *resolver
	results *analyzer.Arg // return_elements of the import
}

// frozenSave is an export of the imported graph.
type frozenSave struct {
	export     *rules.Export
	add        *analyzer.ExprStmt
	signatures []tensorRun // what each signature is fed and gives, in the terms of a session
	inputs     [][]frozenInput
}

// frozenInput is an input of a signature.
type frozenInput struct {
	key      string
	ref      tensorRef
	fallback analyzer.Expr // the constant that it is if it is not fed; nil where it has to be
}

func newFrozenWriter(p *program, f *rules.FrozenImport) (*frozenWriter, string) {
	st := p.f.StmtOf(f.Call)
	switch s := st.(type) {
	case *analyzer.ExprStmt, *analyzer.Assign:
		if !p.ownLines(st) {
			return nil, "the graph is imported inside a larger statement"
		}
		if x, ok := s.(*analyzer.ExprStmt); ok && x.X != analyzer.Expr(f.Call) {
			return nil, "the graph is imported inside a larger statement"
		}
	default:
		return nil, "the graph is imported inside a larger statement"
	}
	if !f.Alone {
		return nil, "its graph holds more than what is imported here"
	}
	if len(f.Sessions) == 0 {
		return nil, "nothing that runs or saves the imported graph is in view"
	}
	w := &frozenWriter{site: f, prefix: "import/"}
	for i, name := range []string{"graph_def", "input_map", "return_elements", "name"} {
		a, state := f.Call.Arg(name, i)
		switch {
		case state == analyzer.Unknowable:
			return nil, "its arguments are not all in view"
		case state == analyzer.Absent || i == 0:
		case name == "input_map":
			return nil, "it is imported in front of tensors of another graph"
		case name == "return_elements":
			w.results = a
		default:
			prefix, ok := p.String(a.Value)
			if !ok && !rules.IsNone(a.Value) {
				return nil, "the prefix of its names is not constant"
			}
			if ok {
				w.prefix = strings.TrimSuffix(prefix, "/") + "/"
				if prefix == "" {
					w.prefix = ""
				}
			}
		}
	}
	for _, a := range f.Call.Args {
		if a.Stars > 0 || !slices.Contains([]string{"", "graph_def", "return_elements", "name"}, a.Name) {
			return nil, "it is imported with options of its own"
		}
	}
	region, why := p.frozenRegion(f)
	if why != "" {
		return nil, why
	}
	w.loadWriter = &loadWriter{regionWriter: region, stmt: st, load: &rules.Load{Call: f.Call}, made: map[string]string{}}
	return w, ""
}

// frozenRegion is the region that holds the import and all sessions of its graph: their blocks may only be apart by with statements.
func (p *program) frozenRegion(f *rules.FrozenImport) (*regionWriter, string) {
	blocks := func(n analyzer.Node) (out []*analyzer.Block) {
		for b, _ := p.f.BlockOf(p.f.StmtOf(n)); b != nil; {
			out = append(out, b)
			with, ok := p.f.Parent(b).(*analyzer.With)
			if !ok {
				break
			}
			b, _ = p.f.BlockOf(with)
		}
		return out
	}
	shared := blocks(f.Call)
	for _, c := range f.Sessions {
		if c.Start > f.Call.Start && p.f.FuncOf(c) != p.f.FuncOf(f.Call) {
			return nil, "a session of its graph is made in another function"
		}
		these := blocks(c)
		if with, ok := p.f.StmtOf(c).(*analyzer.With); ok && with.Contains(f.Call.Span) {
			these = blocks(with)
		}
		shared = slices.DeleteFunc(shared, func(b *analyzer.Block) bool { return !slices.Contains(these, b) })
	}
	if len(shared) == 0 {
		return nil, "a session of its graph is made in a loop, under a condition or in another function"
	}
	w := newRegionWriter(p, shared[0].Stmts[0])
	for _, n := range append(slices.Clone(f.Sessions), f.Call) {
		if why := w.enters(n); why != "" {
			return nil, why
		}
	}
	return w, ""
}

// enters makes the with statements between the region's block and a node that are only there for a graph or a session part of the region.
func (w *regionWriter) enters(n analyzer.Node) string {
	p := w.p
	var inner []*analyzer.With
	for at := analyzer.Stmt(p.f.StmtOf(n)); ; {
		if with, ok := at.(*analyzer.With); ok {
			if p.isContext(with) {
				inner = append(inner, with)
			} else if len(inner) > 0 {
				return "a session is made inside another with statement"
			}
		}
		b, _ := p.f.BlockOf(at)
		if b == w.region.block {
			break
		}
		with, ok := p.f.Parent(b).(*analyzer.With)
		if !ok {
			return "a session of its graph is made in a loop, under a condition or in another function"
		}
		at = with
	}
	for _, with := range inner {
		w.region.withs[with] = true
	}
	return ""
}

// returned names the tensors that the import returns, by the variables that hold them.
func (w *frozenWriter) returned() string {
	p := w.p
	w.names = &resolver{p: p, returned: map[*analyzer.Binding]string{}}
	assign, isAssign := w.stmt.(*analyzer.Assign)
	if !isAssign {
		return ""
	}
	const why = "what the import returns is kept in a way that is not followed"
	if w.results == nil || len(assign.Targets) != 1 {
		return why
	}
	elements, ok := p.Strings(w.results.Value)
	if !ok {
		return "the names of the tensors that the import returns are not constant"
	}
	targets := []analyzer.Expr{assign.Targets[0]}
	if assign.Value == analyzer.Expr(w.site.Call) {
		seq, ok := assign.Targets[0].(*analyzer.Seq)
		if !ok || len(seq.Elems) != len(elements) {
			return why
		}
		targets = seq.Elems
	} else {
		sub, ok := assign.Value.(*analyzer.Subscript)
		if !ok || sub.X != analyzer.Expr(w.site.Call) || len(sub.Index) != 1 {
			return why
		}
		v, ok := p.f.Constant(sub.Index[0], rules.Known)
		i, isInt := v.(int64)
		if !ok || !isInt || i < 0 || int(i) >= len(elements) {
			return why
		}
		elements = elements[i : i+1]
	}
	for i, t := range targets {
		n, ok := t.(*analyzer.Name)
		if !ok || !strings.Contains(elements[i], ":") {
			return why
		}
		w.names.returned[p.f.BindingOf(n)] = w.prefix + elements[i]
	}
	return ""
}

// exports resolves the exports of the graph.
func (w *frozenWriter) exports() string {
	p := w.p
	for _, s := range p.Sites {
		e, ok := s.(*rules.Export)
		if !ok || p.frozenImportOf(e) != w.site {
			continue
		}
		if why := p.checkExport(e); why != "" {
			return why
		}
		mg := e.MetaGraphs[0]
		add, ok := p.f.StmtOf(mg.Call).(*analyzer.ExprStmt)
		if !ok || add.X != analyzer.Expr(mg.Call) || !p.ownLines(add) || !w.region.has(add) {
			return "the call that takes the session is part of a larger statement, a loop or a condition"
		}
		if add.Start < w.site.Call.End {
			return "it is saved in front of the import"
		}
		save := frozenSave{export: e, add: add}
		for _, s := range mg.Signatures {
			if s.Method != rules.PredictMethod {
				return "a signature's method name is " + s.Method
			}
			if s.Inputs.Whole != nil || s.Outputs.Whole != nil {
				return "the inputs or outputs of a signature are collected out of view"
			}
			if why := p.signatureMoves(s, add); why != "" {
				return why
			}
			run := tensorRun{keys: []analyzer.Expr{}}
			var inputs, optional []frozenInput
			for _, it := range s.Inputs.Items {
				if !identifier(it.Name) {
					return "the name of an input is not constant"
				}
				ref, why := w.tensor(it.Tensor)
				if why != "" {
					return why
				}
				fallback, unclear := w.defaultOf(it.Name, ref)
				if unclear {
					w.unclear = it.Name
				}
				if in := (frozenInput{it.Name, ref, fallback}); fallback != nil {
					optional = append(optional, in) // Python has them last
				} else {
					inputs = append(inputs, in)
				}
			}
			inputs = append(inputs, optional...)
			for _, in := range inputs {
				run.feeds = append(run.feeds, in.ref)
			}
			for _, it := range s.Outputs.Items {
				ref, why := w.tensor(it.Tensor)
				if why != "" {
					return why
				}
				run.keys = append(run.keys, it.Key)
				run.fetches = append(run.fetches, ref)
			}
			save.signatures = append(save.signatures, run)
			save.inputs = append(save.inputs, inputs)
		}
		w.saves = append(w.saves, save)
	}
	return ""
}

// tensor resolves a tensor of a signature.
func (w *frozenWriter) tensor(e analyzer.Expr) (tensorRef, string) {
	ref, ok := w.names.resolve(e)
	switch {
	case !ok || ref.def != nil:
		return ref, "a signature holds something that is not known by its tensor name"
	case ref.named != nil && !w.p.knownAt(ref.named, w.stmt):
		return ref, "the name of a tensor is not known where the graph is imported"
	}
	return ref, ""
}

// runs resolves all that the sessions of the graph run.
func (w *frozenWriter) runs() string {
	p := w.p
	for _, sess := range w.site.Sessions {
		if otherOptions(sess) {
			return "the session is made with options of its own"
		}
		for _, c := range p.Methods(sess, "run") {
			if p.f.FuncOf(c) != p.f.FuncOf(w.site.Call) {
				return "the session is run in another function"
			}
			if c.Start < w.site.Call.End {
				return "the session is run in front of the import"
			}
			if fetch, state := c.Arg("fetches", 0); state == analyzer.Present {
				if _, ok := p.MadeBy(fetch.Value, "global_variables_initializer", "initialize_all_variables", "local_variables_initializer"); ok {
					st, isExpr := p.f.StmtOf(c).(*analyzer.ExprStmt)
					if !isExpr || st.X != analyzer.Expr(c) || !w.region.has(st) || !p.ownLines(st) {
						return "variables are initialised inside a larger statement"
					}
					w.deleteLines(st) // an imported GraphDef brings none that these would initialise
					continue
				}
			}
			run, why := w.names.resolveRun(c)
			if why != "" {
				return why
			}
			for _, ref := range run.refs() {
				if ref.def != nil {
					return "the session runs the tensors of a signature"
				}
				if ref.named != nil && !p.knownAt(ref.named, w.stmt) {
					return "the name of a tensor that is run is not known where the graph is imported"
				}
			}
			w.resolved = append(w.resolved, run)
		}
	}
	if len(w.resolved) == 0 && len(w.saves) == 0 {
		return "nothing that runs or saves the imported graph is in view"
	}
	return ""
}

// sessions looks at every other use of the sessions: they may be closed, made the default, asked for their graph, and saved.
func (w *frozenWriter) sessions() string {
	p := w.p
	for _, sess := range w.site.Sessions {
		if why := w.sessionHolders(sess); why != "" {
			return why
		}
		for _, n := range names(sess) {
			if why := w.graphUses(n); why != "" {
				return why
			}
		}
		if st, ok := p.f.StmtOf(sess).(*analyzer.ExprStmt); ok && w.region.has(st) {
			return "a session is used without a variable"
		}
	}
	return ""
}

// sessionHolders looks at the variable that holds a session.
func (w *frozenWriter) sessionHolders(sess *analyzer.Call) string {
	p := w.p
	const why = "the session is used for something else as well"
	var held *analyzer.Name
	switch st := p.f.StmtOf(sess).(type) {
	case *analyzer.Assign:
		if st.Value != analyzer.Expr(sess) || len(st.Targets) != 1 || !w.region.has(st) || !p.ownLines(st) {
			return "the session is not held by a plain variable"
		}
		n, ok := st.Targets[0].(*analyzer.Name)
		if !ok {
			return "the session is not held by a plain variable"
		}
		held = n
		w.deleteLines(st)
	case *analyzer.With:
		for _, it := range st.Items {
			if it.X != analyzer.Expr(sess) || it.Target == nil {
				continue
			}
			n, ok := it.Target.(*analyzer.Name)
			if !ok {
				return "the session is not held by a plain variable"
			}
			held = n
		}
		if held == nil {
			return "" // the default session
		}
	default:
		return "the session is not held by a plain variable"
	}
	for _, u := range p.f.Uses(p.f.BindingOf(held)) {
		st := p.f.StmtOf(u)
		if slices.ContainsFunc(w.saves, func(s frozenSave) bool { return analyzer.Stmt(s.add) == st }) {
			continue
		}
		a, ok := p.f.Parent(u).(*analyzer.Attribute)
		switch {
		case !ok:
			if with, isWith := st.(*analyzer.With); !isWith || !p.isContext(with) {
				return why
			}
			if why := w.enters(st); why != "" {
				return why
			}
		case a.Attr == "run", a.Attr == "as_default", a.Attr == "graph":
		case a.Attr == "close" && w.region.has(st) && p.ownLines(st):
			w.deleteLines(st)
		default:
			return why
		}
	}
	return ""
}

// graphUses looks at the with statements that make the graph in a variable the default one.
func (w *frozenWriter) graphUses(n *analyzer.Name) string {
	p := w.p
	if _, ok := p.MadeBy(n, "Graph"); !ok {
		return ""
	}
	for _, b := range p.f.Resolve(n).Bindings {
		for _, u := range p.f.Uses(b) {
			with, ok := p.f.StmtOf(u).(*analyzer.With)
			if !ok || w.region.withs[with] || with.Body.Contains(u.Span) {
				continue
			}
			if !p.isContext(with) {
				return "the graph is used for something else as well"
			}
			if why := w.enters(with); why != "" {
				return why
			}
		}
	}
	return ""
}

// write puts the import, the calls and the exports in place, and deletes what looked tensors up.
func (w *frozenWriter) write() string {
	p := w.p
	w.model = p.fresh("imported")
	def, _ := w.site.Call.Arg("graph_def", 0)
	w.copies(def.Value)
	for _, run := range w.resolved {
		w.callPruned(run)
	}
	for _, s := range w.saves {
		if why := w.save(s); why != "" {
			return why
		}
	}
	line := p.f.LineSpan(w.stmt.Pos())
	indent := w.indentOf(w.stmt)
	text := w.model + " = " + p.v1("wrap_function") + "(lambda: " + w.importText() + ", [])\n"
	for _, fn := range w.functions {
		text += fn + "\n"
	}
	w.edits = append(w.edits, Edit{line, p.comments(line, indent) + indentLines(text, indent, p.end)})
	w.rewrote = append(w.rewrote, w.stmt)
	if st, ok := w.stmt.(*analyzer.Assign); ok {
		w.gone[st] = true
	}
	w.lookups()
	w.tidy()
	return ""
}

// importText is the call that imports the graph, without what it returns.
func (w *frozenWriter) importText() string {
	p := w.p
	var args []string
	for i, a := range w.site.Call.Args {
		if a == w.results {
			continue
		}
		text := p.oneLine(a.Value)
		if a.Name != "" {
			text = a.Name + "=" + text
		} else if i > 2 { // return_elements or input_map stood in front of it
			text = "name=" + text
		} else if i > 0 {
			continue // None
		}
		args = append(args, text)
	}
	return p.v2("graph_util.import_graph_def") + "(" + strings.Join(args, ", ") + ")"
}

// save writes the functions of an export's signatures and the call of tf.saved_model.save in place of what added the meta graph.
func (w *frozenWriter) save(s frozenSave) string {
	p := w.p
	e := s.export
	replaced := []analyzer.Stmt{s.add}
	if e.Builder != nil {
		if ok, why := p.movable(e.Directory, s.add); !ok {
			return why
		}
		if !p.plainPath(e.Directory) {
			return "the export directory is made where the Builder is"
		}
		saved, ok := p.f.StmtOf(e.Save).(*analyzer.ExprStmt)
		if !ok || saved.X != analyzer.Expr(e.Save) || !p.ownLines(saved) || !w.region.has(saved) {
			return "the Builder's save is part of a larger statement"
		}
		w.deleteLines(saved)
		replaced = append(replaced, saved)
	}
	blank := 1
	if w.region.block == p.f.Module {
		blank = 2
	}
	var text strings.Builder
	var entries []string
	for i, sig := range e.MetaGraphs[0].Signatures {
		run := s.signatures[i]
		for _, ref := range run.refs() {
			if ref.named != nil {
				w.copies(ref.named)
			}
		}
		var outputs []string
		for j, it := range sig.Outputs.Items {
			outputs = append(outputs, p.keyText(it)+": "+p.tensorName(run.fetches[j]))
			if it.Key != nil {
				w.copies(it.Key)
			}
		}
		var feeds []string
		for _, ref := range run.feeds {
			feeds = append(feeds, p.tensorName(ref))
		}
		fn := p.fresh("fn")
		pruned := fn + " = " + w.model + ".prune([" + strings.Join(feeds, ", ") + "], " + p.dictText(outputs) + ")\n"
		serve := p.signatureFunction(sig)
		var specs []string
		for j, in := range s.inputs[i] {
			feed := fn + ".inputs[" + strconv.Itoa(j) + "]"
			specs = append(specs, p.v2("TensorSpec")+"("+feed+".shape, "+feed+".dtype, name="+p.quote(in.key)+")")
		}
		decorator := "@" + p.v2("function") + "(input_signature=[" + strings.Join(specs, ", ") + "])\n"
		if len(decorator) > 110 {
			decorator = "@" + p.v2("function") + "(input_signature=[\n" + p.indent + strings.Join(specs, ",\n"+p.indent) + ",\n])\n"
		}
		var params, args []string
		for _, in := range s.inputs[i] {
			arg := in.key
			if arg == fn {
				arg += "_"
			}
			args = append(args, arg)
			if in.fallback != nil {
				arg += "=" + p.constantText(in.fallback)
			}
			params = append(params, arg)
		}
		list := strings.Join(args, ", ")
		body := decorator + "def " + serve + "(" + strings.Join(params, ", ") + "):\n" + p.indent + "return " + fn + "(" + list + ")\n"
		text.WriteString(indentLines(pruned, w.target(), p.end) + blanksBefore(blank) + indentLines(body, w.target(), p.end) + blanksAfter(blank))
		entries = append(entries, p.signatureKey(sig)+": "+serve)
		if sig.Key != nil {
			w.copies(sig.Key)
		}
	}
	w.copies(e.Directory)
	call := p.v2("saved_model.save") + "(" + p.v2("Module") + "(), " + p.oneLine(e.Directory) + ", signatures="
	if signatures := p.dictText(entries); len(call)+len(signatures) < 110 {
		call += signatures + ")"
	} else {
		call += "{\n" + p.indent + strings.Join(entries, ",\n"+p.indent) + ",\n})"
	}
	text.WriteString(indentLines(call, w.target(), p.end))
	line := p.f.LineSpan(s.add.Pos())
	w.edits = append(w.edits, Edit{line, p.comments(line, w.target()) + text.String()})
	w.rewrote = append(w.rewrote, replaced...)
	for _, st := range p.leftovers(e, replaced...) {
		if !w.gone[st] && w.region.has(st) {
			w.deleteLines(st)
		}
	}
	return ""
}

// asked looks for what still asks the graph for something. A graph that is asked for its operations is that of the wrapped function now.
func (w *frozenWriter) asked() string {
	p := w.p
	for _, c := range p.f.Calls() {
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || covered(w.edits, c.Pos()) || p.f.FuncOf(c) != p.f.FuncOf(w.site.Call) {
			continue
		}
		switch a.Attr {
		case "get_tensor_by_name", "get_operation_by_name", "as_graph_element", "eval":
			line, _ := p.f.Position(c.Start)
			return "line " + strconv.Itoa(line) + " uses a tensor of the graph for something else as well"
		}
	}
	return ""
}

// dissolve is that of a region, for every session.
func (w *frozenWriter) dissolve() string {
	w.sess = w.site.Sessions[0]
	if why := w.regionWriter.dissolve(); why != "" {
		return why
	}
	for _, sess := range w.site.Sessions[1:] {
		for _, n := range names(sess) {
			if why := w.dropGraph(n); why != "" {
				return why
			}
		}
	}
	return ""
}
