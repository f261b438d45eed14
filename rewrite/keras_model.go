package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// sameKeras are the names of Keras's that mean the same, bit for bit, in TensorFlow 1's Keras, in Keras 2 and in Keras 3 where a model only
// predicts. Recurrent layers are not among them (their defaults changed), nor are layers that hold code of the program's.
var sameKeras = newPattern(`^(` + strings.Join([]string{
	`(models\.)?(Sequential|Model)|(layers\.)?Input|layers\.InputLayer|models\.load_model`,
	`layers\.(Dense|Activation|Dropout|SpatialDropout[12]D|GaussianNoise|Flatten|Reshape|Permute|RepeatVector|Embedding|ReLU|LeakyReLU|ELU|PReLU|Softmax)`,
	`layers\.(Conv[12]D|DepthwiseConv2D|SeparableConv2D|Conv2DTranspose|(Max|Average)Pooling[12]D|(MaxPool|AvgPool)[12]D|Global(Max|Average)Pooling[12]D)`,
	`layers\.(ZeroPadding[12]D|Cropping[12]D|UpSampling[12]D|BatchNormalization)`,
	`layers\.(Concatenate|Add|Subtract|Multiply|Average|Maximum|Minimum|concatenate|add|subtract|multiply|average|maximum|minimum)`,
	`initializers\.\w+|regularizers\.\w+|activations\.(relu|softmax|sigmoid|tanh|linear|elu|softplus|softsign)`,
	`backend\.(get_session|set_learning_phase|clear_session)`,
}, "|") + `)$`)

// sameBeside are the names of TensorFlow's outside of Keras that a program may use around such a model.
var sameBeside = newPattern(`^(nn\.(relu|sigmoid|tanh|softmax|elu)|set_random_seed|logging\..*|gfile\..*|compat\.as_\w+|constant_initializer|zeros_initializer|ones_initializer|` +
	`disable_\w+|enable_\w+|float(16|32|64)|u?int\d+|string|bool)$`)

// training are the methods that change a model's weights in a way that depends on how Keras runs.
var training = map[string]bool{"fit": true, "fit_generator": true, "train_on_batch": true, "train_function": true, "partial_fit": true}

// weighted are the layers that have weights, with the parameters that initialise those of them that are not constant at the start anyway.
var weighted = map[string][]string{
	"Dense": {"kernel_initializer"}, "Conv1D": {"kernel_initializer"}, "Conv2D": {"kernel_initializer"}, "Conv2DTranspose": {"kernel_initializer"},
	"DepthwiseConv2D": {"depthwise_initializer"}, "SeparableConv2D": {"depthwise_initializer", "pointwise_initializer"}, "Embedding": {"embeddings_initializer"},
}

// kerasName is a name of Keras's, below tf.keras or the package keras of its own.
func (p *program) kerasName(e analyzer.Expr) (name string, ok bool) {
	if api, ok := p.API(e); ok {
		name, ok := strings.CutPrefix(api.Used, "keras.")
		return name, ok && api.Root != rules.Private && api.Rest == ""
	}
	if paths, only := p.f.Names(e); only && len(paths) == 1 {
		return strings.CutPrefix(paths[0], "keras.")
	}
	return "", false
}

