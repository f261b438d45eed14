package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// statelessAPI are the functions of TensorFlow that compute tensors from tensors and touch nothing else, by their canonical name: the code that
// calls them means the same in a graph and in a tf.function.
var statelessAPI = newPattern(`^(` + strings.Join([]string{
	`(math|linalg|strings|bitwise|signal|dtypes|quantization|sets|sparse|ragged)\.\w+`,
	`nn\.\w+`, `image\.\w+`, `io\.(parse|decode)_\w+`, `decode_\w+`, `parse_\w+`,
	`abs|accumulate_n|acos|acosh|add|add_n|arg_max|arg_min|argmax|argmin|argsort|as_dtype|as_string|asin|asinh|atan|atan2|atanh`,
	`batch_\w+|betainc|bitcast|boolean_mask|broadcast_\w+|bincount|cast|ceil|cholesky|cholesky_solve|clip_by_\w+|complex|concat|conj|constant`,
	`convert_to_tensor|cos|cosh|cross|cumprod|cumsum|depth_to_space|diag|diag_part|digamma|div|div_no_nan|divide|edit_distance|einsum|ensure_shape`,
	`equal|erf|erfc|exp|expand_dims|expm1|eye|fill|fft|ifft|floor|floor_div|floordiv|floormod|gather|gather_nd|greater|greater_equal|identity|identity_n`,
	`igamma|igammac|imag|invert_permutation|is_finite|is_inf|is_nan|lbeta|less|less_equal|lgamma|lin_space|linspace|log|log1p|log_sigmoid|logical_\w+`,
	`matmul|matrix_\w+|maximum|meshgrid|minimum|mod|multiply|name_scope|negative|norm|not_equal|one_hot|ones|ones_like|pad|polygamma|pow|qr`,
	`range|rank|real|realdiv|reciprocal|reduce_\w+|regex_replace|repeat|reshape|reverse|reverse_sequence|reverse_v2|rint|roll|round|rsqrt|saturate_cast`,
	`scalar_mul|scatter_nd|searchsorted|segment_\w+|sequence_mask|shape|shape_n|sigmoid|sign|sin|sinh|size|slice|sort|space_to_\w+|sparse_to_dense|split`,
	`sqrt|square|squared_difference|squeeze|stack|stop_gradient|strided_slice|string_\w+|substr|subtract|tan|tanh|tensor_scatter_\w+|tensordot|tile`,
	`cond|case|switch_case|while_loop|map_fn|scan|foldl|foldr`, // of what they are given
	`to_\w+|transpose|truediv|truncatediv|truncatemod|unique|unique_with_counts|unsorted_segment_\w+|unstack|where|where_v2|zeros|zeros_like|zeta`,
}, "|") + `)$`)

// statefulAPI are the exceptions: they draw random numbers, or make or need variables.
var statefulAPI = newPattern(`random|dropout|rnn|sampled|sampler|sample_distorted|nce_loss|fractional|_placeholder|sparse\.(placeholder|mask)|TensorArray|Variable|variable`)

// pureBuiltins are the builtins that a graph-building function may call.
var pureBuiltins = map[string]bool{
	"len": true, "range": true, "int": true, "float": true, "str": true, "list": true, "dict": true, "tuple": true, "zip": true, "bool": true,
	"enumerate": true, "sum": true, "min": true, "max": true, "abs": true, "round": true, "sorted": true, "isinstance": true, "reversed": true, "set": true,
}

// pureMethods are the methods of tensors and shapes that only look.
var pureMethods = map[string]bool{"get_shape": true, "set_shape": true, "as_list": true, "format": true, "items": true, "keys": true, "values": true, "get": true, "append": true}

// purity says why code can't move from a graph into a tf.function; "" where it can. A function of the file is followed.
type purity struct {
	p    *program
	seen map[*analyzer.FuncDef]bool
}

func (p *program) impure(n analyzer.Node) string {
	return (&purity{p, map[*analyzer.FuncDef]bool{}}).node(n)
}

func (q *purity) node(n analyzer.Node) string {
	why := ""
	analyzer.Walk(n, func(n analyzer.Node) bool {
		if why == "" {
			why = q.one(n)
		}
		if _, isAttr := n.(*analyzer.Attribute); isAttr {
			if _, ok := q.p.API(n.(analyzer.Expr)); ok {
				return false
			}
		}
		return why == ""
	})
	return why
}

func (q *purity) one(n analyzer.Node) string {
	switch n := n.(type) {
	case *analyzer.Call:
		return q.call(n)
	case *analyzer.Attribute:
		return q.attribute(n)
	case *analyzer.Name:
		return q.passed(n)
	case *analyzer.Compare:
		for i, op := range n.Ops {
			if (op == "==" || op == "!=" || op == "<>") && !q.constant(n.Operands[i]) && !q.constant(n.Operands[i+1]) {
				return "it compares with " + op + ", which asks for identity in TensorFlow 1 and for values in 2"
			}
		}
	case *analyzer.Other, *analyzer.BadStmt, *analyzer.OldStmt, *analyzer.Global, *analyzer.Delete, *analyzer.ClassDef, *analyzer.Walrus, *analyzer.Try, *analyzer.Raise, *analyzer.While:
		return "it holds a statement that is not followed"
	case *analyzer.Assign:
		for _, t := range n.Targets {
			if !onlyNames(t) {
				return "it changes something other than a name of its own"
			}
		}
	case *analyzer.AugAssign:
		if !onlyNames(n.Target) {
			return "it changes something other than a name of its own"
		}
	case *analyzer.With:
		for _, it := range n.Items {
			if c, ok := it.X.(*analyzer.Call); !ok || !q.p.Is(c, "name_scope") {
				return "it holds a with statement that is not followed"
			}
		}
	}
	return ""
}

