package rewrite

import (
	"maps"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

const loadByHand = "load with tf.saved_model.load(dir) and call loaded.signatures[key] or, for other tensors of a TensorFlow 1 SavedModel, loaded.prune(feeds, fetches)"

// emitLoad is the strategy for a SavedModel that is loaded into a session and run there: tf.saved_model.load, and calls of its signatures, or of
// functions that are pruned out of it where tensors are run by name.
func emitLoad(p *program, site rules.Site) (*Fix, *Refusal) {
	l, ok := site.(*rules.Load)
	if !ok {
		return nil, nil
	}
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(site, loadByHand, why) }
	if l.Session == nil || l.Directory == nil || l.Tags == nil {
		return no("its arguments are not all in view")
	}
	if l.Made == nil {
		return no("the session is made out of view, so what it runs is not known")
	}
	if otherOptions(l.Made) {
		return no("the session is made with options of its own")
	}
	st := p.f.StmtOf(l.Call)
	if !wholeCall(st, l.Call) || !p.ownLines(st) {
		return no("the model is loaded inside a larger statement")
	}
	if _, ok := l.Session.(*analyzer.Attribute); ok {
		return emitHeld(p, l, st)
	}
	w := &loadWriter{regionWriter: newRegionWriter(p, st), load: l, stmt: st, model: p.fresh("loaded"), made: map[string]string{}}
	w.sess = l.Made
	for _, step := range []func() string{w.runs, w.session, w.write, w.metaGraph, w.leaks, w.dissolve} {
		if why := step(); why != "" {
			return no(why)
		}
	}
	return w.fix(l), nil
}

// fix is what the steps made.
func (w *loadWriter) fix(l *rules.Load) *Fix {
	fix := &Fix{Site: l, Strategy: "load", Applicability: Safe, Mode: EagerMode, Edits: w.edits,
		Message: "the model is loaded by tf.saved_model.load, and its signatures are called"}
	if w.pruned {
		fix.Message = "the model is loaded by tf.saved_model.load, and functions for its tensors are pruned out of it"
		if w.unseen != "" {
			fix.Applicability = Unsafe
			fix.Message += ": " + w.unseen
		}
	}
	if configured(l.Made) {
		fix.Applicability = Unsafe
		fix.Message += leavesConfig
	}
	return fix
}

// look reads the SavedModel, where it is there to look at and is not what the program itself writes first.
func (w *loadWriter) look() (Model, bool) {
	if w.p.opt.Model == nil {
		return Model{}, false
	}
	dir, _ := w.p.String(w.load.Directory) // "" where only the user can know
	tags, ok := w.p.Strings(w.load.Tags)
	if !ok || w.p.writes(dir) {
		return Model{}, false
	}
	return w.p.opt.Model(dir, tags)
}

// has tells whether a model has every tensor of a run.
func (m Model) has(run tensorRun) bool {
	for _, ref := range run.refs() {
		node, output, _ := strings.Cut(ref.name, ":")
		if ref.named != nil || !m.Nodes[node] || output != "0" {
			return false
		}
	}
	return true
}

// asSignature says in the terms of a signature what a run says in the names of tensors: the run feeds all inputs of the signature, and fetches outputs of it.
func (m Model) asSignature(p *program, run tensorRun) (tensorRun, bool) {
	keys := slices.Sorted(maps.Keys(m.Signatures))
	if _, ok := m.Signatures["serving_default"]; ok {
		keys = slices.Insert(keys, 0, "serving_default")
	}
	refs := func(key string, of map[string]string, from []tensorRef, input bool) (out []tensorRef, ok bool) {
		for _, ref := range from {
			name := ""
			for _, k := range slices.Sorted(maps.Keys(of)) {
				if ref.named == nil && of[k] == ref.name && name == "" {
					name = k
				}
			}
			if name == "" {
				return nil, false
			}
			out = append(out, tensorRef{input: input, signature: p.quote(key), keyed: p.quote(name), keyName: name})
		}
		return out, true
	}
	for _, key := range keys {
		s := m.Signatures[key]
		feeds, ok := refs(key, s.Inputs, run.feeds, true)
		fetches, also := refs(key, s.Outputs, run.fetches, false)
		if ok && also && len(feeds) == len(s.Inputs) {
			run.feeds, run.fetches = feeds, fetches
			return run, true
		}
	}
	return run, false
}

