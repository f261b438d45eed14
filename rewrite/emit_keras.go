package rewrite

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

const kerasByHand = "write a tf.function with an input_signature that calls the model with training=False, and save it with tf.saved_model.save"

// emitKeras is the strategy for a Keras model that is exported through Keras's session: the model is called, eagerly and for inference, in a tf.function
// for each signature. It holds where the model's weights do not depend on how Keras runs: they are set, loaded or constant, and nothing trains. Where
// Keras 3 is the target there is no session to fall back to, and the fix says what it assumes.
func emitKeras(p *program, site rules.Site) (*Fix, *Refusal) {
	e, ok := site.(*rules.Export)
	if !ok || len(e.MetaGraphs) != 1 || e.MetaGraphs[0].Session == nil {
		return nil, nil
	}
	sess, ok := p.f.OnlyCall(e.MetaGraphs[0].Session)
	if !ok || !p.IsKerasSession(sess) {
		return nil, nil
	}
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(site, kerasByHand, why) }
	if why := p.checkExport(e); why != "" {
		return no(why)
	}
	add, ok := p.f.StmtOf(e.MetaGraphs[0].Call).(*analyzer.ExprStmt)
	if !ok || add.X != analyzer.Expr(e.MetaGraphs[0].Call) || !p.ownLines(add) {
		return no("the call that takes the session is part of a larger statement")
	}
	w := &kerasWriter{regionWriter: newRegionWriter(p, add), e: e, add: add}
	w.sess = sess
	for _, step := range []func() string{w.signatures, w.save, w.session, w.phases, w.leaks, w.dissolve} {
		if why := step(); why != "" {
			return no(why)
		}
	}
	fix := &Fix{Site: site, Strategy: "keras", Applicability: Safe, Mode: EagerMode, Edits: w.edits,
		Message: "the Keras model is called in a tf.function for each signature, saved by tf.saved_model.save"}
	if why := w.unsettled(); why != "" {
		if !p.Target.HasKeras3() { // Keras 2, whose graph and session give the very same weights
			return no(why)
		}
		fix.Applicability = Unsafe
		fix.Message += ": the model is Keras 3's, whose weights and layers may differ from those of TensorFlow 1 (" + why + ")"
	}
	p.qualify(fix)
	return fix, nil
}

// kerasWriter puts one export of a Keras model together.
type kerasWriter struct {
	*regionWriter
	e   *rules.Export
	add *analyzer.ExprStmt

	model analyzer.Expr  // the model, as the source names it
	made  *analyzer.Call // what made it, where the tensors tell
	sigs  []kerasSignature
	moved []*analyzer.Assign // statements whose values the functions compute

	called string // the model of inner layers that is called in its place; "" if there is none
}

// kerasSignature is a signature in the terms of the model.
type kerasSignature struct {
	rules.Signature
	inputs  []kerasInput // in the order of the model's inputs
	specs   []kerasInput // in the order of the signature
	outputs []kerasOutput
	layers  map[string]int // the order of what the model of inner layers returns, where the signature needs that
}

type kerasInput struct {
	key   string
	index int
}

type kerasOutput struct {
	key    string // as source
	tensor analyzer.Expr
}

// tensorOf is one of a model's tensors: its input or output number index, or the output of one of its layers.
type tensorOf struct {
	model analyzer.Expr
	made  *analyzer.Call // what made the model, if that is how it was found
	side  string         // "input", "output" or "layer"
	index int
}

// unsettled tells why the weights may differ where the model is built eagerly; "" if they can't.
func (w *kerasWriter) unsettled() string {
	p := w.p
	made, at, ok := w.maker()
	if !ok {
		return "what makes the model is not in view"
	}
	if why := p.unlikeKeras(w.edits); why != "" {
		return why
	}
	if !p.settled(made, at, 0) {
		return "the weights are random at the start, and nothing in view sets them"
	}
	return ""
}

// maker is the call that made the model, and where its caller uses it.
func (w *kerasWriter) maker() (made *analyzer.Call, at analyzer.Node, ok bool) {
	if w.made != nil {
		return w.made, w.add, true
	}
	return w.p.instance(w.model, w.add)
}

