package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// emitWrapped is the strategy for an inference graph whose variables are restored from a checkpoint and that is saved as it is: what builds the graph goes
// into a function that wrap_function wraps, the Saver restores the wrapped function's variables, and the signatures are pruned out of it.
func emitWrapped(p *program, site rules.Site) (*Fix, *Refusal) {
	e, ok := site.(*rules.Export)
	if !ok {
		return nil, nil
	}
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(site, exportByHand, why) }
	if why := p.checkExport(e); why != "" {
		return no(why)
	}
	if e.MetaGraphs[0].Session == nil {
		return no("it adds a meta graph without variables")
	}
	add, ok := p.f.StmtOf(e.MetaGraphs[0].Call).(*analyzer.ExprStmt)
	if !ok || add.X != analyzer.Expr(e.MetaGraphs[0].Call) || !p.ownLines(add) {
		return no("the call that takes the session is part of a larger statement")
	}
	r, why := p.liftRestored(e, add)
	if why == "" {
		why = r.uses(p, add)
	}
	if why != "" {
		return no(why)
	}
	w := &wrappedWriter{regionWriter: newRegionWriter(p, r.around), restored: r, e: e, add: add}
	w.sess = r.made
	for _, step := range []func() string{w.statements, w.names, w.tensors, w.wrappable, w.attributes, w.write, w.leaks, w.dissolve} {
		if why := step(); why != "" {
			return no(why)
		}
	}
	fix := &Fix{Site: site, Strategy: "wrapped", Applicability: Safe, Mode: EagerMode, Edits: w.edits, Wrapped: w.wrapped(), Elsewhere: w.elsewhere,
		Message: "the graph is built in a function that wrap_function wraps, its variables are restored there, and the signatures pruned out of it are saved by tf.saved_model.save"}
	p.qualifyNames(fix)
	return fix, nil
}

// wrappedWriter puts one such export together. Each step adds edits, or says why the strategy is not for this site.
type wrappedWriter struct {
	*regionWriter
	restored
	e   *rules.Export
	add *analyzer.ExprStmt

	build     []analyzer.Stmt            // what builds the graph, in order
	bound     map[*analyzer.Binding]bool // what these bind
	left      []analyzer.Stmt            // what only serves the export
	returned  []graphTensor
	sigs      []wrappedSignature
	check     *wrapping
	elsewhere map[string][]analyzer.Span // what is wrapped of other files
	called    map[*analyzer.Call]string  // what the placeholders' ops are to be called: as the signatures call them
}

// graphTensor is a tensor that the export needs of the graph.
type graphTensor struct {
	expr analyzer.Expr
	text string // as the function returns it
	name string // what it is called outside
	key  string // the key of a signature that has it
}

type wrappedSignature struct {
	rules.Signature
	inputs, outputs []int // of returned
	named           bool  // the inputs' ops are called as the signature calls them
}

// flat are the statements of the region in order, with those of the with statements that are dissolved.
func (w *wrappedWriter) flat(b *analyzer.Block) []analyzer.Stmt {
	var out []analyzer.Stmt
	for _, s := range b.Stmts {
		if with, ok := s.(*analyzer.With); ok && w.p.isContext(with) {
			w.region.withs[with] = true
			out = append(out, w.flat(with.Body)...)
			continue
		}
		out = append(out, s)
	}
	return out
}

