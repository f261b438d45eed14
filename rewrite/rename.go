package rewrite

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// use is one place where the file names something of TensorFlow's.
type use struct {
	node analyzer.Expr
	api  rules.API
}

// findUses collects the TensorFlow names that the file uses, and what those that TensorFlow 2 lacks are called there.
//
// A name that is spelled out from the module tensorflow itself is left alone only where both APIs export the very same object.
// Where tf has that object under another name it gets that name, else the one below tf.compat.v1.
func (p *program) findUses() {
	p.uses = p.tensorFlowNames()
	for _, u := range p.uses {
		if strings.HasPrefix(u.api.Name, "contrib.") {
			p.contribUses = append(p.contribUses, u)
		}
		if u.api.Root == rules.Plain && status(u.api.Symbol, p.Target) == symbols.Missing && !p.guarded(u.node) {
			p.isV1 = true
		}
	}
	for _, s := range p.Sites {
		if e, ok := s.(*rules.EstimatorExport); ok && e.Method == "export_savedmodel" && e.Fallback == nil {
			p.isV1 = true // TensorFlow 2's Estimators have no such method
		}
	}
	p.isV1 = p.isV1 || p.opt.v1 || p.iteratesV1()
	if !p.isV1 {
		return // the file runs on TensorFlow 2 as it is: its plain names mean TensorFlow 2's
	}
	p.renames = p.renameOwnKeras()
	for _, u := range p.uses {
		if e, ok := p.rename(u); ok {
			p.renames = append(p.renames, e)
		}
	}
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		if from, ok := n.(*analyzer.ImportFrom); ok {
			if e, ok := p.renameImport(from); ok {
				p.renames = append(p.renames, e)
			}
		}
		return true
	})
	sortEdits(p.renames)
}

// iteratesV1 tells whether a Dataset of plain tensorflow is asked for an iterator by a method that TensorFlow 2's has not.
func (p *program) iteratesV1() bool {
	if !slices.ContainsFunc(p.uses, func(u use) bool {
		return u.api.Root == rules.Plain && strings.HasPrefix(u.api.Name, "data.") && status(u.api.Symbol, p.Target) == symbols.Differs
	}) {
		return false
	}
	return slices.ContainsFunc(p.f.Calls(), func(c *analyzer.Call) bool {
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || a.Attr != "make_one_shot_iterator" && a.Attr != "make_initializable_iterator" {
			return false
		}
		_, isAPI := p.API(a)
		return !isAPI
	})
}

// tensorFlowNames are the places where the file names something of TensorFlow's.
func (p *program) tensorFlowNames() []use {
	var out []use
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		e, ok := n.(analyzer.Expr)
		if !ok {
			return true
		}
		switch e.(type) {
		case *analyzer.Attribute, *analyzer.Name:
		default:
			return true
		}
		if analyzer.Dotted(e) == "" {
			return true
		}
		if api, ok := p.API(e); ok {
			out = append(out, use{e, api})
			return false
		}
		return true
	})
	return out
}

// guarded tells whether a name is used only where the program has asked for TensorFlow's version or for the name itself.
func (p *program) guarded(n analyzer.Node) bool {
	for child := n; ; {
		parent := p.f.Parent(child)
		if parent == nil {
			return false
		}
		switch s := parent.(type) {
		case *analyzer.If:
			if analyzer.Node(s.Test) != child && p.asksVersion(s.Test) {
				return true
			}
		case *analyzer.Cond:
			if analyzer.Node(s.Test) != child && p.asksVersion(s.Test) {
				return true
			}
		case *analyzer.Try:
			if analyzer.Node(s.Body) == child && len(s.Handlers) > 0 {
				return true
			}
		}
		child = parent
	}
}

// asksVersion tells whether a condition looks at tf.__version__ or asks hasattr.
func (p *program) asksVersion(test analyzer.Expr) bool {
	found := false
	analyzer.Walk(test, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Attribute:
			found = found || n.Attr == "__version__" || n.Attr == "VERSION"
		case *analyzer.Call:
			if name, ok := n.Fn.(*analyzer.Name); ok && name.ID == "hasattr" {
				found = true
			}
		}
		return !found
	})
	return found
}

// status is what has become of a symbol in the target version.
func status(s symbols.Symbol, target rules.Version) symbols.Status {
	if target.Minor > 15 {
		return s.In221
	}
	return s.In215
}

// rename is the edit that gives a use the name it has in TensorFlow 2. What a program took from a private module of TensorFlow's gets
// its public name: private modules lose functions without a word.
func (p *program) rename(u use) (Edit, bool) {
	if u.api.Root == rules.Compat || strings.HasPrefix(u.api.Name, "contrib.") {
		return Edit{}, false
	}
	s := u.api.Symbol
	if u.api.Name == "compat" && (u.api.Rest == "" || u.api.Rest == "v1" || u.api.Rest == "v2") {
		return Edit{}, false // tf.compat itself leads to both APIs, whichever it is found below
	}
	if u.api.Root == rules.Plain && (status(s, p.Target) == symbols.Same || p.sameCall(u)) {
		return Edit{}, false
	}
	node := u.node
	if u.api.Rest != "" {
		for range strings.Count(u.api.Rest, ".") + 1 {
			a, ok := node.(*analyzer.Attribute)
			if !ok {
				return Edit{}, false
			}
			node = a.X
		}
	}
	if u.api.Root == rules.Private {
		if s.Kind == symbols.Module || !p.imported(node) {
			return Edit{}, false
		}
		if name := v2Name(s); name != "" {
			return Edit{node.Pos(), p.v2(name)}, true
		}
		return Edit{node.Pos(), p.v1(s.Name)}, true
	}
	root := node
	for {
		a, ok := root.(*analyzer.Attribute)
		if !ok {
			break
		}
		root = a.X
	}
	if paths, only := p.f.Names(root); !only || len(paths) != 1 || paths[0] != "tensorflow" {
		return p.renameKeras(u) // what else is reached through a name of the program's own is renamed where that is made
	}
	name := "compat.v1." + s.Name
	if moved := v2Name(s); moved != "" && s.Kind != symbols.Module {
		name = moved
	}
	return Edit{node.Pos(), p.f.Text(root.Pos()) + "." + name}, true
}