// tensor tells which tensor of a model e is.
func (w *kerasWriter) tensor(e analyzer.Expr) (t tensorOf, ok bool) {
	p := w.p
	switch e := e.(type) {
	case *analyzer.Attribute:
		if e.Attr != "input" && e.Attr != "output" {
			return t, false
		}
		if sub, isSub := e.X.(*analyzer.Subscript); isSub {
			if a, isAttr := sub.X.(*analyzer.Attribute); isAttr && a.Attr == "layers" && e.Attr == "output" && analyzer.Dotted(a.X) != "" {
				return tensorOf{model: a.X, side: "layer"}, true
			}
			return t, false
		}
		if c, isCall := e.X.(*analyzer.Call); isCall {
			if a, isAttr := c.Fn.(*analyzer.Attribute); isAttr && a.Attr == "get_layer" && e.Attr == "output" && analyzer.Dotted(a.X) != "" {
				return tensorOf{model: a.X, side: "layer"}, true
			}
			return t, false
		}
		return tensorOf{model: e.X, side: e.Attr}, analyzer.Dotted(e.X) != "" && !w.isLayer(e.X)
	case *analyzer.Subscript:
		a, isAttr := e.X.(*analyzer.Attribute)
		if !isAttr || a.Attr != "inputs" && a.Attr != "outputs" || analyzer.Dotted(a.X) == "" {
			return t, false
		}
		if len(e.Index) != 1 {
			return t, false
		}
		v, ok := p.f.Constant(e.Index[0], rules.Known)
		index, isInt := v.(int64)
		if !ok || !isInt || index < 0 {
			return t, false
		}
		return tensorOf{model: a.X, side: strings.TrimSuffix(a.Attr, "s"), index: int(index)}, true
	case *analyzer.Name:
		if t, ok := w.functional(e); ok {
			return t, true
		}
		c, ok := p.f.OnlyCall(e)
		return tensorOf{side: "layer"}, ok && w.isLayer(c.Fn) && p.f.FuncOf(c) == p.f.FuncOf(w.add)
	}
	return t, false
}

// isLayer tells whether e surely is a layer, whose input and output are spelled as a model's.
func (w *kerasWriter) isLayer(e analyzer.Expr) bool {
	c, ok := w.p.f.OnlyCall(e)
	if !ok {
		return false
	}
	name, ok := w.p.kerasName(c.Fn)
	return ok && strings.HasPrefix(name, "layers.")
}

// functional finds the tensor that a variable holds among those that a functional model is made of.
func (w *kerasWriter) functional(n *analyzer.Name) (t tensorOf, ok bool) {
	p := w.p
	made, ok := p.f.OnlyCall(n)
	if !ok {
		return t, false
	}
	for _, c := range p.f.Calls() {
		name, isKeras := p.kerasName(c.Fn)
		if !isKeras || name != "Model" && name != "models.Model" {
			continue
		}
		st, isAssign := p.f.StmtOf(c).(*analyzer.Assign)
		if !isAssign || st.Value != analyzer.Expr(c) || len(st.Targets) != 1 || analyzer.Dotted(st.Targets[0]) == "" || p.f.FuncOf(c) != p.f.FuncOf(w.add) {
			continue
		}
		if target, isName := st.Targets[0].(*analyzer.Name); !isName || len(p.f.BindingOf(target).Scope.Vars[target.ID].Bindings) != 1 {
			continue
		}
		for i, side := range []string{"input", "output"} {
			a, state := c.Arg(side+"s", i)
			if state != analyzer.Present {
				continue
			}
			elems := []analyzer.Expr{a.Value}
			x, _ := p.f.OnlyExpr(a.Value)
			seq, isSeq := x.(*analyzer.Seq)
			if isSeq {
				elems = seq.Elems
			}
			for j, el := range elems {
				if m, ok := p.f.OnlyCall(el); ok && m == made {
					return tensorOf{st.Targets[0], c, side, j}, true
				}
			}
		}
	}
	return t, false
}

// follow takes a variable to the expression that it holds at the export, as long as that is one assignment that means the same there.
func (w *kerasWriter) follow(e analyzer.Expr) analyzer.Expr {
	p := w.p
	n, ok := e.(*analyzer.Name)
	if !ok {
		return e
	}
	res := p.f.Resolve(n)
	if len(res.Bindings) != 1 {
		return e
	}
	st, ok := res.Bindings[0].Node.(*analyzer.Assign)
	if !ok || len(st.Targets) != 1 || st.Value == nil || !p.ownLines(st) {
		return e
	}
	if target, ok := st.Targets[0].(*analyzer.Name); !ok || p.f.BindingOf(target) != res.Bindings[0] {
		return e
	}
	if ok, _ := p.movable(st.Value, w.add); !ok || p.madeOfItself(st) || !w.holdsTensor(st.Value) {
		return e
	}
	if !slices.Contains(w.moved, st) {
		w.moved = append(w.moved, st)
	}
	return st.Value
}

