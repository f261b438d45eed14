package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// emitVariables is the strategy for a graph whose variables are made in view, one by one: the tf.Module of the strategy function gets them, with
// the values that a checkpoint or a constant initialiser gives them.
func emitVariables(p *program, site rules.Site) (*Fix, *Refusal) {
	return emitModule(p, site, true)
}

// moduleVariable is a variable of the graph that becomes one of the module.
type moduleVariable struct {
	binding *analyzer.Binding
	stmt    *analyzer.Assign
	call    *analyzer.Call // of tf.Variable or tf.get_variable
	attr    string
}

// variablesWriter is what the strategy variables adds to a functionWriter.
type variablesWriter struct {
	restored                   // zero where the variables keep their first values
	list     []*moduleVariable // in order
	inited   *analyzer.Call    // what runs the initialisers
}

// startVariables finds out whether the variables are restored, and lets the slices have some.
func (w *functionWriter) startVariables() string {
	p := w.p
	w.variables = &variablesWriter{}
	w.region.variables = map[*analyzer.Binding]*moduleVariable{}
	for _, u := range p.uses {
		if unseenVariables[u.api.Name] {
			return "the file uses tf." + u.api.Used + ", through which variables may be changed out of view"
		}
	}
	if w.runsUnnamed() {
		return "an operation may run in the default session"
	}
	if len(p.Calls("train.Saver")) == 0 {
		return ""
	}
	r, why := p.liftRestored(w.e, w.add)
	if why != "" {
		return why
	}
	w.variables.restored = r
	return ""
}

// unseenVariables are names through which variables are reached, or given values, that do not name them.
var unseenVariables = map[string]bool{
	"global_variables": true, "trainable_variables": true, "get_collection": true, "all_variables": true, "model_variables": true, "get_default_session": true,
	"moving_average_variables": true, "train.init_from_checkpoint": true, "train.warm_start": true, "get_default_graph": true, "get_collection_ref": true,
}

// runsUnnamed tells whether something around the export, or in a function of the file that is called there, may run in the default session.
func (w *functionWriter) runsUnnamed() bool {
	p := w.p
	called := map[*analyzer.FuncDef]bool{p.f.FuncOf(w.add): true}
	p.follow(w.region.block, called)
	return slices.ContainsFunc(p.f.Calls(), func(c *analyzer.Call) bool {
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || a.Attr != "run" && a.Attr != "eval" && a.Attr != "load" || !called[p.f.FuncOf(c)] || p.isSession(a.X) {
			return false
		}
		paths, _ := p.f.Names(a)
		return len(paths) == 0
	})
}

// variable is the variable that a statement makes, nil if it makes none. why says what of it is not known.
func (r *region) variable(st *analyzer.Assign, b *analyzer.Binding) (v *moduleVariable, why string) {
	p := r.p
	c, ok := st.Value.(*analyzer.Call)
	if !ok || !p.Is(c, "Variable", "get_variable") {
		return nil, ""
	}
	target, isName := st.Targets[0].(*analyzer.Name)
	if len(st.Targets) != 1 || !isName || !p.ownLines(st) {
		return nil, "a variable is not assigned to one name"
	}
	if len(b.Scope.Vars[b.Ident].Bindings) != 1 {
		return nil, "`" + b.Ident + "` has several values"
	}
	if p.underName(st) {
		return nil, "a variable is made inside a name scope, which may be part of its name"
	}
	allowed := []string{"name", "dtype", "trainable", "initial_value"}
	if p.Is(c, "get_variable") {
		allowed = []string{"name", "shape", "dtype", "initializer", "trainable"}
	}
	for i, a := range c.Args {
		if a.Stars > 0 || a.Name != "" && !slices.Contains(allowed, a.Name) || a.Name == "" && i > 0 && (p.Is(c, "Variable") || i > 3) {
			return nil, "a variable has options of its own"
		}
	}
	switch target.ID {
	case "name", "variables", "trainable_variables", "non_trainable_variables", "submodules", "name_scope", "self":
		return nil, "a variable is called like something that every tf.Module has"
	}
	return &moduleVariable{binding: b, stmt: st, call: c, attr: target.ID}, ""
}