// unlikeKeras tells what of the file may give a Keras model other weights or another answer where it runs eagerly, on Keras 2 or 3; "" if
// nothing does. What the edits cover does not count.
func (p *program) unlikeKeras(edits []Edit) string {
	why := ""
	refuse := func(n analyzer.Node, text string) {
		if why == "" {
			line, _ := p.f.Position(n.Pos().Start)
			why = fmt.Sprintf("line %d %s", line, text)
		}
	}
	for _, b := range p.f.Bindings() {
		if b.Kind == analyzer.BindImport || b.Kind == analyzer.BindStar {
			if rootModule(b.Import) != "keras" && !p.buildsNone(b.Import) {
				return "it imports " + strings.TrimLeft(b.Import, ".") + ", which is not in view"
			}
		}
	}
	for _, u := range p.uses {
		if covered(edits, u.node.Pos()) || u.api.Symbol.Kind == symbols.Module && u.api.Rest == "" {
			continue
		}
		if name, isKeras := p.kerasName(u.node); isKeras {
			p.judgeKeras(u.node, name, refuse)
		} else if !sameBeside.MatchString(u.api.Used) && !graphFreeAPI.MatchString(u.api.Used) {
			refuse(u.node, "uses tf."+u.api.Used)
		}
	}
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Import:
			for _, in := range n.Names {
				if in.Name == "random" {
					refuse(n, "imports random, which Keras draws its seeds from")
				}
			}
		case *analyzer.Attribute:
			if name, isKeras := p.kerasName(n); isKeras {
				if _, isAPI := p.API(n); !isAPI && n.Attr != "keras" && !keraslike(name) {
					p.judgeKeras(n, name, refuse)
				}
				return false
			}
			if training[n.Attr] {
				refuse(n, "trains a model")
			}
			if (n.Attr == "op" || n.Attr == "graph") && !covered(edits, n.Pos()) {
				refuse(n, "asks for the "+n.Attr+" of a tensor")
			}
		case *analyzer.Name:
			if _, isAPI := p.API(n); !isAPI {
				if name, isKeras := p.kerasName(n); isKeras && !keraslike(name) {
					p.judgeKeras(n, name, refuse)
				}
			}
		case *analyzer.Call:
			if a, ok := n.Fn.(*analyzer.Attribute); ok && a.Attr == "get_weights" && !p.onlyShapes(n) {
				refuse(n, "uses the weights that a model starts with")
			}
			for _, a := range n.Args {
				if a.Name == "training" || a.Name == "custom_objects" {
					refuse(a, "passes "+a.Name)
				}
				if s, ok := p.String(a.Value); ok && (a.Name == "activation" || a.Name == "") && s == "hard_sigmoid" {
					refuse(a, "uses hard_sigmoid, which Keras 3 computes in another way")
				}
			}
		}
		return true
	})
	return why
}

// keraslike tells whether a path below keras is that of a module, which is spelled in lower case and holds what counts.
func keraslike(name string) bool {
	switch name {
	case "layers", "models", "backend", "initializers", "regularizers", "activations", "optimizers", "losses", "utils":
		return true
	}
	return false
}

func (p *program) judgeKeras(n analyzer.Expr, name string, refuse func(analyzer.Node, string)) {
	if !sameKeras.MatchString(name) {
		refuse(n, "uses keras."+name)
		return
	}
	c, called := p.f.Parent(n).(*analyzer.Call)
	called = called && c.Fn == n
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch {
	case last == "set_learning_phase":
		if !called || !p.inferencePhase(c) {
			refuse(n, "sets another learning phase than 0")
		}
	case last == "load_model":
		if !called || !p.savedHere(c) {
			refuse(n, "loads a model that the file does not write")
		}
	case !called && strings.ToUpper(last[:1]) == last[:1] && !strings.HasPrefix(name, "initializers."):
		refuse(n, "uses keras."+name+" other than by calling it")
	}
}

// inferencePhase tells whether a call is set_learning_phase(0), or with False, as a statement of its own.
func (p *program) inferencePhase(c *analyzer.Call) bool {
	s, ok := p.f.StmtOf(c).(*analyzer.ExprStmt)
	a, state := c.Arg("value", 0)
	if !ok || s.X != analyzer.Expr(c) || !p.ownLines(s) || state != analyzer.Present {
		return false
	}
	text := p.f.Text(a.Value.Pos())
	return text == "0" || text == "False"
}

// savedHere tells whether a model is loaded from a path that the file saves one to, spelled the same way.
func (p *program) savedHere(load *analyzer.Call) bool {
	from, state := load.Arg("filepath", 0)
	if state != analyzer.Present {
		return false
	}
	for _, c := range p.f.Calls() {
		if p.savesTo(c, from.Value) {
			return true
		}
	}
	return false
}

// savesTo tells whether a call is x.save(path) with a path that is spelled in one way, or is one constant.
func (p *program) savesTo(c *analyzer.Call, path analyzer.Expr) bool {
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok || a.Attr != "save" {
		return false
	}
	to, state := c.Arg("filepath", 0)
	if state != analyzer.Present {
		return false
	}
	x, ok := p.String(to.Value)
	y, also := p.String(path)
	return ok && also && x == y || p.f.Text(to.Value.Pos()) == p.f.Text(path.Pos())
}