func onlyNames(e analyzer.Expr) bool {
	switch e := e.(type) {
	case *analyzer.Name:
		return true
	case *analyzer.Seq:
		for _, x := range e.Elems {
			if !onlyNames(x) {
				return false
			}
		}
		return true
	}
	return false
}

// constant tells whether an operand surely is no tensor.
func (q *purity) constant(e analyzer.Expr) bool {
	_, ok := q.p.f.Constant(e, rules.Known)
	return ok
}

func (q *purity) attribute(a *analyzer.Attribute) string {
	if api, ok := q.p.API(a); ok {
		return q.api(api)
	}
	if paths, _ := q.p.f.Names(a); len(paths) > 0 {
		for _, path := range paths {
			if strings.HasPrefix(path, "numpy.") && !strings.HasPrefix(path, "numpy.random") {
				return ""
			}
		}
		return "it uses " + q.p.f.Text(a.Pos()) + ", which is out of view"
	}
	switch a.Attr {
	case "shape":
		if sub, ok := q.p.f.Parent(a).(*analyzer.Subscript); ok && sub.X == analyzer.Expr(a) {
			return "it takes a dimension of a shape, which is another thing in TensorFlow 1 (a Dimension) than in 2 (an int or None)"
		}
		return ""
	case "dtype", "ndim", "T":
		return ""
	case "get_shape":
		if call, ok := q.p.f.Parent(a).(*analyzer.Call); ok {
			if sub, ok := q.p.f.Parent(call).(*analyzer.Subscript); ok && sub.X == analyzer.Expr(call) {
				return "it takes a dimension of a shape, which is another thing in TensorFlow 1 (a Dimension) than in 2 (an int or None)"
			}
		}
		return ""
	}
	if pureMethods[a.Attr] {
		return ""
	}
	return "it uses the attribute " + a.Attr
}

// api judges a name of TensorFlow's wherever it is used, called or not.
func (q *purity) api(api rules.API) string {
	if api.Symbol.Kind == symbols.Constant || api.Symbol.Kind == symbols.Module {
		return ""
	}
	if api.Name == "FixedLenFeature" || api.Name == "VarLenFeature" || api.Name == "FixedLenSequenceFeature" || strings.HasPrefix(api.Name, "io.") && strings.HasSuffix(api.Name, "Feature") {
		return ""
	}
	if api.Name == "placeholder_with_default" { // never fed in a function, it is its default
		return ""
	}
	for _, name := range []string{api.Name, api.Used} {
		if statelessAPI.MatchString(name) && !statefulAPI.MatchString(name) {
			return ""
		}
	}
	return "it uses tf." + api.Used
}

func (q *purity) call(c *analyzer.Call) string {
	if api, ok := q.p.Callee(c); ok {
		return q.api(api)
	}
	switch fn := c.Fn.(type) {
	case *analyzer.Attribute:
		return "" // judged as an attribute
	case *analyzer.Name:
		if len(q.p.f.Resolve(fn).Bindings) == 0 && pureBuiltins[fn.ID] {
			return ""
		}
		if o, ok := q.p.f.Only(fn); ok && o.Kind == analyzer.FromDef {
			if d, ok := o.Node.(*analyzer.FuncDef); ok {
				return q.function(d)
			}
		}
		if o, ok := q.p.f.Only(fn); ok && o.Kind == analyzer.FromImport && strings.HasPrefix(o.Import, "numpy.") && !strings.HasPrefix(o.Import, "numpy.random") {
			return ""
		}
	}
	return "it calls " + q.p.f.Text(c.Fn.Pos()) + ", which is out of view"
}

// passed judges a function of the file that is given to something that calls it.
func (q *purity) passed(n *analyzer.Name) string {
	if c, ok := q.p.f.Parent(n).(*analyzer.Call); ok && c.Fn == analyzer.Expr(n) {
		return "" // judged as a call
	}
	if b := q.p.f.BindingOf(n); b != nil {
		return ""
	}
	for _, o := range q.p.f.Value(n).Origins {
		if d, ok := o.Node.(*analyzer.FuncDef); ok && o.Kind == analyzer.FromDef {
			if why := q.function(d); why != "" {
				return why
			}
		}
	}
	return ""
}

// function judges a function of the file by its body.
func (q *purity) function(d *analyzer.FuncDef) string {
	if q.seen[d] {
		return ""
	}
	q.seen[d] = true
	if len(d.Decorators) > 0 {
		return "it calls " + d.Name.ID + ", which is decorated"
	}
	if why := q.node(d.Body); why != "" {
		return "it calls " + d.Name.ID + ": " + why
	}
	return ""
}

// buildsGraph tells whether an expression calls TensorFlow, itself or through functions of the file.
func (p *program) buildsGraph(n analyzer.Node, seen map[*analyzer.FuncDef]bool) bool {
	found := false
	analyzer.Walk(n, func(n analyzer.Node) bool {
		c, ok := n.(*analyzer.Call)
		if !ok {
			return !found
		}
		if api, ok := p.Callee(c); ok {
			found = found || !graphFreeAPI.MatchString(api.Name)
		} else if o, ok := p.f.Only(c.Fn); ok && o.Kind == analyzer.FromDef {
			if d, ok := o.Node.(*analyzer.FuncDef); ok && !seen[d] {
				seen[d] = true
				found = found || p.buildsGraph(d.Body, seen)
			}
		}
		return !found
	})
	return found
}
