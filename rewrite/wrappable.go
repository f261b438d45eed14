package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// graphFreeAPI are names of TensorFlow that neither make nor need a graph: files, flags, messages, what is known of checkpoints.
var graphFreeAPI = newPattern(`^(gfile\.\w+|io\.gfile\.\w+|logging\.\w+|app\.\w+|flags\.\w+|app\.flags\.\w+|compat\.as_\w+|resource_loader\.\w+|ConfigProto|GPUOptions|OptimizerOptions|GraphOptions|` +
	`train\.(latest_checkpoint|get_checkpoint_state|checkpoint_exists|load_checkpoint|list_variables|load_variable|NewCheckpointReader)|` +
	`compat\.(as_bytes|as_text|as_str)|version\.\w+|__version__|GraphDef|ConfigProto|GPUOptions)$`)

// wrappedAPI are the functions that build the same graph in a function that tf.compat.v1.wrap_function takes as in a tf.Graph, next to
// those that compute tensors from tensors.
var wrappedAPI = newPattern(`^(placeholder|placeholder_with_default|get_variable|variable_scope|get_variable_scope|VariableScope|Variable|AUTO_REUSE|` +
	`\w+_initializer|initializers\.\w+|layers\.\w+|nn\.[\w.]+|device|control_dependencies|no_op|group|cond|case|while_loop|map_fn|scan|foldl|foldr|` +
	`train\.(get_or_create_global_step|create_global_step|get_global_step)|add_to_collection|GraphKeys|global_variables|trainable_variables|TensorShape)$`)

// unwrappable are exceptions among those: they draw random numbers, so that what a seed gives would be another thing, or sample.
var unwrappable = newPattern(`sampled|sampler|nce_loss|fractional|tables_initializer|variables_initializer|random_(normal|uniform|crop|flip|brightness|contrast|hue|saturation|shuffle|gamma|poisson)(_\w+)?$|` +
	`^(random|image\.random|image\.sample|image\.stateless)|multinomial|truncated_normal$`)

// wrapping says why code can't build its graph inside a function that wrap_function takes; "" where it can. It is followed into the functions and the
// classes of the file.
//
// There the graph is built as in TensorFlow 1, by the same names, with the collections of its own; but a shape's dimensions are numbers, == compares
// tensors, variables are resource variables that live outside, so that they have no op and can't be initialised by a tensor of the graph.
type wrapping struct {
	p     *program                    // of the file that is being followed
	main  *program                    // of the file that is rewritten
	files map[*analyzer.File]*program // others, by the project's copy of them

	seen map[analyzer.Node]bool // functions and classes that are followed

	// edits make functions of the initial values that tensors would be: a wrapped function makes its variables outside of the graph.
	edits []Edit
	late  map[analyzer.Node]bool // these values

	asking map[any]bool // the parameters and the lists whose values are being asked for: each a *analyzer.Binding or a *analyzer.Seq
}

func newWrapping(p *program) *wrapping {
	return &wrapping{p: p, main: p, files: map[*analyzer.File]*program{}, seen: map[analyzer.Node]bool{}, late: map[analyzer.Node]bool{}, asking: map[any]bool{}}
}