// takeVariables makes the variables that the slices read part of the module.
func (w *functionWriter) takeVariables() string {
	if w.variables == nil {
		return ""
	}
	v := w.variables
	for _, one := range w.region.variables {
		v.list = append(v.list, one)
	}
	if len(v.list) == 0 {
		return "the graph has no variables in view"
	}
	slices.SortFunc(v.list, func(a, b *moduleVariable) int { return byPosition(a.stmt, b.stmt) })
	for _, one := range v.list {
		w.take(one.stmt)
		for _, s := range w.sigs {
			if slices.ContainsFunc(s.inputs, func(in input) bool { return in.name.ID == "self" }) {
				return "an input is called self"
			}
			if s.method == one.attr {
				return "a variable and a signature would have one name"
			}
		}
	}
	for _, one := range v.list {
		if why := w.valued(one); why != "" {
			return why
		}
	}
	return ""
}

// valued tells why the value of a variable is not known where the module is made; "" if it is.
func (w *functionWriter) valued(v *moduleVariable) string {
	p := w.p
	if w.variables.call != nil {
		name, ok := w.variableName(v)
		if !ok {
			return "the name that a variable has in the checkpoint is not known"
		}
		return w.onlyNamed(v, name)
	}
	value, why := w.initialValue(v)
	if why != "" {
		return why
	}
	for _, e := range value {
		if why := p.impure(e); why != "" {
			return "what initialises a variable is not constant: " + why
		}
		for _, n := range names(e) {
			if why := w.sameAtFirst(n, v.stmt); why != "" {
				return why
			}
		}
	}
	return ""
}

// sameAtFirst tells why a name may not have the same value where the module is made as in a statement below; "" if it has.
func (w *functionWriter) sameAtFirst(n *analyzer.Name, st *analyzer.Assign) string {
	p := w.p
	for _, b := range p.f.Resolve(n).Bindings {
		if b.Kind == analyzer.BindParam || b.Kind == analyzer.BindFor {
			return "`" + b.Ident + "` may be a tensor of the graph"
		}
		for _, other := range b.Scope.Vars[b.Ident].Bindings {
			if other.Scope == p.f.Scope(st) && other.At.Start > w.first.Pos().Start {
				return "what initialises a variable is made between the statements of the graph"
			}
		}
		for _, u := range p.f.Uses(b) {
			if at := p.f.StmtOf(u); w.first.Pos().Start < u.Start && u.Start < st.Start && !w.gone[at] {
				return "what initialises a variable is used between the statements of the graph"
			}
		}
	}
	return ""
}

// variableName is the name that a variable is given.
func (w *functionWriter) variableName(v *moduleVariable) (string, bool) {
	pos := -1
	if w.p.Is(v.call, "get_variable") {
		pos = 0
	}
	a, state := v.call.Arg("name", pos)
	if state != analyzer.Present {
		return "", false
	}
	name, ok := w.p.String(a.Value)
	return name, ok && name != ""
}

// onlyNamed tells why a variable may be called something else in the checkpoint; "" if nothing else of the graph has its name, and no scope is around it.
func (w *functionWriter) onlyNamed(v *moduleVariable, name string) string {
	p := w.p
	called := map[*analyzer.FuncDef]bool{p.f.FuncOf(v.call): true}
	for st := range w.gone {
		p.follow(st, called)
	}
	for _, c := range p.f.Calls() {
		if _, ok := p.Callee(c); !ok || c == v.call || !called[p.f.FuncOf(c)] {
			continue
		}
		a, state := c.Arg("name", -1)
		if p.Is(c, "get_variable", "name_scope", "variable_scope") {
			a, state = c.Arg("name", 0)
		} else if p.Is(c, "placeholder") {
			a, state = c.Arg("name", 2)
		}
		if state != analyzer.Present {
			continue
		}
		if other, ok := p.String(a.Value); !ok || strings.EqualFold(other, name) {
			return "something else of the graph may be called " + p.quote(name) + " as well"
		}
	}
	if d := p.f.FuncOf(v.call); d != nil && p.inScope(d, map[*analyzer.FuncDef]bool{}) {
		return "the function is called inside a scope that may be part of the variables' names"
	}
	return ""
}

// follow collects the functions of the file that n calls, and those that they call.
func (p *program) follow(n analyzer.Node, called map[*analyzer.FuncDef]bool) {
	analyzer.Walk(n, func(n analyzer.Node) bool {
		if c, ok := n.(*analyzer.Call); ok {
			if o, ok := p.f.Only(c.Fn); ok && o.Kind == analyzer.FromDef {
				if d, ok := o.Node.(*analyzer.FuncDef); ok && !called[d] {
					called[d] = true
					p.follow(d.Body, called)
				}
			}
		}
		return true
	})
}