// holdsTensor tells whether an expression is made of tensors of a model.
func (w *kerasWriter) holdsTensor(n analyzer.Node) bool {
	found := false
	w.eachTensor(n, func(analyzer.Expr, tensorOf) { found = true })
	return found
}

// use notes the model that a tensor belongs to; all tensors have to belong to one.
func (w *kerasWriter) use(t tensorOf) string {
	p, m := w.p, t.model
	if m == nil { // the output of a layer, held by a variable
		return ""
	}
	if t.made != nil {
		w.made = t.made
	}
	if w.model == nil {
		if ok, why := p.movable(m, w.add); !ok && p.f.FuncOf(m) == p.f.FuncOf(w.add) {
			return why
		}
		w.model = m
	}
	if p.f.Text(w.model.Pos()) != p.f.Text(m.Pos()) {
		return "its tensors belong to several models"
	}
	return ""
}

// signatures reads the signatures.
func (w *kerasWriter) signatures() string {
	p := w.p
	for _, s := range w.e.MetaGraphs[0].Signatures {
		if s.Method != rules.PredictMethod {
			return "its method name is " + s.Method
		}
		if why := p.signatureMoves(s, w.add); why != "" {
			return why
		}
		k := kerasSignature{Signature: s}
		inputs, why := w.pairs(s.Inputs, "input")
		if why != "" {
			return why
		}
		for _, in := range inputs {
			key, ok := p.String(in.keyExpr)
			if in.key != "" {
				key, ok = in.key, true
			}
			t, isTensor := w.tensor(in.tensor)
			if !isTensor {
				t, isTensor = w.tensor(w.follow(in.tensor))
			}
			switch {
			case !ok || !identifier(key):
				return "the name of an input is no constant identifier"
			case !isTensor || t.side != "input":
				return "the input " + key + " is not an input of a model in view"
			case slices.ContainsFunc(k.specs, func(o kerasInput) bool { return o.index == t.index }):
				return "one input of the model is fed under two names"
			}
			if why := w.use(t); why != "" {
				return why
			}
			k.specs = append(k.specs, kerasInput{key, t.index})
		}
		k.inputs = slices.Clone(k.specs)
		slices.SortFunc(k.inputs, func(a, b kerasInput) int { return a.index - b.index })
		for i, in := range k.inputs {
			if in.index != i {
				return "the signature feeds only some of the model's inputs"
			}
		}
		outputs, why := w.pairs(s.Outputs, "output")
		if why != "" {
			return why
		}
		for _, out := range outputs {
			key := out.key
			if out.keyExpr != nil {
				key = p.oneLine(out.keyExpr)
			} else {
				key = p.quote(key)
			}
			if why := w.check(out.tensor); why != "" {
				return why
			}
			if c, ok := out.tensor.(*analyzer.Call); ok && p.Is(c, "identity") { // it is there for its name, and the key says that now
				if a, state := c.Arg("input", 0); state == analyzer.Present {
					out.tensor = a.Value
				}
			}
			k.outputs = append(k.outputs, kerasOutput{key, out.tensor})
		}
		if len(k.inputs) == 0 || len(k.outputs) == 0 || w.model == nil {
			return "a signature names no inputs or no outputs"
		}
		w.sigs = append(w.sigs, k)
	}
	return ""
}

// check tells why an output can't be computed in a tf.function from what the model returns; "" if it can.
func (w *kerasWriter) check(e analyzer.Expr) (why string) {
	p := w.p
	q := &purity{p, map[*analyzer.FuncDef]bool{}}
	found := false
	var visit func(n analyzer.Node)
	visit = func(n analyzer.Node) {
		if why != "" {
			return
		}
		if x, ok := n.(analyzer.Expr); ok {
			if t, ok := w.tensor(x); ok {
				found = true
				if t.side == "input" {
					why = "an output is computed from an input beside the model"
					return
				}
				why = w.use(t)
				return
			}
			if f := w.follow(x); f != x {
				visit(f)
				return
			}
			if _, isAPI := p.API(x); isAPI {
				why = q.one(n)
				return
			}
		}
		if why = q.one(n); why == "" {
			analyzer.Children(n, visit)
		}
	}
	visit(e)
	if why == "" && !found {
		return "an output is no output of a model in view"
	}
	return why
}