func (w *wrapping) node(n analyzer.Node) string {
	why := ""
	analyzer.Walk(n, func(n analyzer.Node) bool {
		if w.late[n] {
			return false
		}
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
	case *analyzer.Assign:
		w.namedInitial(n)
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
		if _, isModule := o.Node.(*analyzer.Block); isModule {
			if _, ok := p.f.Parent(n).(*analyzer.Attribute); !ok {
				return "it hands on the module " + n.ID
			}
		}
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
			return w.elsewhere(o)
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
		switch a.Name {
		case "seed": // of a first value it is of no account
			if !w.initializer(c) {
				return "it passes seed"
			}
		case "partitioner", "caching_device":
			if !rules.IsNone(a.Value) {
				return "it passes " + a.Name
			}
		case "use_resource":
			if use, ok := p.f.Constant(a.Value, rules.Known); !ok || use != true {
				return "it passes use_resource"
			}
		}
	}
	if p.Is(c, "Variable") {
		a, state := c.Arg("initial_value", 0)
		if state == analyzer.Present && w.initial(a.Value) {
			w.makeLate(a.Value)
		} else if state != analyzer.Present || !w.late[w.made(a.Value)] && !w.noTensor(a.Value) {
			return "a tf.Variable is initialised by a tensor of the graph"
		}
		return ""
	}
	if p.Is(c, "device") {
		if a, state := c.Arg("device_name_or_function", 0); state != analyzer.Present || !p.onCPU(a.Value) {
			return "it chooses a device"
		}
		return ""
	}
	if p.Is(c, "get_variable", "variable_scope") {
		a, state := c.Arg("initializer", 3)
		if state == analyzer.Unknowable {
			return "some arguments come from * or **"
		}
		if state == analyzer.Present && !rules.IsNone(a.Value) && !w.initializer(a.Value) {
			return "what initialises a variable is out of view"
		}
		return ""
	}
	if api, ok := p.Callee(c); ok {
		if loopAPI.MatchString(api.Name) && p.makesVariables(c, map[analyzer.Node]bool{}) {
			return "a variable is made inside a loop or a branch of tf." + api.Used
		}
		return ""
	}
	switch fn := c.Fn.(type) {
	case *analyzer.Name:
		if len(p.f.Resolve(fn).Bindings) == 0 {
			switch fn.ID {
			case "eval", "exec", "globals", "locals", "vars", "getattr", "setattr", "__import__", "input":
				return "it calls " + fn.ID
			}
			return ""
		}
	}
	if root := rootName(c.Fn); root != nil {
		if why := w.inView(c.Fn, root); why != "" {
			return why
		}
		return w.held(root)
	}
	return ""
}

// held follows what a name holds that something is called through: a dict or a list of functions, an object of a class, a partial function.
func (w *wrapping) held(root *analyzer.Name) string {
	for _, o := range w.p.f.Value(root).Origins {
		if w.seen[o.Expr] {
			continue
		}
		switch e := o.Expr.(type) {
		case *analyzer.Call, *analyzer.Dict, *analyzer.Seq, *analyzer.Lambda, *analyzer.Comp:
			w.seen[e] = true
			if why := w.node(e); why != "" {
				return why
			}
		case *analyzer.Subscript, *analyzer.Attribute:
			w.seen[e] = true
			from := rootName(e)
			if from == nil {
				return "it calls " + root.ID + ", which is out of view"
			}
			if why := w.inView(e, from); why != "" {
				return why
			}
			if why := w.held(from); why != "" {
				return why
			}
		}
	}
	return ""
}

// loopAPI take functions that build a loop's or a branch's graph. A variable that one of them makes is not found outside of it.
var loopAPI = newPattern(`^(cond|case|switch_case|while_loop|map_fn|scan|foldl|foldr|vectorized_map)$`)

// makesVariables tells whether n, or a function of the file that it names, makes variables.
func (p *program) makesVariables(n analyzer.Node, seen map[analyzer.Node]bool) bool {
	found := false
	analyzer.Walk(n, func(n analyzer.Node) bool {
		e, ok := n.(analyzer.Expr)
		if !ok || found {
			return !found
		}
		if c, ok := n.(*analyzer.Call); ok {
			if api, ok := p.Callee(c); ok && (p.Is(c, "get_variable", "Variable") || strings.HasPrefix(api.Name, "layers.") || strings.Contains(api.Name, "rnn")) {
				found = true
			}
		}
		switch e.(type) {
		case *analyzer.Name, *analyzer.Attribute:
			for _, o := range p.f.Value(e).Origins {
				body := analyzer.Node(nil)
				switch d := o.Node.(type) {
				case *analyzer.FuncDef:
					body = d.Body
				case *analyzer.ClassDef:
					body = d.Body
				}
				if l, ok := o.Expr.(*analyzer.Lambda); ok {
					body = l
				}
				if body != nil && !seen[body] {
					seen[body] = true
					found = found || p.makesVariables(body, seen)
				}
			}
		}
		return !found
	})
	return found
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

// onCPU tells whether a device is surely none that a machine may lack.
func (p *program) onCPU(e analyzer.Expr) bool {
	if rules.IsNone(e) {
		return true
	}
	s, ok := p.String(e)
	return ok && (s == "" || strings.HasSuffix(strings.ToLower(s), "cpu:0"))
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
