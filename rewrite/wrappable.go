package rewrite

import (
	"regexp"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// graphFreeAPI are names of TensorFlow that neither make nor need a graph: files, flags, messages, what is known of checkpoints.
var graphFreeAPI = regexp.MustCompile(`^(gfile\.\w+|io\.gfile\.\w+|logging\.\w+|app\.\w+|flags\.\w+|app\.flags\.\w+|compat\.as_\w+|resource_loader\.\w+|` +
	`train\.(latest_checkpoint|get_checkpoint_state|checkpoint_exists|load_checkpoint|list_variables|load_variable|NewCheckpointReader)|` +
	`compat\.(as_bytes|as_text|as_str)|version\.\w+|__version__)$`)

// wrappedAPI are the functions that build the same graph in a function that tf.compat.v1.wrap_function takes as in a tf.Graph, next to
// those that compute tensors from tensors.
var wrappedAPI = regexp.MustCompile(`^(placeholder|placeholder_with_default|get_variable|variable_scope|get_variable_scope|VariableScope|Variable|AUTO_REUSE|` +
	`\w+_initializer|initializers\.\w+|layers\.\w+|nn\.[\w.]+|device|control_dependencies|no_op|group|cond|case|while_loop|map_fn|scan|foldl|foldr|` +
	`train\.(get_or_create_global_step|create_global_step|get_global_step)|add_to_collection|GraphKeys|global_variables|trainable_variables|TensorShape)$`)

// unwrappable are exceptions among those: they draw random numbers, so that what a seed gives would be another thing, or sample.
var unwrappable = regexp.MustCompile(`sampled|sampler|nce_loss|fractional|tables_initializer|variables_initializer|random_(normal|uniform|crop|flip|brightness|contrast|hue|saturation|shuffle|gamma|poisson)(_\w+)?$|` +
	`^(random|image\.random|image\.sample|image\.stateless)|multinomial|truncated_normal$`)

// wrapping says why code can't build its graph inside a function that wrap_function takes; "" where it can. It is followed into the functions and the
// classes of the file.
//
// There the graph is built as in TensorFlow 1, by the same names, with the collections of its own; but a shape's dimensions are numbers, == compares
// tensors, variables are resource variables that live outside, so that they have no op and can't be initialised by a tensor of the graph.
type wrapping struct {
	p    *program
	seen map[analyzer.Node]bool // functions and classes that are followed
}

func (w *wrapping) node(n analyzer.Node) string {
	why := ""
	analyzer.Walk(n, func(n analyzer.Node) bool {
		if why == "" {
			why = w.one(n)
		}
		if e, ok := n.(analyzer.Expr); ok && analyzer.Dotted(e) != "" {
			if _, ok := w.p.API(e); ok {
				return false
			}
		}
		return why == ""
	})
	return why
}

func (w *wrapping) one(n analyzer.Node) string {
	p := w.p
	switch n := n.(type) {
	case *analyzer.Call:
		return w.call(n)
	case *analyzer.Attribute:
		return w.attribute(n)
	case *analyzer.Name:
		return w.name(n)
	case *analyzer.Compare:
		q := purity{p: p}
		for i, op := range n.Ops {
			if (op == "==" || op == "!=" || op == "<>") && !q.constant(n.Operands[i]) && !q.constant(n.Operands[i+1]) {
				return "it compares with " + op + ", which asks for identity in TensorFlow 1 and for values in 2"
			}
		}
	case *analyzer.Global, *analyzer.Delete, *analyzer.BadStmt, *analyzer.OldStmt, *analyzer.Other, *analyzer.Walrus, *analyzer.Try:
		return "it holds a statement that is not followed"
	}
	return ""
}

// name follows a name to a function or a class of the file.
func (w *wrapping) name(n *analyzer.Name) string {
	p := w.p
	if api, ok := p.API(n); ok {
		return w.api(api)
	}
	if p.f.BindingOf(n) != nil {
		return ""
	}
	for _, o := range p.f.Value(n).Origins {
		if why := w.origin(o); why != "" {
			return why
		}
	}
	return ""
}

// origin follows what a value may be, as far as that is code.
func (w *wrapping) origin(o analyzer.Origin) string {
	switch o.Kind {
	case analyzer.FromDef:
		return w.definition(o.Node)
	case analyzer.FromImport:
		if o.Home != nil {
			return "it uses " + o.Import + ", which another file defines"
		}
		if _, ok := rules.Lookup(o.Import); ok {
			return ""
		}
		if root := rootModule(o.Import); !quietModules[root] && !standardModules[root] {
			return "it uses " + o.Import + ", which is out of view"
		}
	}
	return ""
}

// quietModules are those of others that build no graphs.
var quietModules = map[string]bool{"numpy": true, "six": true, "absl": true, "tensorflow": true}

// definition follows a function or a class.
func (w *wrapping) definition(n analyzer.Node) string {
	if w.seen[n] {
		return ""
	}
	w.seen[n] = true
	switch d := n.(type) {
	case *analyzer.FuncDef:
		for _, dec := range d.Decorators {
			if name, ok := dec.(*analyzer.Name); !ok || name.ID != "property" && name.ID != "staticmethod" && name.ID != "classmethod" {
				return "it uses " + d.Name.ID + ", which is decorated"
			}
		}
		for _, param := range d.Params {
			if param.Default != nil {
				if why := w.node(param.Default); why != "" {
					return "it uses " + d.Name.ID + ": " + why
				}
			}
		}
		if why := w.node(d.Body); why != "" {
			return "it uses " + d.Name.ID + ": " + why
		}
	case *analyzer.ClassDef:
		if len(d.Decorators) > 0 {
			return "it uses " + d.Name.ID + ", which is decorated"
		}
		for _, base := range d.Bases {
			if why := w.node(base.Value); why != "" {
				return "it uses " + d.Name.ID + ": " + why
			}
		}
		if why := w.node(d.Body); why != "" {
			return "it uses " + d.Name.ID + ": " + why
		}
	}
	return ""
}

func (w *wrapping) attribute(a *analyzer.Attribute) string {
	p := w.p
	if api, ok := p.API(a); ok {
		return w.api(api)
	}
	for _, o := range p.f.Value(a).Origins {
		if why := w.origin(o); why != "" {
			return why
		}
	}
	switch a.Attr {
	case "op", "eval", "run", "initializer", "initialized_value", "graph", "value", "session", "sess", "restore":
		return "it uses the attribute " + a.Attr
	case "shape", "get_shape":
		var whole analyzer.Node = a
		if c, ok := p.f.Parent(a).(*analyzer.Call); ok && c.Fn == analyzer.Expr(a) {
			whole = c
		}
		if sub, ok := p.f.Parent(whole).(*analyzer.Subscript); ok && analyzer.Node(sub.X) == whole && !w.asInt(sub) {
			if paths, _ := p.f.Names(a.X); len(paths) == 0 {
				return "it takes a dimension of a shape, which is another thing in TensorFlow 1 (a Dimension) than in 2 (an int or None)"
			}
		}
	}
	return ""
}

// asInt tells whether a dimension is made a plain number at once.
func (w *wrapping) asInt(sub *analyzer.Subscript) bool {
	a, ok := w.p.f.Parent(sub).(*analyzer.Call)
	if !ok {
		return false
	}
	n, ok := a.Fn.(*analyzer.Name)
	return ok && n.ID == "int" && len(w.p.f.Resolve(n).Bindings) == 0
}

// api judges a name of TensorFlow's wherever it is used, called or not.
func (w *wrapping) api(api rules.API) string {
	if api.Symbol.Kind == symbols.Constant || api.Symbol.Kind == symbols.Module {
		return ""
	}
	for _, name := range []string{api.Name, api.Used} {
		if unwrappable.MatchString(name) && !strings.HasSuffix(name, "_initializer") && !strings.HasPrefix(name, "initializers.") || name == "tables_initializer" {
			return "it uses tf." + api.Used
		}
	}
	for _, name := range []string{api.Name, api.Used} {
		if wrappedAPI.MatchString(name) || graphFreeAPI.MatchString(name) || statelessAPI.MatchString(name) && !strings.Contains(name, "placeholder") {
			return ""
		}
	}
	if strings.HasSuffix(api.Name, "Feature") {
		return ""
	}
	return "it uses tf." + api.Used
}

func (w *wrapping) call(c *analyzer.Call) string {
	p := w.p
	for _, a := range c.Args {
		if a.Name == "seed" || a.Name == "partitioner" || a.Name == "use_resource" || a.Name == "caching_device" {
			return "it passes " + a.Name
		}
	}
	if p.Is(c, "Variable") {
		if a, state := c.Arg("initial_value", 0); state != analyzer.Present || !w.noTensor(a.Value) {
			return "a tf.Variable is initialised by a tensor of the graph"
		}
		return ""
	}
	if p.Is(c, "get_variable", "variable_scope") {
		pos := 2
		if p.Is(c, "variable_scope") {
			pos = -1
		}
		a, state := c.Arg("initializer", pos)
		if state == analyzer.Unknowable {
			return "some arguments come from * or **"
		}
		if state == analyzer.Present && !rules.IsNone(a.Value) && !w.initializer(a.Value) {
			return "what initialises a variable is out of view"
		}
		return ""
	}
	if _, ok := p.Callee(c); ok {
		return ""
	}
	switch fn := c.Fn.(type) {
	case *analyzer.Name:
		if len(p.f.Resolve(fn).Bindings) == 0 {
			switch fn.ID {
			case "eval", "exec", "globals", "locals", "__import__", "input":
				return "it calls " + fn.ID
			}
			return ""
		}
		return w.inView(c.Fn, fn)
	case *analyzer.Attribute:
		if root := rootName(fn); root != nil {
			return w.inView(c.Fn, root)
		}
	}
	return ""
}

// inView tells whether what is called is in view: not a parameter, or an attribute of one, of a function that is not followed itself.
func (w *wrapping) inView(fn analyzer.Expr, root *analyzer.Name) string {
	p := w.p
	for _, b := range p.f.Resolve(root).Bindings {
		d, ok := b.Scope.Node.(*analyzer.FuncDef)
		if b.Kind != analyzer.BindParam || !ok || w.seen[d] {
			continue
		}
		v := p.f.Value(fn)
		for _, o := range v.Origins {
			if o.Kind != analyzer.FromDef {
				return "it calls " + p.f.Text(fn.Pos()) + ", which is out of view"
			}
		}
		if v.Open || len(v.Origins) == 0 {
			if c := w.methodOf(fn, root); c != nil {
				if why := w.definition(c); why != "" {
					return why
				}
				continue
			}
			return "it calls " + p.f.Text(fn.Pos()) + ", which is out of view"
		}
	}
	return ""
}

// methodOf is the method of the class around it that self.name surely is, if the class has it itself.
func (w *wrapping) methodOf(fn analyzer.Expr, root *analyzer.Name) *analyzer.FuncDef {
	a, ok := fn.(*analyzer.Attribute)
	if !ok || a.X != analyzer.Expr(root) {
		return nil
	}
	class := w.p.f.ClassOf(fn)
	if class == nil {
		return nil
	}
	for _, s := range class.Body.Stmts {
		if d, ok := s.(*analyzer.FuncDef); ok && d.Name.ID == a.Attr {
			return d
		}
	}
	return nil
}

// rootName is the name that a chain of attributes, calls and subscripts starts with; nil if it starts with something else.
func rootName(e analyzer.Expr) *analyzer.Name {
	for {
		switch x := e.(type) {
		case *analyzer.Name:
			return x
		case *analyzer.Attribute:
			e = x.X
		case *analyzer.Call:
			e = x.Fn
		case *analyzer.Subscript:
			e = x.X
		default:
			return nil
		}
	}
}

// noTensor tells whether an initial value surely is no tensor of the graph: a constant, what numpy computes, or a function.
func (w *wrapping) noTensor(e analyzer.Expr) bool {
	if _, ok := w.p.f.Constant(e, rules.Known); ok {
		return true
	}
	v := w.p.f.Value(e)
	if v.Open || len(v.Origins) == 0 {
		return false
	}
	for _, o := range v.Origins {
		switch x := o.Expr.(type) {
		case *analyzer.Lambda, *analyzer.Num, *analyzer.Const:
		case *analyzer.Seq:
			for _, e := range x.Elems {
				if !w.noTensor(e) {
					return false
				}
			}
		case *analyzer.Call:
			if !w.p.plainValue(x) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// initializer tells whether e surely is an initialiser, or a value that is no tensor.
func (w *wrapping) initializer(e analyzer.Expr) bool {
	isOne := func(api rules.API) bool {
		return strings.HasSuffix(api.Name, "_initializer") || strings.HasPrefix(api.Name, "initializers.") || strings.HasPrefix(api.Name, "keras.initializers.")
	}
	if api, ok := w.p.API(e); ok {
		return isOne(api)
	}
	if c, ok := w.p.f.OnlyCall(e); ok {
		if api, ok := w.p.Callee(c); ok {
			return isOne(api)
		}
	}
	return w.noTensor(e)
}