// pair is a name of a signature with its tensor. The name is source where keyExpr is set.
type pair struct {
	keyExpr analyzer.Expr
	key     string
	tensor  analyzer.Expr
}

// pairs lists a mapping that is a display, or a comprehension over a display whose names can be told.
func (w *kerasWriter) pairs(m rules.Mapping, side string) ([]pair, string) {
	p := w.p
	var out []pair
	if m.Whole == nil {
		for _, it := range m.Items {
			pr := pair{keyExpr: it.Key, key: it.Name, tensor: it.Tensor}
			if it.Key != nil {
				pr.key = ""
			}
			out = append(out, pr)
		}
		return out, ""
	}
	x, _ := p.f.OnlyExpr(m.Whole)
	comp, ok := x.(*analyzer.Comp)
	if !ok || comp.Kind != analyzer.DictSeq || len(comp.Clauses) != 1 {
		return nil, "its " + side + "s are collected out of view"
	}
	cl := comp.Clauses[0]
	list, _ := p.f.OnlyExpr(cl.Iter)
	seq, isSeq := list.(*analyzer.Seq)
	target, isName := cl.Target.(*analyzer.Name)
	value, sameName := comp.Value.(*analyzer.Name)
	if !isSeq || !isName || !sameName || value.ID != target.ID {
		return nil, "its " + side + "s are named after the tensors of a graph"
	}
	for _, e := range seq.Elems {
		op, ok := w.opName(e)
		if !ok {
			return nil, "its " + side + "s are named after the tensors of a graph"
		}
		key, ok := nameOf(p.f.Text(comp.Elt.Pos()), target.ID, op)
		if !ok {
			return nil, "its " + side + "s are named by an expression that is not followed"
		}
		out = append(out, pair{key: key, tensor: e})
	}
	return out, ""
}

// opName is the name of the operation that e makes: it is given as a constant that the file uses once, outside of any name scope.
func (w *kerasWriter) opName(e analyzer.Expr) (string, bool) {
	p := w.p
	c, ok := p.f.OnlyCall(e)
	if !ok || !p.Is(c, "identity") {
		return "", false // what other functions name is not always one operation
	}
	a, state := c.Arg("name", 1)
	if state != analyzer.Present {
		return "", false
	}
	name, ok := p.String(a.Value)
	if !ok || strings.Contains(name, "/") {
		return "", false
	}
	times := 0
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		if s, ok := n.(*analyzer.Str); ok && s.Value == name {
			times++
		}
		if u, ok := n.(*analyzer.Attribute); ok && (u.Attr == "name_scope" || u.Attr == "variable_scope") {
			times++
		}
		return true
	})
	return name, times == 1
}

var spacing = regexp.MustCompile(`\s+|["']`)

// nameOf evaluates the expressions by which programs make a name of tensor t, whose operation has the given name.
func nameOf(expr, t, op string) (string, bool) {
	switch spacing.ReplaceAllString(expr, "") {
	case t + ".name":
		return op + ":0", true
	case t + ".op.name", t + ".name.split(:)[0]", t + ".name[:-2]", t + ".name.replace(:0,)", t + ".name.rsplit(:,1)[0]":
		return op, true
	}
	return "", false
}

// save writes the functions and the call of tf.saved_model.save in place of what added the meta graph.
func (w *kerasWriter) save() string {
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
	blank := 1
	if w.region.block == p.f.Module {
		blank = 2
	}
	var text strings.Builder
	var entries []string
	if submodel := w.submodel(); submodel != "" {
		text.WriteString(indentLines(submodel, w.target(), p.end))
	}
	for _, s := range w.sigs {
		function := p.signatureFunction(s.Signature)
		entries = append(entries, p.signatureKey(s.Signature)+": "+function)
		text.WriteString(blanksBefore(blank) + indentLines(w.function(s, function), w.target(), p.end) + blanksAfter(blank))
	}
	module := p.fresh("module")
	save := module + " = " + p.v2("Module") + "()\n" + module + ".model_variables = "
	if !p.Target.HasKeras3() {
		save = module + " = " + p.v2("Module") + "()\n# Keras 3's variables hold TensorFlow's.\n" + module + ".model_variables = " +
			"[v if isinstance(v, " + p.v2("Variable") + ") else v.value for v in " + p.text(w.model) + ".variables]\n"
	} else {
		save += "[v.value for v in " + p.text(w.model) + ".variables]\n"
	}
	call := p.v2("saved_model.save") + "(" + module + ", " + dir + ", signatures="
	if signatures := p.dictText(entries); len(call)+len(signatures) < 110 {
		save += call + signatures + ")"
	} else {
		save += call + "{\n" + p.indent + strings.Join(entries, ",\n"+p.indent) + ",\n})"
	}
	text.WriteString(indentLines(save, w.target(), p.end))
	line := p.f.LineSpan(w.add.Pos())
	w.edits = append(w.edits, Edit{line, p.comments(line, w.target()) + text.String()})
	w.rewrote = append(w.rewrote, replaced...)
	for _, s := range p.leftovers(w.e, replaced...) {
		if !w.gone[s] {
			w.deleteLines(s)
			w.rewrote = append(w.rewrote, s)
		}
	}
	return w.dropMoved()
}