// statements finds those that build the graph.
func (w *wrappedWriter) statements() string {
	p := w.p
	if _, ok := w.around.(*analyzer.With); !ok && !w.region.has(w.around) {
		return "the session is made elsewhere"
	}
	if !w.region.block.Contains(w.add.Span) || p.f.FuncOf(w.add) != p.f.FuncOf(w.around) {
		return "the session is made in another function"
	}
	graphs := 0
	for _, c := range p.Calls("Graph") {
		if p.f.FuncOf(c) == p.f.FuncOf(w.add) {
			graphs++
		}
	}
	if graphs > 1 {
		return "the function makes several graphs"
	}
	replaced := []analyzer.Stmt{w.add}
	if w.e.Builder != nil {
		replaced = append(replaced, p.f.StmtOf(w.e.Save))
	}
	w.left = p.leftovers(w.e, replaced...)
	special := map[analyzer.Stmt]bool{w.add: true, w.around: true, p.f.StmtOf(w.call): true}
	for _, list := range [][]analyzer.Stmt{w.left, w.inits, replaced} {
		for _, s := range list {
			special[s] = true
		}
	}
	if w.holder != nil {
		special[w.holder] = true
	}
	flat := w.flat(w.region.block)
	first, last, stop := -1, -1, len(flat)
	graph := map[*analyzer.Binding]bool{}
	for i, s := range flat {
		if s == analyzer.Stmt(w.holder) || s.Pos().Contains(w.call.Span) {
			stop = min(stop, i)
		}
		if special[s] || w.isDefinition(s) {
			continue
		}
		if w.resets(s) {
			w.drop(s)
			special[s] = true
			continue
		}
		if _, makesGraph := p.f.StmtOf(s).(*analyzer.Assign); makesGraph && w.makesGraph(s) {
			continue
		}
		if s.Pos().Contains(w.call.Span) || s.Pos().Contains(w.add.Span) {
			if i < stop {
				stop = i
			}
			continue
		}
		if p.buildsGraph(s, map[*analyzer.FuncDef]bool{}) || w.makesInstance(s) || w.callsElsewhere(s) || w.reads(s, graph) {
			if i > stop {
				return "the graph is changed after its variables are restored, or after the Saver is made"
			}
			if first < 0 {
				first = i
			}
			last = i
			for _, b := range w.bindings(s) {
				graph[b] = true
			}
		}
	}
	if first < 0 {
		return "no statement of the graph is in view"
	}
	w.bound = map[*analyzer.Binding]bool{}
	for _, s := range flat[first : last+1] {
		if special[s] || w.isDefinition(s) || w.makesGraph(s) || w.isPlain(s, graph) {
			continue
		}
		if why := w.movesInto(s); why != "" {
			return why
		}
		w.build = append(w.build, s)
		for _, b := range w.bindings(s) {
			w.bound[b] = true
		}
	}
	return ""
}

func (w *wrappedWriter) isDefinition(s analyzer.Stmt) bool {
	switch s.(type) {
	case *analyzer.FuncDef, *analyzer.ClassDef, *analyzer.Import, *analyzer.ImportFrom:
		return true
	}
	return isDocstring(s)
}

// makesGraph tells whether a statement is `g = tf.Graph()`.
func (w *wrappedWriter) makesGraph(s analyzer.Stmt) bool {
	a, ok := s.(*analyzer.Assign)
	if !ok {
		return false
	}
	c, ok := a.Value.(*analyzer.Call)
	return ok && w.p.Is(c, "Graph")
}

// resets tells whether a statement is tf.reset_default_graph(), which has nothing to reset any more.
func (w *wrappedWriter) resets(s analyzer.Stmt) bool {
	x, ok := s.(*analyzer.ExprStmt)
	if !ok {
		return false
	}
	c, ok := x.X.(*analyzer.Call)
	return ok && w.p.Is(c, "reset_default_graph") && w.p.ownLines(s)
}