// onlyShapes tells whether a list of weights is only gone over for their shapes and types.
func (p *program) onlyShapes(weights *analyzer.Call) bool {
	var over analyzer.Expr = weights
	if c, ok := p.f.Parent(weights).(*analyzer.Call); ok {
		if n, isName := c.Fn.(*analyzer.Name); isName && n.ID == "enumerate" {
			over = c
		}
	}
	var target analyzer.Expr
	var within analyzer.Node
	switch n := p.f.Parent(over).(type) {
	case *analyzer.Comp:
		for _, cl := range n.Clauses {
			if cl.Iter == over {
				target, within = cl.Target, n
			}
		}
	case *analyzer.For:
		if n.Iter == over {
			target, within = n.Target, n
		}
	}
	if target == nil {
		return false
	}
	if over != analyzer.Expr(weights) {
		pair, ok := target.(*analyzer.Seq)
		if !ok || len(pair.Elems) != 2 {
			return false
		}
		target = pair.Elems[1]
	}
	each, ok := target.(*analyzer.Name)
	if !ok {
		return false
	}
	shapes := true
	analyzer.Walk(within, func(n analyzer.Node) bool {
		name, ok := n.(*analyzer.Name)
		if !ok || name.ID != each.ID || name == each {
			return shapes
		}
		switch u := p.f.Parent(name).(type) {
		case *analyzer.Attribute:
			shapes = shapes && slices.Contains([]string{"shape", "size", "ndim", "dtype"}, u.Attr)
		case *analyzer.Call:
			paths, only := p.f.Names(u.Fn)
			shapes = shapes && only && len(paths) == 1 && slices.Contains([]string{"numpy.zeros_like", "numpy.ones_like", "numpy.full_like"}, paths[0]) &&
				u.Args[0].Value == analyzer.Expr(name)
		default:
			shapes = false
		}
		return shapes
	})
	return shapes
}

// instance is the call that made a model, and where in that call's function the model is used: an export function that is called once is followed
// to what its caller passes, and an attribute that is set once to what it is set to.
func (p *program) instance(e analyzer.Expr, at analyzer.Node) (made *analyzer.Call, use analyzer.Node, ok bool) {
	for range 5 {
		if c, ok := p.f.OnlyCall(e); ok {
			return c, at, true
		}
		if set, ok := p.setOnce(e); ok {
			e, at = set.Value, set
			continue
		}
		v := p.f.Value(e)
		if len(v.Origins) != 1 || v.Origins[0].Kind != analyzer.FromParam {
			return nil, nil, false
		}
		param := v.Origins[0].Node
		var def *analyzer.FuncDef
		var arg analyzer.Expr
		var call *analyzer.Call
		for _, c := range p.f.Calls() {
			o, only := p.f.Only(c.Fn)
			d, isDef := o.Node.(*analyzer.FuncDef)
			if !only || !isDef || o.Kind != analyzer.FromDef {
				continue
			}
			for i, a := range d.Params {
				if analyzer.Node(a) != param || a.Name == nil {
					continue
				}
				if def != nil {
					return nil, nil, false // called in several places
				}
				passed, state := c.Arg(a.Name.ID, i)
				if state != analyzer.Present {
					return nil, nil, false
				}
				def, arg, call = d, passed.Value, c
			}
		}
		if def == nil {
			return nil, nil, false
		}
		e, at = arg, call
	}
	return nil, nil, false
}

// setOnce is the statement that gives an attribute of an object its value, where the file has one that does so with anything but None.
func (p *program) setOnce(e analyzer.Expr) (set *analyzer.Assign, ok bool) {
	attr, isAttr := e.(*analyzer.Attribute)
	if !isAttr {
		return nil, false
	}
	if self, isName := attr.X.(*analyzer.Name); !isName || !p.isSelf(self) {
		return nil, false
	}
	times := 0
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		a, isAssign := n.(*analyzer.Assign)
		if !isAssign {
			return true
		}
		for _, t := range a.Targets {
			analyzer.Walk(t, func(n analyzer.Node) bool {
				if other, ok := n.(*analyzer.Attribute); ok && other.Attr == attr.Attr && other != attr {
					if a.Value == nil || len(a.Targets) != 1 || t != analyzer.Expr(other) || !rules.IsNone(a.Value) {
						times++
						set, ok = a, len(a.Targets) == 1 && t == analyzer.Expr(other) && a.Value != nil
						if !ok {
							times = 2
						}
					}
				}
				return true
			})
		}
		return true
	})
	return set, times == 1
}