// dropMoved deletes the statements whose values the functions compute now, where nothing else needs them.
func (w *kerasWriter) dropMoved() string {
	p := w.p
	gone := map[analyzer.Stmt]bool{}
	for _, st := range w.moved {
		gone[st] = true
	}
	for _, st := range w.moved {
		if w.gone[st] {
			continue
		}
		if p.usedElsewhere(st, gone, w.rewrote) {
			if _, isTensor := w.tensor(st.Value); !isTensor {
				return "`" + p.f.Text(st.Targets[0].Pos()) + "` is used outside of what is saved"
			}
			continue
		}
		if p.f.FuncOf(st) != p.f.FuncOf(w.add) || !w.region.has(st) {
			continue
		}
		w.deleteLines(st)
	}
	return ""
}

// builtins are Python's own functions that may well be the key of a signature.
var builtins = map[string]bool{"all": true, "any": true, "filter": true, "input": true, "map": true, "max": true, "min": true, "next": true, "print": true,
	"range": true, "round": true, "slice": true, "sorted": true, "sum": true, "type": true, "vars": true, "zip": true, "format": true, "hash": true, "id": true}

// signatureFunction is what the function of a signature is called.
func (p *program) signatureFunction(s rules.Signature) string {
	if s.Key != nil {
		if key, ok := p.String(s.Key); ok && key != "serving_default" && identifier(key) {
			if p.taken[key] || builtins[key] {
				key = "serve_" + key
			}
			return p.fresh(key)
		}
	}
	return p.fresh("serve")
}

// submodel is the statement that makes a model of the tensors that are exported, where the outputs of inner layers are among them; else nothing.
func (w *kerasWriter) submodel() string {
	p := w.p
	var outputs []string
	layers := map[string]int{}
	inner := false
	for i, s := range w.sigs {
		if !w.inner(s) {
			continue
		}
		w.sigs[i].layers, inner = layers, true
		for _, out := range s.outputs {
			w.eachTensor(out.tensor, func(e analyzer.Expr, t tensorOf) {
				text := w.tensorText(e, t)
				if _, ok := layers[text]; !ok {
					layers[text] = len(outputs)
					outputs = append(outputs, text)
				}
			})
		}
	}
	if !inner {
		return ""
	}
	w.called = p.fresh("serving_model")
	return w.called + " = " + p.v2("keras.Model") + "(" + p.text(w.model) + ".inputs, [" + strings.Join(outputs, ", ") + "])"
}

// inner tells whether a signature gives the output of an inner layer.
func (w *kerasWriter) inner(s kerasSignature) bool {
	found := false
	for _, out := range s.outputs {
		w.eachTensor(out.tensor, func(_ analyzer.Expr, t tensorOf) { found = found || t.side == "layer" })
	}
	return found
}

// tensorText is how the fixed program spells a tensor of the model. Keras 3 gives a Sequential no input and output before it is called.
func (w *kerasWriter) tensorText(e analyzer.Expr, t tensorOf) string {
	if t.side == "layer" {
		if _, ok := w.tensor(e); !ok {
			e = w.follow(e)
		}
		return w.p.oneLine(e)
	}
	return fmt.Sprintf("%s.%ss[%d]", w.p.text(w.model), t.side, t.index)
}