// inScope tells whether a function, or one that uses it, is used inside a with statement of a name_scope or a variable_scope.
func (p *program) inScope(d *analyzer.FuncDef, seen map[*analyzer.FuncDef]bool) bool {
	b := p.f.BindingOf(d.Name)
	if b == nil || seen[d] {
		return b == nil
	}
	seen[d] = true
	for _, u := range p.f.Uses(b) {
		for n := p.f.Parent(u); n != nil; n = p.f.Parent(n) {
			with, ok := n.(*analyzer.With)
			if ok && slices.ContainsFunc(with.Items, func(it analyzer.WithItem) bool {
				_, scope := p.MadeBy(it.X, "name_scope", "variable_scope", "variable_op_scope", "op_scope")
				return scope
			}) {
				return true
			}
		}
		if caller := p.f.FuncOf(u); caller != nil && p.inScope(caller, seen) {
			return true
		}
	}
	return false
}

// initialValue are the expressions that a variable's first value is made of: one for tf.Variable, what initializer and shape are for tf.get_variable.
func (w *functionWriter) initialValue(v *moduleVariable) (es []analyzer.Expr, why string) {
	p := w.p
	if p.Is(v.call, "Variable") {
		a, state := v.call.Arg("initial_value", 0)
		if state != analyzer.Present {
			return nil, "a variable has no initial value in view"
		}
		return []analyzer.Expr{a.Value}, ""
	}
	init, state := v.call.Arg("initializer", 3)
	if state != analyzer.Present {
		return nil, "a variable's initialiser draws random numbers"
	}
	shape, state := v.call.Arg("shape", 1)
	c, isCall := init.Value.(*analyzer.Call)
	if state == analyzer.Absent || rules.IsNone(shape.Value) {
		return []analyzer.Expr{init.Value}, ""
	}
	if !isCall {
		return nil, "what initialises a variable is out of view"
	}
	switch {
	case p.Is(c, "zeros_initializer", "ones_initializer", "initializers.zeros", "initializers.ones") && len(c.Args) == 0:
		return []analyzer.Expr{shape.Value}, ""
	case p.Is(c, "constant_initializer", "initializers.constant") && len(c.Args) == 1:
		a, _ := c.Arg("value", 0)
		if a == nil {
			break
		}
		if k, ok := p.f.Constant(a.Value, rules.Known); ok {
			if _, list := k.([]any); !list {
				return []analyzer.Expr{shape.Value, a.Value}, ""
			}
		}
	}
	return nil, "a variable's initialiser is not one that gives a constant"
}

// constructor is __init__, which makes the variables.
func (w *functionWriter) constructor() string {
	if w.variables == nil {
		return ""
	}
	p := w.p
	var out strings.Builder
	line := func(text string) { out.WriteString(indentLines(text, p.indent+p.indent, "\n")) }
	if w.variables.call == nil {
		out.WriteString(p.indent + "def __init__(self):\n")
		line("super().__init__()")
	} else {
		out.WriteString(p.indent + "def __init__(self, checkpoint):\n")
		line("super().__init__()")
		line("reader = " + p.v2("train.load_checkpoint") + "(checkpoint)")
	}
	for _, v := range w.variables.list {
		source := p.f.LineSpan(v.stmt.Pos())
		for above := range strings.Lines(p.f.Text(p.commentsAbove(source))) {
			line(strings.TrimSpace(above))
		}
		text := "self." + v.attr + " = " + w.variableText(v)
		if comments := p.commentsIn(source); len(comments) == 1 && comments[0].Start > v.stmt.End {
			text += "  " + strings.TrimSpace(p.f.Text(comments[0]))
		} else {
			for _, c := range comments {
				line(strings.TrimSpace(p.f.Text(c)))
			}
		}
		line(text)
	}
	out.WriteString("\n")
	return out.String()
}

// variable is how the file spells the class of variables. In eager mode tf.compat.v1's makes the same ones.
func (p *program) variable() string {
	if p.plain == "" && p.compat != "" {
		return p.v1("Variable")
	}
	return p.v2("Variable")
}