// settled tells whether the weights that a model has where it is used surely do not depend on how they were initialised: they are set as a whole, or every
// layer of the file starts with constants.
func (p *program) settled(made *analyzer.Call, at analyzer.Node, depth int) bool {
	if depth > 5 {
		return false
	}
	if name, ok := p.kerasName(made.Fn); ok && strings.HasSuffix(name, "load_model") {
		return p.allSettled(made)
	}
	for _, c := range p.f.Calls() {
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || a.Attr != "set_weights" && a.Attr != "load_weights" || len(c.Args) != 1 {
			continue
		}
		if m, ok := p.f.OnlyCall(a.X); !ok || m != made {
			continue
		}
		s, ok := p.f.StmtOf(c).(*analyzer.ExprStmt)
		if !ok || s.X != analyzer.Expr(c) || p.f.FuncOf(s) != p.f.FuncOf(at) {
			continue
		}
		if b, _ := p.f.BlockOf(s); b.Contains(at.Pos()) && s.End <= at.Pos().Start && made.End <= s.Start {
			return true
		}
	}
	if inner, at, ok := p.construction(made, at); ok && inner != made {
		return p.settled(inner, at, depth+1)
	} else if ok {
		name, _ := p.kerasName(made.Fn)
		return slices.Contains([]string{"Sequential", "models.Sequential", "Model", "models.Model"}, name) && p.constantStart()
	}
	return false
}

// construction is the call in view that made a model which a function of the file may have returned, and where that returns it.
func (p *program) construction(made *analyzer.Call, at analyzer.Node) (*analyzer.Call, analyzer.Node, bool) {
	for range 5 {
		o, ok := p.f.Only(made.Fn)
		d, isDef := o.Node.(*analyzer.FuncDef)
		if !ok || !isDef || o.Kind != analyzer.FromDef {
			return made, at, true
		}
		returns := p.f.Returns(d)
		if len(returns) != 1 {
			return nil, nil, false
		}
		if made, at, ok = p.instance(returns[0], returns[0]); !ok {
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// allSettled tells whether every model that the file saves where this one is loaded from has its weights settled.
func (p *program) allSettled(load *analyzer.Call) bool {
	from, state := load.Arg("filepath", 0)
	found := false
	for _, c := range p.f.Calls() {
		if state != analyzer.Present || !p.savesTo(c, from.Value) {
			continue
		}
		if made, at, ok := p.instance(c.Fn.(*analyzer.Attribute).X, c); !ok || made == load || !p.settled(made, at, 1) {
			return false
		}
		found = true
	}
	return found
}

// constantStart tells whether every layer with weights that the file makes is initialised with constants.
func (p *program) constantStart() bool {
	for _, c := range p.f.Calls() {
		name, ok := p.kerasName(c.Fn)
		if !ok || !strings.HasPrefix(name, "layers.") {
			continue
		}
		for _, param := range weighted[strings.TrimPrefix(name, "layers.")] {
			a, state := c.Arg(param, -1)
			if state != analyzer.Present || !p.constantInitializer(a.Value) {
				return false
			}
		}
		for _, a := range c.Args {
			if strings.HasSuffix(a.Name, "_initializer") && !p.constantInitializer(a.Value) {
				return false
			}
		}
	}
	return true
}

var constantInitializers = newPattern(`(?i)^(keras\.)?(initializers\.)?(zeros?|ones?|constant)(_initializer)?$`)

func (p *program) constantInitializer(e analyzer.Expr) bool {
	if s, ok := p.String(e); ok {
		return constantInitializers.MatchString(s)
	}
	fn := e
	if c, ok := p.f.OnlyCall(e); ok {
		fn = c.Fn
	}
	if name, ok := p.kerasName(fn); ok {
		return constantInitializers.MatchString(name)
	}
	api, ok := p.API(fn)
	return ok && constantInitializers.MatchString(api.Used)
}