// function is the tf.function of a signature.
func (w *kerasWriter) function(s kerasSignature, name string) string {
	p := w.p
	used := map[string]bool{w.called: true, p.plain: true, p.compat: true}
	note := func(n analyzer.Node) {
		for _, n := range names(n) {
			used[n.ID] = true
		}
	}
	note(w.model)
	steps := w.steps(s)
	asked, first := 0, true // how many tensors of the model are asked for, and whether all of them are its first output
	count := func(_ analyzer.Expr, t tensorOf) {
		asked++
		first = first && t.side == "output" && t.index == 0
	}
	for _, st := range steps {
		note(st)
		w.tensorsIn(st.Value, count)
	}
	for _, out := range s.outputs {
		note(out.tensor)
		w.tensorsIn(out.tensor, count)
	}
	params := map[int]string{}
	var specs, declared, passed []string
	for _, in := range s.specs {
		param := in.key
		for used[param] {
			param += "_"
		}
		used[param] = true
		params[in.index] = param
		declared = append(declared, param)
		of := fmt.Sprintf("%s.inputs[%d]", p.text(w.model), in.index)
		specs = append(specs, p.v2("TensorSpec")+"("+of+".shape, "+of+".dtype, name="+p.quote(in.key)+")")
	}
	for _, in := range s.inputs {
		passed = append(passed, params[in.index])
	}
	arg := passed[0]
	if len(passed) > 1 {
		arg = "[" + strings.Join(passed, ", ") + "]"
	}
	decorator := "@" + p.v2("function") + "(input_signature=[" + strings.Join(specs, ", ") + "])"
	if len(decorator) > 110 {
		decorator = "@" + p.v2("function") + "(input_signature=[\n" + p.indent + strings.Join(specs, ",\n"+p.indent) + ",\n])"
	}
	call := p.text(w.model) + "(" + arg + ", training=False)"
	if s.layers != nil {
		call = w.called + "(" + arg + ", training=False)"
	}
	outputs := "outputs"
	for used[outputs] {
		outputs += "_"
	}
	one := s.layers == nil && first && w.returnsTensor()
	var body []string
	value := func(e analyzer.Expr, t tensorOf) string {
		index := t.index
		if s.layers != nil {
			index = s.layers[w.tensorText(e, t)]
		}
		of := outputs
		if asked == 1 {
			of = p.v2("nest.flatten") + "(" + call + ")"
		}
		return fmt.Sprintf("%s[%d]", of, index)
	}
	switch {
	case one && asked == 1:
		value = func(analyzer.Expr, tensorOf) string { return call }
	case one:
		value = func(analyzer.Expr, tensorOf) string { return outputs }
		body = append(body, outputs+" = "+call)
	case asked > 1:
		body = append(body, outputs+" = "+p.v2("nest.flatten")+"("+call+")")
	}
	for _, st := range steps {
		body = append(body, p.text(st.Targets[0])+" = "+w.inlined(st.Value, value))
	}
	var entries []string
	for _, out := range s.outputs {
		entries = append(entries, out.key+": "+w.inlined(out.tensor, value))
	}
	body = append(body, "return "+p.dictText(entries))
	return decorator + "\ndef " + name + "(" + strings.Join(declared, ", ") + "):\n" + indentLines(strings.Join(body, "\n"), p.indent, "\n")
}

// steps are the statements between the model and the outputs of a signature, in order.
func (w *kerasWriter) steps(s kerasSignature) []*analyzer.Assign {
	var out []*analyzer.Assign
	var visit func(n analyzer.Node)
	visit = func(n analyzer.Node) {
		if e, ok := n.(analyzer.Expr); ok {
			if _, ok := w.tensor(e); ok {
				return
			}
			if f := w.follow(e); f != e {
				if _, ok := w.tensor(f); !ok {
					if st, ok := w.p.f.StmtOf(f).(*analyzer.Assign); ok && !slices.Contains(out, st) {
						out = append(out, st)
					}
				}
				visit(f)
				return
			}
		}
		analyzer.Children(n, visit)
	}
	for _, o := range s.outputs {
		visit(o.tensor)
	}
	slices.SortFunc(out, byPosition)
	return out
}

// inlined is the source of an expression with the model's tensors, and the variables that only hold one, replaced.
func (w *kerasWriter) inlined(e analyzer.Expr, value func(analyzer.Expr, tensorOf) string) string {
	var edits []Edit
	w.tensorsIn(e, func(at analyzer.Expr, t tensorOf) { edits = append(edits, Edit{at.Pos(), value(at, t)}) })
	if len(edits) == 1 && edits[0].Span == e.Pos() {
		return edits[0].Text
	}
	text := w.p.spanText(e.Pos(), edits)
	if strings.ContainsAny(text, "\r\n") && !strings.HasSuffix(text, ")") {
		return "(" + text + ")"
	}
	return text
}