// writes tells whether the file may write a SavedModel to dir itself: what is there now is not what will be there then.
func (p *program) writes(dir string) bool {
	for _, s := range p.Sites {
		var to analyzer.Expr
		switch s := s.(type) {
		case *rules.Export:
			to = s.Directory
		case *rules.EstimatorExport:
			if a, state := s.Call.Arg("export_dir_base", 0); state == analyzer.Present {
				to = a.Value
			}
		default:
			continue
		}
		if to == nil {
			return true
		}
		if path, ok := p.String(to); !ok || path == dir || strings.HasPrefix(dir, strings.TrimSuffix(path, "/")+"/") {
			return true
		}
	}
	return false
}

// wholeCall tells whether a statement is a call alone, or assigns its value to a variable.
func wholeCall(s analyzer.Stmt, c *analyzer.Call) bool {
	switch s := s.(type) {
	case *analyzer.ExprStmt:
		return s.X == analyzer.Expr(c)
	case *analyzer.Assign:
		if len(s.Targets) != 1 {
			return false
		}
		_, isName := s.Targets[0].(*analyzer.Name)
		return isName && s.Value == analyzer.Expr(c)
	}
	return false
}

type loadWriter struct {
	*regionWriter
	load   *rules.Load
	stmt   analyzer.Stmt
	model  string
	holder string // "self." where an object holds the model and its functions
	pruned bool   // a function is pruned out of the model
	unseen string // and what that assumes of the model, where it could not be seen

	resolved  []tensorRun
	functions []string                    // lines that make functions, behind the load
	made      map[string]string           // the text of a pruned function -> the variable that holds it
	defs      map[string]string           // the text of a signature's key -> the variable that holds it
	kept      map[*analyzer.Assign]string // statements that hold a signature -> their new value
}