// v2Name is the name below tf by which a symbol of tf.compat.v1 is known in TensorFlow 2; "" where it has none to stay with. Hooks of sessions are below
// tf.estimator as well, which ends with 2.15.
func v2Name(s symbols.Symbol) string {
	if strings.HasPrefix(s.V2Name, "__") || strings.HasPrefix(s.V2Name, "estimator.") && !strings.HasPrefix(s.Name, "estimator.") {
		return ""
	}
	return s.V2Name
}

// imported tells whether a dotted name starts with a name that an import binds.
func (p *program) imported(e analyzer.Expr) bool {
	for {
		a, ok := e.(*analyzer.Attribute)
		if !ok {
			break
		}
		e = a.X
	}
	n, ok := e.(*analyzer.Name)
	if !ok {
		return true
	}
	for _, b := range p.f.Resolve(n).Bindings {
		if b.Kind != analyzer.BindImport && b.Kind != analyzer.BindStar {
			return false
		}
	}
	return true
}

var importFromModule = regexp.MustCompile(`^from\s+(tensorflow)\b`)

// renameImport turns `from tensorflow import app` into `from tensorflow.compat.v1 import app` where TensorFlow 2 lacks one of the names, or has
// something else under it.
func (p *program) renameImport(from *analyzer.ImportFrom) (Edit, bool) {
	at := importFromModule.FindStringSubmatchIndex(p.f.Text(from.Span))
	if at == nil || from.Level > 0 || from.Star || from.Module != "tensorflow" && strings.HasPrefix(from.Module, "tensorflow.compat") {
		return Edit{}, false
	}
	needed := false
	for _, in := range from.Names {
		api, ok := rules.Lookup(from.Module + "." + in.Name)
		if !ok || api.Root != rules.Plain || api.Rest != "" || strings.HasPrefix(api.Name, "contrib.") {
			return Edit{}, false
		}
		s := status(api.Symbol, p.Target)
		needed = needed || s == symbols.Missing || s == symbols.Differs && api.Symbol.Kind != symbols.Module
	}
	if !needed {
		return Edit{}, false
	}
	end := from.Start + at[3]
	return Edit{analyzer.Span{Start: end, End: end}, ".compat.v1"}, true
}

// contrib is the first use of tf.contrib outside the given edits that the program does not guard; TensorFlow 2 has nothing of it.
func (p *program) contrib(edits []Edit) (use, bool) {
	for _, u := range p.contribUses {
		if !covered(edits, u.node.Pos()) && !p.guarded(u.node) {
			return u, true
		}
	}
	return use{}, false
}

// sameCalls are functions that tf.compat.v1 and tf export as different objects, and that do the same when they are called with these
// parameters alone: TensorFlow 1's function is a wrapper that also takes the deprecated names. A parameter in front of the bar
// may be given by position. Source: tensorflow/python/ops/{math_ops,array_ops,nn_ops,linalg_ops}.py of 2.15.
var sameCalls = map[string]string{
	"argmax":           "input axis | output_type name",
	"argmin":           "input axis | output_type name",
	"constant":         "value dtype | name",
	"expand_dims":      "input axis name |",
	"name_scope":       "name |",
	"nn.log_softmax":   "logits axis name |",
	"nn.softmax":       "logits axis name |",
	"norm":             "tensor ord axis keepdims name |",
	"reduce_all":       "input_tensor axis keepdims name |",
	"reduce_any":       "input_tensor axis keepdims name |",
	"reduce_logsumexp": "input_tensor axis keepdims name |",
	"reduce_max":       "input_tensor axis keepdims name |",
	"reduce_mean":      "input_tensor axis keepdims name |",
	"reduce_min":       "input_tensor axis keepdims name |",
	"reduce_prod":      "input_tensor axis keepdims name |",
	"reduce_sum":       "input_tensor axis keepdims name |",
	"squeeze":          "input axis name |",
	"zeros_like":       "- dtype name |",
}

// sameCall tells whether a use is the call of a function that does the same in both APIs with these arguments.
func (p *program) sameCall(u use) bool {
	params, ok := sameCalls[u.api.Used]
	c, isCall := p.f.Parent(u.node).(*analyzer.Call)
	if !ok || !isCall || c.Fn != u.node || u.api.Rest != "" {
		return false
	}
	positional, named, _ := strings.Cut(params, "|")
	order := strings.Fields(positional)
	allowed := map[string]bool{}
	for _, n := range append(strings.Fields(named), order...) {
		allowed[n] = n != "-"
	}
	for i, a := range c.Args {
		if a.Stars > 0 || a.Name == "" && i >= len(order) || a.Name != "" && !allowed[a.Name] {
			return false
		}
	}
	return true
}