// variableText makes a variable of the module.
func (w *functionWriter) variableText(v *moduleVariable) string {
	p := w.p
	rest := ""
	pos := -1
	if p.Is(v.call, "get_variable") {
		pos = 0
	}
	if a, state := v.call.Arg("name", pos); state == analyzer.Present {
		rest += ", name=" + p.oneLine(a.Value)
	}
	if a, state := v.call.Arg("trainable", -1); state == analyzer.Present {
		rest += ", trainable=" + p.oneLine(a.Value)
	}
	if w.variables.call != nil {
		name, _ := w.variableName(v)
		return p.variable() + "(reader.get_tensor(" + p.quote(name) + ")" + rest + ")"
	}
	dtype := ""
	if a, state := v.call.Arg("dtype", 2); state == analyzer.Present && (p.Is(v.call, "get_variable") || a.Name != "") {
		dtype = p.oneLine(a.Value)
	}
	es, _ := w.initialValue(v)
	value := p.oneLine(es[0])
	if p.Is(v.call, "get_variable") {
		if init, _ := v.call.Arg("initializer", 3); init.Value != es[0] {
			c := init.Value.(*analyzer.Call)
			switch {
			case len(es) == 2:
				typ := dtype
				if typ == "" {
					typ = p.v2("float32")
				}
				return p.variable() + "(" + p.v2("constant") + "(" + p.oneLine(es[1]) + ", " + typ + ", " + value + ")" + rest + ")"
			case p.Is(c, "zeros_initializer", "initializers.zeros"):
				value = p.v2("zeros") + "(" + value
			default:
				value = p.v2("ones") + "(" + value
			}
			if dtype != "" {
				value += ", " + dtype
			}
			return p.variable() + "(" + value + ")" + rest + ")"
		}
	}
	if dtype != "" {
		rest += ", dtype=" + dtype
	}
	return p.variable() + "(" + value + rest + ")"
}

// restores makes the model where the variables were restored, and tells whether they are.
func (w *functionWriter) restores(class string) bool {
	if w.variables == nil || w.variables.call == nil {
		return false
	}
	p := w.p
	st := p.f.StmtOf(w.variables.call)
	w.edits = append(w.edits, Edit{st.Pos(), w.model + " = " + class + "(" + p.oneLine(w.variables.path) + ")"})
	w.rewrote = append(w.rewrote, st)
	w.copies(w.variables.path)
	if w.variables.holder != nil {
		w.drop(w.variables.holder)
	}
	return true
}

// initialised notes the statement that gives the variables their first values.
func (w *functionWriter) initialised(c *analyzer.Call) string {
	if w.variables == nil {
		return "" // there are none
	}
	if w.variables.call != nil && c.Start > w.variables.call.Start {
		return "variables are initialised after they are restored"
	}
	if c.Start > w.add.Start {
		return "variables are initialised after they are saved"
	}
	w.variables.inited = c
	return ""
}

// surelyInitialised tells why the variables may not have their first values where they are saved; "" if they do.
func (w *functionWriter) surelyInitialised() string {
	v := w.variables
	if v == nil || v.call != nil {
		return ""
	}
	if v.inited == nil || !w.p.surelyBefore(w.p.f.StmtOf(v.inited), w.add) {
		return "the variables are not surely initialised before they are saved"
	}
	return ""
}

// hasValues tells why the variables may not have their values yet where the session runs something; "" if they do.
func (w *functionWriter) hasValues(c *analyzer.Call) string {
	if w.variables != nil && w.variables.call != nil && c.Start < w.variables.call.Start {
		return "the session runs something before the variables are restored"
	}
	return ""
}

// selfEdits put `self.` in front of the variables that n reads.
func (w *functionWriter) selfEdits(n analyzer.Node) []Edit {
	if w.variables == nil {
		return nil
	}
	var edits []Edit
	for _, name := range names(n) {
		for _, b := range w.p.f.Resolve(name).Bindings {
			if v := w.region.variables[b]; v != nil {
				edits = append(edits, Edit{name.Span, "self." + v.attr})
			}
		}
	}
	return edits
}

// exprText is an expression on one line, with `self.` in front of the module's variables.
func (w *functionWriter) exprText(e analyzer.Expr) string {
	if edits := w.selfEdits(e); len(edits) > 0 {
		return w.p.spanText(e.Pos(), edits)
	}
	return w.p.oneLine(e)
}