// runs resolves all that the session runs.
func (w *loadWriter) runs() string {
	r := &resolver{p: w.p, metaGraph: w.load.Call}
	for _, c := range w.load.Runs {
		if w.p.f.FuncOf(c) != w.p.f.FuncOf(w.load.Call) {
			return "the session is run in another function"
		}
		run, why := r.resolveRun(c)
		if why != "" {
			return why
		}
		for _, ref := range run.refs() {
			if ref.named != nil && !w.p.knownAt(ref.named, w.stmt) {
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

// session looks at every other use of the session: it may be closed, made the default, and asked for its graph.
func (w *loadWriter) session() string {
	p := w.p
	name, ok := w.load.Session.(*analyzer.Name)
	if !ok {
		return "the session is not held by a plain variable"
	}
	for _, b := range p.f.Resolve(name).Bindings {
		if st, ok := b.Node.(*analyzer.Assign); ok {
			if !w.region.has(st) || !p.ownLines(st) {
				return "the session is made elsewhere"
			}
			w.deleteLines(st)
		} else if with, ok := b.Node.(*analyzer.With); !ok || !w.region.has(with.Body.Stmts[0]) {
			return "the session is made elsewhere"
		}
		for _, u := range p.f.Uses(b) {
			st := p.f.StmtOf(u)
			if st == w.stmt {
				continue
			}
			a, ok := p.f.Parent(u).(*analyzer.Attribute)
			switch {
			case !ok:
				if with, isWith := st.(*analyzer.With); !isWith || !p.isContext(with) {
					return "the session is used for something else as well"
				}
			case a.Attr == "run", a.Attr == "as_default", a.Attr == "graph":
			case a.Attr == "close" && w.region.has(st) && p.ownLines(st):
				w.deleteLines(st)
			default:
				return "the session is used for something else as well"
			}
		}
	}
	return ""
}

// write puts the load and the calls in place, and deletes what looked tensors up.
func (w *loadWriter) write() string {
	p := w.p
	w.defs, w.kept = map[string]string{}, map[*analyzer.Assign]string{}
	m, found := w.look()
	for _, run := range w.resolved {
		if run.byName() {
			said, ok := m.asSignature(p, run)
			switch {
			case ok && (!run.several && run.keys == nil || p.firstCall(run.call, p.f.StmtOf(run.call))):
				run = said
			case found && !m.Prunable:
				return "TensorFlow 2 wrote the SavedModel, whose tensors can't be run by name, and no signature has just these"
			default:
				w.pruned = true
				switch {
				case !found:
					w.unseen = "right if TensorFlow 1 wrote the SavedModel, which was not found to look at"
				case !m.has(run):
					w.unseen = "right if the SavedModel has the tensors that are run, which were not all found in it"
				}
				w.callPruned(run)
				continue
			}
		}
		text, why := w.signatureCall(run)
		if why != "" {
			return why
		}
		w.replaceRun(run, text)
	}
	w.writeLoad()
	for st, value := range w.kept {
		line := p.f.LineSpan(st.Pos())
		w.edits = append(w.edits, Edit{line, p.comments(line, w.target()) + w.target() + p.text(st.Targets[0]) + " = " + value + p.end})
		w.rewrote = append(w.rewrote, st)
	}
	w.lookups()
	w.tidy()
	return ""
}

// metaGraph sees to what still uses the MetaGraphDef that the load gave: the signatures of the loaded model stand for its signature_def where only the keys
// are asked for.
func (w *loadWriter) metaGraph() string {
	assign, ok := w.stmt.(*analyzer.Assign)
	if !ok {
		return ""
	}
	left, why := w.keysOnly(assign.Targets[0].(*analyzer.Name), "signature_def")
	for _, e := range left {
		w.edits = append(w.edits, Edit{e.Pos(), w.model + ".signatures"})
		w.rewrote = append(w.rewrote, w.p.f.StmtOf(e))
	}
	return why
}

// keysOnly lists the expressions n.attr that stay, n itself where attr is "", where a variable is used for nothing but the keys of that mapping.
func (w *loadWriter) keysOnly(n *analyzer.Name, attr string) (left []analyzer.Expr, why string) {
	const other = "the MetaGraphDef is used for something else as well"
	p := w.p
	for _, u := range p.f.Uses(p.f.BindingOf(n)) {
		st := p.f.StmtOf(u)
		if (w.gone[st] || covered(w.edits, u.Pos())) && !w.copied(u) {
			continue
		}
		mapping := analyzer.Expr(u)
		if attr != "" {
			a, ok := p.f.Parent(u).(*analyzer.Attribute)
			if !ok || a.Attr != attr {
				return nil, other
			}
			mapping = a
		}
		if held, ok := st.(*analyzer.Assign); ok && attr != "" && held.Value == mapping && len(held.Targets) == 1 {
			name, ok := held.Targets[0].(*analyzer.Name)
			if !ok {
				return nil, other
			}
			if _, why := w.keysOnly(name, ""); why != "" {
				return nil, why
			}
		} else if !p.asksKeys(mapping) {
			return nil, other
		}
		left = append(left, mapping)
	}
	return left, ""
}

// asksKeys tells whether a mapping is asked for nothing but its keys.
func (p *program) asksKeys(e analyzer.Expr) bool {
	switch parent := p.f.Parent(e).(type) {
	case *analyzer.Compare:
		last := len(parent.Ops) - 1
		return parent.Operands[last+1] == e && (parent.Ops[last] == "in" || parent.Ops[last] == "not in")
	case *analyzer.Attribute:
		c, ok := p.f.Parent(parent).(*analyzer.Call)
		return ok && parent.Attr == "keys" && c.Fn == analyzer.Expr(parent) && p.onlyIterated(c)
	case *analyzer.Call:
		return p.onlyIterated(e)
	case *analyzer.For:
		return parent.Iter == e
	}
	return false
}

// onlyIterated tells whether an expression is the argument of a function that only goes through it.
func (p *program) onlyIterated(e analyzer.Expr) bool {
	switch parent := p.f.Parent(e).(type) {
	case *analyzer.Call:
		fn, ok := parent.Fn.(*analyzer.Name)
		return ok && fn != e && len(p.f.Resolve(fn).Bindings) == 0 && slices.Contains([]string{"list", "sorted", "set", "len", "tuple"}, fn.ID)
	case *analyzer.For:
		return parent.Iter == e
	case *analyzer.Compare:
		return p.asksKeys(e)
	}
	return false
}

// callPruned turns a run into a call of a function that is pruned out of the model, one function for all runs of the same tensors.
func (w *loadWriter) callPruned(run tensorRun) {
	value := w.p.prunedFunction(w.model, run)
	for _, ref := range run.refs() {
		if ref.named != nil {
			w.copies(ref.named)
		}
	}
	fn, ok := w.made[value]
	if !ok {
		fn = w.variable("fn")
		w.made[value] = fn
		w.functions = append(w.functions, fn+" = "+value)
	}
	w.copies(run.values...)
	w.replaceRun(run, w.p.prunedCall(fn, run))
}

func (w *loadWriter) replaceRun(run tensorRun, text string) {
	w.edits = append(w.edits, Edit{run.call.Pos(), text})
	w.rewrote = append(w.rewrote, w.p.f.StmtOf(run.call))
}

func (w *loadWriter) writeLoad() {
	p := w.p
	tags := p.oneLine(w.load.Tags)
	w.copies(w.load.Directory, w.load.Tags)
	text := w.model + " = " + p.v2("saved_model.load") + "(" + p.oneLine(w.load.Directory) + ", tags=" + tags + ")\n" + strings.Join(w.functions, "\n")
	line := p.f.LineSpan(w.stmt.Pos())
	w.edits = append(w.edits, Edit{line, p.comments(line, w.target()) + indentLines(strings.TrimSuffix(text, "\n")+"\n", w.target(), p.end)})
	w.rewrote = append(w.rewrote, w.stmt)
}

// signatureCall writes a run as a call of the one signature that all of its tensors belong to.
func (w *loadWriter) signatureCall(run tensorRun) (text, why string) {
	p := w.p
	refs := run.refs()
	for _, ref := range refs {
		if ref.signature == "" {
			return "", "the session mixes tensors by name with those of a signature"
		}
		if ref.signature != refs[0].signature {
			return "", "the session runs tensors of several signatures at once"
		}
		if ref.key == nil {
			continue
		}
		if ref.keyName != "" && p.f.FuncOf(ref.key) != p.f.FuncOf(run.call) {
			continue // written as a constant
		}
		if ok, why := p.movable(ref.key, run.call); !ok {
			return "", why
		}
		w.copies(ref.key)
	}
	for _, side := range [][]tensorRef{run.feeds, run.fetches} {
		for i, ref := range side {
			if ref.key != nil && ref.keyName != "" && p.f.FuncOf(ref.key) != p.f.FuncOf(run.call) {
				side[i].keyed = p.quote(ref.keyName)
			}
		}
	}
	for _, ref := range run.fetches {
		if ref.input {
			return "", "the session runs an input of a signature"
		}
	}
	fn, why := w.signature(refs[0])
	if why != "" {
		return "", why
	}
	var args []string
	for i, ref := range run.feeds {
		if !ref.input {
			return "", "the session is fed an output of a signature"
		}
		w.copies(run.values[i])
		value := p.v2("constant") + "(" + p.oneLine(run.values[i]) + ", " + fn + ".structured_input_signature[1][" + ref.keyed + "].dtype)"
		if identifier(ref.keyName) {
			args = append(args, ref.keyName+"="+value)
		} else {
			args = append(args, "**{"+ref.keyed+": "+value+"}")
		}
	}
	call := fn + "(" + strings.Join(args, ", ") + ")"
	if len(run.fetches) == 1 && !run.several && run.keys == nil {
		return call + "[" + run.fetches[0].keyed + "].numpy()", ""
	}
	st := p.f.StmtOf(run.call)
	if !p.ownLines(st) || !p.firstCall(run.call, st) {
		return "", "the session runs several outputs of a signature inside a larger expression"
	}
	outputs := p.fresh("outputs")
	at := p.f.LineSpan(st.Pos()).Start
	w.edits = append(w.edits, Edit{analyzer.Span{Start: at, End: at}, w.indentOf(st) + outputs + " = " + call + p.end})
	var values []string
	for i, ref := range run.fetches {
		value := outputs + "[" + ref.keyed + "].numpy()"
		if run.keys != nil {
			w.copies(run.keys[i])
			value = p.oneLine(run.keys[i]) + ": " + value
		}
		values = append(values, value)
	}
	text = strings.Join(values, ", ")
	switch assign, ok := st.(*analyzer.Assign); {
	case run.keys != nil:
		return "{" + text + "}", ""
	case ok && assign.Value == analyzer.Expr(run.call) && len(assign.Targets) == 1 && isSeq(assign.Targets[0]) && len(values) > 1:
		return text, ""
	}
	return "[" + text + "]", ""
}

func isSeq(e analyzer.Expr) bool {
	_, ok := e.(*analyzer.Seq)
	return ok
}

// firstCall tells whether a call may be made in front of its statement: it is made in any case, once, and nothing else is called before.
func (p *program) firstCall(c *analyzer.Call, st analyzer.Stmt) bool {
	switch st.(type) {
	case *analyzer.Assign, *analyzer.ExprStmt, *analyzer.Return:
	default:
		return false
	}
	for n := p.f.Parent(analyzer.Node(c)); n != analyzer.Node(st); n = p.f.Parent(n) {
		switch n.(type) {
		case *analyzer.Call, *analyzer.Attribute, *analyzer.Subscript, *analyzer.Seq, *analyzer.Binary:
		default:
			return false
		}
	}
	for _, other := range p.f.Calls() {
		if other != c && p.f.StmtOf(other) == st && !other.Contains(c.Span) && other.Start < c.Start {
			return false
		}
	}
	return true
}

// signature is the variable that holds a signature's function: the program's own if it keeps the SignatureDef in one.
func (w *loadWriter) signature(ref tensorRef) (fn, why string) {
	p := w.p
	key := ref.signature
	if ref.def != nil {
		w.copies(ref.def.Index[0])
	}
	if name, ok := w.defs[key]; ok {
		return name, ""
	}
	value := w.model + ".signatures[" + key + "]"
	if ref.def != nil {
		if st, ok := p.f.Parent(ref.def).(*analyzer.Assign); ok && w.holder == "" && len(st.Targets) == 1 && w.region.has(st) && p.ownLines(st) {
			if n, ok := st.Targets[0].(*analyzer.Name); ok {
				w.kept[st] = value
				w.defs[key] = n.ID
				return n.ID, ""
			}
		}
		if !p.knownAt(ref.def.Index[0], w.stmt) {
			return "", "the key of a signature is not known where the model is loaded"
		}
	}
	fn = w.variable("fn")
	w.functions = append(w.functions, fn+" = "+value)
	w.defs[key] = fn
	return fn, ""
}

// lookups deletes the statements that only looked tensors up for the session.
func (w *regionWriter) lookups() {
	p := w.p
	for changed := true; changed; {
		changed = false
		for _, st := range w.regionAssigns() {
			if w.gone[st] || w.wasRewritten(st) || !p.ownLines(st) || !p.looksUp(st.Value) || w.lastOf(st) {
				continue
			}
			free := true
			var held []*analyzer.Name
			for _, t := range st.Targets {
				if !holdsNames(t) {
					free, held = false, nil
					break
				}
				held = append(held, names(t)...)
			}
			for _, n := range held {
				uses := p.f.Uses(p.f.BindingOf(n))
				free = free && len(uses) > 0 // what nothing used before is not ours to judge
				for _, u := range uses {
					free = free && (w.gone[p.f.StmtOf(u)] || covered(w.edits, u.Pos()) && !w.copied(u))
				}
			}
			if free {
				w.deleteLines(st)
				changed = true
			}
		}
	}
}

// holdsNames tells whether a target is a variable, or several.
func holdsNames(target analyzer.Expr) bool {
	if seq, ok := target.(*analyzer.Seq); ok {
		return !slices.ContainsFunc(seq.Elems, func(e analyzer.Expr) bool { return !holdsNames(e) })
	}
	_, ok := target.(*analyzer.Name)
	return ok
}

// looksUp tells whether an expression only asks a graph or a SignatureDef.
func (p *program) looksUp(e analyzer.Expr) bool {
	switch e := e.(type) {
	case *analyzer.Call:
		if p.Is(e, "get_default_graph", "saved_model.get_tensor_from_tensor_info") {
			return true
		}
		a, ok := e.Fn.(*analyzer.Attribute)
		return ok && (a.Attr == "get_tensor_by_name" || a.Attr == "as_graph_element" || a.Attr == "get_operation_by_name")
	case *analyzer.Attribute:
		return e.Attr == "name" || e.Attr == "graph" || e.Attr == "signature_def" || e.Attr == "inputs" || e.Attr == "outputs"
	case *analyzer.Subscript:
		a, ok := e.X.(*analyzer.Attribute)
		return ok && (a.Attr == "signature_def" || a.Attr == "inputs" || a.Attr == "outputs")
	case *analyzer.Str:
		return true
	case *analyzer.Seq:
		for _, el := range e.Elems {
			if _, isName := el.(*analyzer.Name); !isName && !p.looksUp(el) {
				return false
			}
		}
		return true
	case *analyzer.Dict: // what a session was run with, whose values stand in the calls now
		return true
	}
	return false
}

// regionAssigns are the assignments of the region, those in loops, conditions and other with statements included.
func (w *regionWriter) regionAssigns() []*analyzer.Assign {
	var out []*analyzer.Assign
	analyzer.Walk(w.region.block, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.FuncDef, *analyzer.ClassDef:
			return false
		case *analyzer.Assign:
			out = append(out, n)
		}
		return true
	})
	return out
}

// lastOf tells whether a statement is all that is left of its block.
func (w *regionWriter) lastOf(s analyzer.Stmt) bool {
	b, _ := w.p.f.BlockOf(s)
	if with, ok := w.p.f.Parent(b).(*analyzer.With); b == w.region.block || ok && w.region.withs[with] {
		return false
	}
	for _, other := range b.Stmts {
		if other != s && !w.gone[other] {
			return false
		}
	}
	return true
}