// returnsTensor tells whether calling the model surely gives a tensor, and no list of one: it is a Sequential, or a functional model that was not given its
// output in a list.
func (w *kerasWriter) returnsTensor() bool {
	p := w.p
	made, _, ok := w.maker()
	if !ok {
		return false
	}
	made, _, ok = p.construction(made, w.add)
	if !ok {
		return false
	}
	switch name, _ := p.kerasName(made.Fn); name {
	case "Sequential", "models.Sequential":
		return true
	case "Model", "models.Model":
		a, state := made.Arg("outputs", 1)
		if state != analyzer.Present {
			return false
		}
		x, ok := p.f.OnlyExpr(a.Value)
		_, isCall := x.(*analyzer.Call)
		return ok && isCall
	}
	return false
}

// session looks at every use of Keras's session: the export alone may need it.
func (w *kerasWriter) session() string {
	p := w.p
	switch st := p.f.StmtOf(w.sess).(type) {
	case *analyzer.Assign:
		if analyzer.Stmt(st) == analyzer.Stmt(w.add) || st.Value != analyzer.Expr(w.sess) || len(st.Targets) != 1 || !p.ownLines(st) || !w.region.has(st) {
			return "the session is kept out of view"
		}
		if !w.gone[st] {
			w.deleteLines(st)
		}
	case *analyzer.With:
		if !w.region.withs[st] {
			return "the session is entered elsewhere"
		}
	case *analyzer.ExprStmt:
		if analyzer.Stmt(st) != analyzer.Stmt(w.add) {
			return "the session is used for something else as well"
		}
	default:
		return "the session is used for something else as well"
	}
	return ""
}

// phases deletes what sets the learning phase to 0: the functions call the model for inference, and Keras 3 has no such phase.
func (w *kerasWriter) phases() string {
	p := w.p
	for _, c := range p.f.Calls() {
		name, ok := p.kerasName(c.Fn)
		if !ok || name != "backend.set_learning_phase" {
			continue
		}
		if !p.inferencePhase(c) {
			return "it sets another learning phase than 0"
		}
		st := p.f.StmtOf(c)
		if !covered(w.edits, st.Pos()) {
			w.edits = append(w.edits, p.deleteStmts([]analyzer.Stmt{st})...)
			w.gone[st] = true
		}
	}
	for _, s := range p.f.Module.Stmts {
		st, ok := s.(*analyzer.Assign)
		if !ok || w.gone[st] || len(st.Targets) != 1 || st.Value == nil || !p.ownLines(st) {
			continue
		}
		api, isAPI := p.API(st.Value)
		target, isName := st.Targets[0].(*analyzer.Name)
		if !isAPI || !isName || api.Name != "keras.backend" {
			continue
		}
		uses := p.f.Uses(p.f.BindingOf(target))
		if len(uses) > 0 && !slices.ContainsFunc(uses, func(u *analyzer.Name) bool { return !covered(w.edits, u.Pos()) }) {
			w.edits = append(w.edits, p.deleteStmts([]analyzer.Stmt{st})...)
			w.gone[st] = true
		}
	}
	return ""
}

// tensorsIn visits the tensors of the model in one expression, and the variables that hold one.
func (w *kerasWriter) tensorsIn(n analyzer.Node, visit func(analyzer.Expr, tensorOf)) {
	if e, ok := n.(analyzer.Expr); ok {
		if _, ok := w.tensor(e); !ok {
			e = w.follow(e)
		}
		if t, ok := w.tensor(e); ok {
			visit(n.(analyzer.Expr), t)
			return
		}
	}
	analyzer.Children(n, func(c analyzer.Node) { w.tensorsIn(c, visit) })
}

// eachTensor visits the tensors of the model that an output is computed from.
func (w *kerasWriter) eachTensor(n analyzer.Node, visit func(analyzer.Expr, tensorOf)) {
	if e, ok := n.(analyzer.Expr); ok {
		if t, ok := w.tensor(e); ok {
			visit(e, t)
			return
		}
		if f := w.follow(e); f != e {
			w.eachTensor(f, visit)
			return
		}
	}
	analyzer.Children(n, func(c analyzer.Node) { w.eachTensor(c, visit) })
}