// makesInstance tells whether a statement uses a class or a method of the file that builds graphs.
func (w *wrappedWriter) makesInstance(s analyzer.Stmt) bool {
	found := false
	analyzer.Walk(s, func(n analyzer.Node) bool {
		if c, ok := n.(*analyzer.Call); ok {
			for _, o := range w.p.f.Value(c.Fn).Origins {
				if d, ok := o.Node.(*analyzer.ClassDef); ok && o.Kind == analyzer.FromDef && w.p.buildsGraph(d.Body, map[*analyzer.FuncDef]bool{}) {
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// callsElsewhere tells whether a statement calls what another file of the project defines.
func (w *wrappedWriter) callsElsewhere(s analyzer.Stmt) bool {
	found := false
	analyzer.Walk(s, func(n analyzer.Node) bool {
		if c, ok := n.(*analyzer.Call); ok {
			found = found || slices.ContainsFunc(w.p.f.Value(c.Fn).Origins, func(o analyzer.Origin) bool { return o.Home != nil && o.Node != nil })
		}
		return !found
	})
	return found
}

// reads tells whether a statement reads what one of the bindings holds.
func (w *wrappedWriter) reads(s analyzer.Node, bound map[*analyzer.Binding]bool) bool {
	for _, n := range names(s) {
		for _, b := range w.p.f.Resolve(n).Bindings {
			if bound[b] {
				return true
			}
		}
	}
	return false
}

// bindings are those that a statement makes in the scope it stands in.
func (w *wrappedWriter) bindings(s analyzer.Stmt) []*analyzer.Binding {
	var out []*analyzer.Binding
	scope := w.p.f.Scope(s)
	for _, v := range scope.Vars {
		for _, b := range v.Bindings {
			if s.Pos().Contains(b.At) && b.Scope == scope {
				out = append(out, b)
			}
		}
	}
	return out
}

// isPlain tells whether a statement between those of the graph may stay in front of them: it names a value that nothing of the graph is in.
func (w *wrappedWriter) isPlain(s analyzer.Stmt, graph map[*analyzer.Binding]bool) bool {
	a, ok := s.(*analyzer.Assign)
	return ok && len(a.Targets) == 1 && a.Value != nil && onlyNames(a.Targets[0]) && w.p.plainPath(a.Value) && !w.reads(s, graph)
}

// movesInto tells why a statement can't be moved into a function; "" if it can.
func (w *wrappedWriter) movesInto(s analyzer.Stmt) string {
	p := w.p
	if !p.ownLines(s) {
		return "a statement that builds the graph shares its line with another"
	}
	why := ""
	depth := 0
	var visit func(n analyzer.Node)
	visit = func(n analyzer.Node) {
		switch n := n.(type) {
		case *analyzer.Return, *analyzer.Global, *analyzer.Delete, *analyzer.Try, *analyzer.Match, *analyzer.OldStmt:
			why = "what builds the graph holds a statement that can't be moved into a function"
		case *analyzer.Simple:
			if n.Kind != "pass" && depth == 0 {
				why = "what builds the graph leaves a loop"
			}
		case *analyzer.For, *analyzer.While:
			depth++
			analyzer.Children(n, visit)
			depth--
			return
		case *analyzer.FuncDef, *analyzer.ClassDef, *analyzer.Lambda:
			return
		case *analyzer.Str:
			if strings.ContainsAny(p.f.Text(n.Span), "\r\n") {
				why = "what builds the graph holds a string of several lines"
			}
		case *analyzer.Name:
			for _, b := range p.f.Resolve(n).Bindings {
				if b == w.binding {
					why = "what builds the graph uses the session"
				}
			}
		}
		analyzer.Children(n, visit)
	}
	visit(s)
	return why
}

// names holds what the function binds to what it may bind: names of its own, that nothing outside reads but for the tensors it returns.
func (w *wrappedWriter) names() string {
	p := w.p
	for b := range w.bound {
		for _, other := range b.Scope.Vars[b.Ident].Bindings {
			if !w.bound[other] {
				return "`" + b.Ident + "` is given another value elsewhere"
			}
		}
		for _, u := range p.f.Uses(b) {
			if w.inBuild(u) || w.inExport(u) {
				continue
			}
			return "`" + b.Ident + "` is used outside of what is saved"
		}
	}
	return ""
}

func (w *wrappedWriter) inBuild(n analyzer.Node) bool {
	return slices.ContainsFunc(w.build, func(s analyzer.Stmt) bool { return s.Pos().Contains(n.Pos()) })
}

// inExport tells whether n stands in what the export is rewritten from.
func (w *wrappedWriter) inExport(n analyzer.Node) bool {
	if w.add.Contains(n.Pos()) {
		return true
	}
	return slices.ContainsFunc(w.left, func(s analyzer.Stmt) bool { return s.Pos().Contains(n.Pos()) })
}

// tensors collects what the function returns, and which signature has what of it.
func (w *wrappedWriter) tensors() string {
	p := w.p
	for _, s := range w.e.MetaGraphs[0].Signatures {
		if s.Method == "" {
			return "its method name is not constant"
		}
		if s.Inputs.Whole != nil || s.Outputs.Whole != nil {
			return "its inputs or outputs are collected out of view"
		}
		if s.Key != nil {
			if ok, why := p.movable(s.Key, w.add); !ok {
				return why
			}
		}
		sig := wrappedSignature{Signature: s, named: true}
		for _, it := range s.Inputs.Items {
			made, ok := p.placeholderOf(it.Tensor)
			if !ok || it.Name == "" {
				return "the input " + it.Name + " is not a placeholder made in view"
			}
			sig.named = sig.named && w.calls(made, it.Name)
			i, why := w.tensor(it)
			if why != "" {
				return why
			}
			sig.inputs = append(sig.inputs, i)
		}
		for _, it := range s.Outputs.Items {
			i, why := w.tensor(it)
			if why != "" {
				return why
			}
			sig.outputs = append(sig.outputs, i)
		}
		if len(sig.inputs) == 0 || len(sig.outputs) == 0 {
			return "a signature has no inputs or no outputs"
		}
		w.sigs = append(w.sigs, sig)
	}
	return ""
}

// placeholderOf is the placeholder that a tensor surely is, also where a function of the file returns it, by itself or in a tuple.
func (p *program) placeholderOf(e analyzer.Expr) (*analyzer.Call, bool) {
	if c, ok := p.MadeBy(e, "placeholder"); ok {
		return c, true
	}
	n, ok := e.(*analyzer.Name)
	if !ok || len(p.f.Resolve(n).Bindings) != 1 {
		return nil, false
	}
	b := p.f.Resolve(n).Bindings[0]
	call, ok := b.Value.(*analyzer.Call)
	if !ok || b.Kind != analyzer.BindAssign || len(b.Path) > 1 {
		return nil, false
	}
	o, ok := p.f.Only(call.Fn)
	d, isDef := o.Node.(*analyzer.FuncDef)
	if !ok || !isDef || o.Kind != analyzer.FromDef || len(d.Decorators) > 0 || len(p.f.Returns(d)) != 1 {
		return nil, false
	}
	e = p.f.Returns(d)[0]
	if len(b.Path) == 1 {
		seq, ok := e.(*analyzer.Seq)
		if !ok || b.Path[0] < 0 || b.Path[0] >= len(seq.Elems) {
			return nil, false
		}
		e = seq.Elems[b.Path[0]]
	}
	return p.MadeBy(e, "placeholder")
}

// tensor is the place of a tensor among those that the function returns.
func (w *wrappedWriter) tensor(it rules.Item) (int, string) {
	p := w.p
	if !w.reads(it.Tensor, w.bound) && !strings.HasPrefix(analyzer.Dotted(it.Tensor), "self.") {
		return 0, "a tensor of the signature is made elsewhere"
	}
	if p.f.FuncOf(it.Tensor) != p.f.FuncOf(w.add) {
		return 0, "a tensor of the signature is named in another function"
	}
	text := p.oneLine(it.Tensor)
	for i, t := range w.returned {
		if t.text == text {
			return i, ""
		}
	}
	t := graphTensor{expr: it.Tensor, text: text, key: it.Name}
	if n, ok := it.Tensor.(*analyzer.Name); ok {
		t.name = n.ID
	}
	w.returned = append(w.returned, t)
	return len(w.returned) - 1, ""
}

// calls tells whether the op of a placeholder may get a signature's name for it, and surely has it then: only those of the placeholders at the start
// of what is built are sure of their names.
func (w *wrappedWriter) calls(c *analyzer.Call, key string) bool {
	p := w.p
	if name, ok := w.called[c]; ok {
		return name == key
	}
	if a, state := c.Arg("name", 2); state == analyzer.Unknowable {
		return false
	} else if state == analyzer.Present && a.Name == "" {
		if name, ok := p.String(a.Value); !ok || name != key {
			return false
		}
	}
	leading := false
	for _, s := range w.build {
		st, ok := s.(*analyzer.Assign)
		if !ok {
			break
		}
		other, ok := st.Value.(*analyzer.Call)
		if !ok || !p.Is(other, "placeholder") {
			break
		}
		if other == c {
			leading = true
			continue
		}
		taken := "Placeholder"
		if name, ok := w.called[other]; ok {
			taken = name
		} else if a, state := other.Arg("name", 2); state == analyzer.Present {
			if taken, ok = p.String(a.Value); !ok {
				return false
			}
		}
		if strings.EqualFold(taken, key) {
			return false
		}
	}
	if !leading || !letter(key[0]) || w.namesElsewhere(c, key) {
		return false
	}
	if w.called == nil {
		w.called = map[*analyzer.Call]string{}
	}
	w.called[c] = key
	return true
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// namesElsewhere tells whether a name that a placeholder's op does not have yet may be that of a variable or a scope, which would get another one then.
func (w *wrappedWriter) namesElsewhere(c *analyzer.Call, key string) bool {
	p := w.p
	if a, state := c.Arg("name", 2); state == analyzer.Present {
		if name, ok := p.String(a.Value); ok && name == key {
			return false
		}
	}
	found := false
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		if s, ok := n.(*analyzer.Str); ok && !w.inExport(s) && !c.Contains(s.Span) {
			first, _, _ := strings.Cut(s.Value, "/")
			found = found || strings.EqualFold(first, key)
		}
		return !found
	})
	return found
}

// callEdits make the ops of the placeholders have the names that the signatures have for them.
func (w *wrappedWriter) callEdits() []Edit {
	p := w.p
	var edits []Edit
	for c, key := range w.called {
		if a, state := c.Arg("name", 2); state == analyzer.Present {
			if name, ok := p.String(a.Value); !ok || name != key {
				edits = append(edits, Edit{a.Value.Pos(), p.quote(key)})
			}
			continue
		}
		at := c.Args[len(c.Args)-1].End
		edits = append(edits, Edit{analyzer.Span{Start: at, End: at}, ", name=" + p.quote(key)})
	}
	return edits
}

// wrappable asks whether what builds the graph builds the same one in a wrapped function.
func (w *wrappedWriter) wrappable() string {
	w.check = newWrapping(w.p)
	for _, s := range w.build {
		if why := w.check.node(s); why != "" {
			return "what builds the graph can't be wrapped: " + why
		}
	}
	for _, t := range w.returned {
		if why := w.check.node(t.expr); why != "" {
			return "what builds the graph can't be wrapped: " + why
		}
	}
	var why string
	w.elsewhere, why = w.check.wrappedElsewhere()
	return why
}

// attributes tells why a tensor that an object from outside holds may be used elsewhere; "" if none is.
func (w *wrappedWriter) attributes() string {
	p := w.p
	held := map[string]bool{}
	outside := func(e analyzer.Expr) bool {
		root := rootName(e)
		return root == nil || !slices.ContainsFunc(p.f.Resolve(root).Bindings, func(b *analyzer.Binding) bool { return w.bound[b] })
	}
	for _, s := range w.build {
		analyzer.Walk(s, func(n analyzer.Node) bool {
			if a, ok := n.(*analyzer.Assign); ok {
				for _, t := range a.Targets {
					if a, ok := t.(*analyzer.Attribute); ok && outside(a) {
						held[a.Attr] = true
					}
				}
			}
			return true
		})
	}
	for _, t := range w.returned {
		if a, ok := t.expr.(*analyzer.Attribute); ok && outside(a) {
			held[a.Attr] = true
		}
	}
	why := ""
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		if w.check.seen[n] {
			return false
		}
		if a, ok := n.(*analyzer.Attribute); ok && held[a.Attr] && why == "" && !w.inBuild(a) && !w.inExport(a) {
			why = "`" + p.f.Text(a.Pos()) + "` is used outside of what is saved"
		}
		return why == ""
	})
	return why
}

// wrapped are the functions and classes that only the wrapped function uses.
func (w *wrappedWriter) wrapped() []analyzer.Node {
	p := w.p
	var out []analyzer.Node
	for grown := true; grown; {
		grown = false
		for d := range w.check.seen {
			name := definedName(d)
			if name == nil || slices.Contains(out, d) {
				continue
			}
			in := func(u analyzer.Node) bool {
				return w.inBuild(u) || w.inExport(u) || slices.ContainsFunc(out, func(o analyzer.Node) bool { return o.Pos().Contains(u.Pos()) })
			}
			if p.OnlyUsedIn(name, in) || p.methodOnlyUsedIn(d, in) {
				out = append(out, d)
				grown = true
			}
		}
	}
	return out
}

// methodOnlyUsedIn tells whether n is a method of a class, attributes called like it are used, and only where in holds, other uses inside itself apart.
func (p *program) methodOnlyUsedIn(n analyzer.Node, in func(analyzer.Node) bool) bool {
	d, ok := n.(*analyzer.FuncDef)
	if !ok {
		return false
	}
	if _, ok := p.f.Parent(p.f.Parent(d)).(*analyzer.ClassDef); !ok {
		return false
	}
	found, only := false, true
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		if a, ok := n.(*analyzer.Attribute); ok && a.Attr == d.Name.ID && !d.Contains(a.Span) {
			found, only = true, only && in(a)
		}
		return only
	})
	return found && only
}

func definedName(n analyzer.Node) *analyzer.Name {
	switch d := n.(type) {
	case *analyzer.FuncDef:
		return d.Name
	case *analyzer.ClassDef:
		return d.Name
	}
	return nil
}

// write writes the function, the Saver and the export.
func (w *wrappedWriter) write() string {
	p := w.p
	builder := p.fresh("build_graph")
	graph := "graph"
	if p.taken[graph] {
		graph = "wrapped_graph"
	}
	graph = p.fresh(graph)
	for i := range w.returned {
		t := &w.returned[i]
		if t.name != "" {
			continue
		}
		base := t.key
		if a, ok := t.expr.(*analyzer.Attribute); ok {
			base = a.Attr
		}
		if !identifier(base) {
			base = "tensor"
		}
		if shadowsBuiltin[base] {
			base += "_"
		}
		t.name = p.fresh(base)
	}
	w.graphFunction(builder, graph)
	for _, e := range w.check.edits {
		if !slices.ContainsFunc(w.build, func(s analyzer.Stmt) bool { return s.Pos().Contains(e.Span) }) {
			w.edits = append(w.edits, e)
		}
	}
	if why := w.save(graph); why != "" {
		return why
	}
	w.saverOf(graph)
	for _, s := range append(w.inits, w.left...) {
		if !w.gone[s] {
			w.delete(s)
		}
	}
	for s := range w.gone {
		if w.resets(s) {
			w.delete(s)
		}
	}
	if a, ok := w.around.(*analyzer.Assign); ok {
		if !p.ownLines(a) || len(a.Targets) != 1 || a.Value != analyzer.Expr(w.made) {
			return "the session is made inside a larger statement"
		}
		w.delete(a)
	}
	return w.emptied()
}

// emptied tells whether a block that is not dissolved would lose all its statements.
func (w *wrappedWriter) emptied() string {
	for s := range w.gone {
		b, _ := w.p.f.BlockOf(s)
		if b == nil || b == w.region.block || w.dissolved(b) {
			continue
		}
		if !slices.ContainsFunc(b.Stmts, func(s analyzer.Stmt) bool { return !w.gone[s] }) {
			return "a block would be left empty"
		}
	}
	return ""
}

// delete deletes a statement; its comments stay.
func (w *wrappedWriter) delete(s analyzer.Stmt) {
	line := w.p.f.LineSpan(s.Pos())
	text := w.p.comments(line, w.indentOf(s))
	if text == "" {
		line = w.p.swallowBlanks(line)
	}
	w.gone[s] = true
	w.edits = append(w.edits, Edit{line, text})
}

// graphFunction puts the function that builds the graph where its last statement was, and deletes the others.
func (w *wrappedWriter) graphFunction(builder, graph string) {
	p := w.p
	blank := 1
	if w.region.block == p.f.Module {
		blank = 2
	}
	var body strings.Builder
	for i, s := range w.build {
		if i > 0 && p.blankBefore(p.commentsAbove(p.f.LineSpan(s.Pos())).Start) && w.build[i-1].Pos().End < p.f.LineSpan(s.Pos()).Start {
			body.WriteString("\n")
		}
		body.WriteString(w.moved(s))
		w.gone[s] = true
	}
	var texts, names []string
	for _, t := range w.returned {
		texts = append(texts, t.text)
		names = append(names, t.name)
	}
	body.WriteString("return " + strings.Join(texts, ", ") + "\n")
	text := "def " + builder + "():\n" + indentLines(body.String(), p.indent, "\n")
	out := blanksBefore(blank) + indentLines(text, w.target(), p.end) + blanksAfter(blank) +
		w.target() + graph + " = " + p.v1("wrap_function") + "(" + builder + ", [])" + p.end +
		w.target() + strings.Join(names, ", ") + " = " + graph + ".structured_outputs" + p.end
	for i, s := range w.build {
		line := p.f.LineSpan(s.Pos())
		line.Start = p.commentsAbove(line).Start
		if i < len(w.build)-1 {
			w.edits = append(w.edits, Edit{p.swallowBlanks(line), ""})
			continue
		}
		w.edits = append(w.edits, Edit{line, out})
	}
}

// moved is a statement of the graph with the comments on its lines and right above it, without its indentation.
func (w *wrappedWriter) moved(s analyzer.Stmt) string {
	p := w.p
	line := p.f.LineSpan(s.Pos())
	above := p.commentsAbove(line)
	old := lineIndent(p.f, s.Pos().Start)
	var out strings.Builder
	text := p.spanText(analyzer.Span{Start: above.Start, End: line.End}, append(w.callEdits(), w.check.edits...))
	for l := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		out.WriteString(strings.TrimPrefix(l, old))
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// saverOf makes the Saver one of the graph's variables, and takes the session out of restoring.
func (w *wrappedWriter) saverOf(graph string) {
	p := w.p
	text := p.v1("train.Saver") + "(" + graph + ".variables"
	for i, a := range w.saver.Args {
		if a.Name != "" && a.Name != "var_list" {
			text += ", " + a.Name + "=" + p.oneLine(a.Value)
		} else if i > 0 {
			continue
		}
	}
	w.edits = append(w.edits, Edit{w.saver.Span, text + ")"})
	sess, _ := w.call.Arg("sess", 0)
	w.edits = append(w.edits, Edit{sess.Value.Pos(), "None"})
	w.rewrote = append(w.rewrote, p.f.StmtOf(w.call))
	if w.holder != nil {
		w.rewrote = append(w.rewrote, w.holder)
	}
}

// save writes tf.saved_model.save, and deletes what only served the Builder.
func (w *wrappedWriter) save(graph string) string {
	p := w.p
	dir := p.oneLine(w.e.Directory)
	if w.e.Builder != nil {
		if ok, why := p.movable(w.e.Directory, w.add); !ok {
			return why
		}
		if !p.plainPath(w.e.Directory) {
			return "the export directory is made where the Builder is"
		}
		saved, ok := p.f.StmtOf(w.e.Save).(*analyzer.ExprStmt)
		if !ok || saved.X != analyzer.Expr(w.e.Save) || !p.ownLines(saved) {
			return "the Builder's save is part of a larger statement"
		}
		if p.saveLeavesEarly(w.add, w.e.Save) {
			return "the Builder is saved only under a condition"
		}
		w.delete(saved)
	}
	model := p.fresh("module")
	var entries []string
	for _, s := range w.sigs {
		entries = append(entries, p.signatureKey(s.Signature)+": "+w.function(graph, s))
	}
	text := model + " = " + p.v2("Module") + "()\n" + model + ".graph_variables = " + graph + ".variables\n"
	save := p.v2("saved_model.save") + "(" + model + ", " + dir + ", signatures="
	if signatures := "{" + strings.Join(entries, ", ") + "}"; len(save)+len(signatures) < 110 && !strings.Contains(signatures, "\n") {
		save += signatures + ")"
	} else {
		save += "{\n" + p.indent + strings.Join(entries, ",\n"+p.indent) + ",\n})"
	}
	line := p.f.LineSpan(w.add.Pos())
	indent := w.indentOf(w.add)
	text += save + p.methodNames(w.e.MetaGraphs[0].Signatures, dir)
	w.edits = append(w.edits, Edit{line, p.comments(line, indent) + indentLines(text, indent, p.end)})
	w.rewrote = append(w.rewrote, w.add)
	return ""
}

// function is what computes a signature: pruned out of the graph, under the signature's names for its inputs.
func (w *wrappedWriter) function(graph string, s wrappedSignature) string {
	p := w.p
	var feeds, specs, fetches []string
	for i, it := range s.Inputs.Items {
		name := w.returned[s.inputs[i]].name
		feeds = append(feeds, name)
		specs = append(specs, p.v2("TensorSpec")+"("+name+".shape, "+name+".dtype, "+p.quote(it.Name)+")")
	}
	for i, it := range s.Outputs.Items {
		fetches = append(fetches, p.keyText(it)+": "+w.returned[s.outputs[i]].name)
	}
	feed := feeds[0]
	if len(feeds) > 1 {
		feed = "[" + strings.Join(feeds, ", ") + "]"
	}
	pruned := graph + ".prune(" + feed + ", {" + strings.Join(fetches, ", ") + "})"
	if len(pruned) > 110 {
		deep := p.indent + p.indent
		if !s.named {
			deep += p.indent
		}
		pruned = graph + ".prune(" + feed + ", {\n" + deep + strings.Join(fetches, ",\n"+deep) + "})"
	}
	if s.named {
		return pruned
	}
	specsText := "input_signature=[" + strings.Join(specs, ", ") + "]"
	if len(specsText) > 100 {
		specsText = "input_signature=[\n" + p.indent + p.indent + p.indent + strings.Join(specs, ",\n"+p.indent+p.indent+p.indent) + "]"
	}
	return p.v2("function") + "(\n" + p.indent + p.indent + pruned + ",\n" + p.indent + p.indent + specsText + ")"
}

// shadowsBuiltin are the builtins that a tensor is likely to be called like.
var shadowsBuiltin = map[string]bool{"id": true, "input": true, "max": true, "min": true, "sum": true, "type": true, "len": true, "range": true, "filter": true, "map": true, "all": true, "any": true, "hash": true, "format": true}
