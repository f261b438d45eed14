package rewrite

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// setFallback reads the default of a placeholder_with_default: a constant, as it is or in tf.constant. The type follows from how it is written.
func (in *input) setFallback(p *program) string {
	a, state := in.placeholder.Arg("input", 0)
	if state != analyzer.Present {
		return "the default of " + in.key + " is out of view"
	}
	in.fallback = a.Value
	value := a.Value
	if c, ok := p.MadeBy(value, "constant"); ok && analyzer.Expr(c) == value {
		if len(c.Args) != 1 || c.Args[0].Stars > 0 {
			return "the type of the default of " + in.key + " is not plain to see"
		}
		value = c.Args[0].Value
	}
	v, ok := p.f.Constant(value, rules.Known)
	if !ok {
		return "the default of " + in.key + " is not constant"
	}
	if in.dtype = constantType(v); in.dtype == "" {
		return "the type of the default of " + in.key + " is not plain to see"
	}
	return ""
}

// constantType is the type that TensorFlow gives a constant, or a list of constants of one type; "" if that is not plain to see.
func constantType(v any) string {
	switch v := v.(type) {
	case bool:
		return "bool"
	case int64:
		if v == int64(int32(v)) {
			return "int32"
		}
	case float64:
		return "float32"
	case string:
		return "string"
	case []any:
		found := ""
		for _, it := range v {
			t := constantType(it)
			if t == "" || found != "" && t != found {
				return ""
			}
			found = t
		}
		return found
	}
	return ""
}

// param is a parameter of a signature's function. A tensor as its default becomes the default of the signature's input.
func (w *functionWriter) param(in input) string {
	if in.fallback == nil {
		return in.name.ID
	}
	return in.name.ID + "=" + w.p.constantText(in.fallback)
}

// constantText is the default of a placeholder_with_default as a tensor.
func (p *program) constantText(fallback analyzer.Expr) string {
	value := p.oneLine(fallback)
	if _, isCall := fallback.(*analyzer.Call); !isCall {
		value = p.v2("constant") + "(" + value + ")"
	}
	return value
}

// settled makes a constant of a placeholder_with_default that no signature feeds, where the constant has the very shape that was declared.
func (w *functionWriter) settled(st *analyzer.Assign) []Edit {
	p := w.p
	c, ok := st.Value.(*analyzer.Call)
	if !ok || !p.Is(c, "placeholder_with_default") {
		return nil
	}
	value, state := c.Arg("input", 0)
	shape, state2 := c.Arg("shape", 1)
	if state != analyzer.Present || state2 != analyzer.Present || len(p.commentsIn(c.Pos())) > 0 {
		return nil
	}
	constant, text := value.Value, p.v2("constant")+"("+p.oneLine(value.Value)+")"
	if made, ok := constant.(*analyzer.Call); ok && p.Is(made, "constant") && len(made.Args) > 0 && made.Args[0].Name == "" {
		constant, text = made.Args[0].Value, p.oneLine(made)
		if _, state := made.Arg("shape", 2); state != analyzer.Absent {
			return nil
		}
	}
	v, ok := p.f.Constant(constant, rules.Known)
	dims, ok2 := p.f.Constant(shape.Value, rules.Known)
	if !ok || !ok2 || constantType(v) == "" || !hasShape(v, dims) {
		return nil
	}
	return []Edit{{c.Pos(), text}}
}

// hasShape tells whether a constant surely has a shape, a scalar or a vector of known size.
func hasShape(v, shape any) bool {
	dims, ok := shape.([]any)
	if !ok {
		return false
	}
	if elems, isList := v.([]any); isList {
		return len(dims) == 1 && dims[0] == any(int64(len(elems)))
	}
	return len(dims) == 0
}

// onlyScopes tells whether a with statement is only there for the names of operations.
func (p *program) onlyScopes(w *analyzer.With) bool {
	return len(w.Items) > 0 && !slices.ContainsFunc(w.Items, func(it analyzer.WithItem) bool { return !p.isNameScope(it) })
}

// isNameScope tells whether an item of a with statement only names operations, and nothing else uses the name.
func (p *program) isNameScope(it analyzer.WithItem) bool {
	c, ok := it.X.(*analyzer.Call)
	return ok && p.Is(c, "name_scope") && it.Target == nil
}

// underName tells whether a statement stands in a with statement that names operations.
func (p *program) underName(st analyzer.Stmt) bool {
	for n := p.f.Parent(st); n != nil; n = p.f.Parent(n) {
		if with, ok := n.(*analyzer.With); ok && slices.ContainsFunc(with.Items, p.isNameScope) {
			return true
		}
	}
	return false
}

// methodName tells why a signature's method name can't be written; "" if it can.
func (w *functionWriter) methodName(s rules.Signature) string {
	switch s.Method {
	case rules.PredictMethod:
		return ""
	case rules.ClassifyMethod, rules.RegressMethod:
		if w.p.plainPath(w.e.Directory) {
			return ""
		}
		return "its method name is " + s.Method + ", and its directory is computed"
	}
	return "its method name is " + s.Method
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
