package rewrite

import (
	"context"
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// elsewhere follows what another file of the project defines: a function, a class, or the module itself, whose attributes are followed where they are used.
// The file must be one that can be moved to TensorFlow 2 along with this one, in eager mode.
func (w *wrapping) elsewhere(o analyzer.Origin) string {
	out := "it uses " + o.Import + ", which another file defines"
	if _, isModule := o.Node.(*analyzer.Block); isModule {
		return ""
	}
	if w.p != w.main {
		return out
	}
	p, why := w.fileOf(o.Home)
	if why != "" {
		return out + ": " + why
	}
	if o.Node == nil {
		if _, ok := o.Home.Constant(o.Expr, rules.Known); ok {
			return ""
		}
		return out
	}
	var d analyzer.Node
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		if definedName(n) != nil && n.Pos() == o.Node.Pos() {
			d = n
		}
		return d == nil
	})
	if d == nil {
		return out
	}
	edits := len(w.edits)
	w.p = p
	why = w.definition(d)
	w.p = w.main
	if why == "" && len(w.edits) > edits {
		w.edits = w.edits[:edits]
		why = "a tf.Variable is initialised by a tensor of the graph"
	}
	if why != "" {
		return out + ": " + why
	}
	return ""
}

// fileOf is another file, parsed for this question alone: the project's own copy belongs to all that ask.
func (w *wrapping) fileOf(home *analyzer.File) (p *program, why string) {
	if p, ok := w.files[home]; ok {
		return p, ""
	}
	f, err := analyzer.Parse(context.Background(), home.Path, home.Src)
	if err != nil || len(f.Errors) > 0 {
		return nil, "it could not be read"
	}
	if why := notPython3(f); why != "" {
		return nil, why
	}
	p = newProgram(rules.Lift(f, w.main.Target), w.main.opt)
	if _, ok := p.contrib(nil); ok {
		return nil, "it uses tf.contrib"
	}
	if len(p.Sites) > 0 {
		return nil, "it saves or loads a model itself"
	}
	if len(p.controls("disable_v2_behavior", "disable_eager_execution")) > 0 {
		return nil, "it turns eager mode off"
	}
	w.files[home] = p
	return p, ""
}

// wrappedElsewhere are what is followed of other files, by their paths. why says what else these do in graph mode.
func (w *wrapping) wrappedElsewhere() (spans map[string][]analyzer.Span, why string) {
	spans = map[string][]analyzer.Span{}
	for home, p := range w.files {
		var nodes []analyzer.Node
		for n := range w.seen {
			if definedName(n) != nil && p.f.Parent(n) != nil {
				nodes = append(nodes, n)
				spans[home.Path] = append(spans[home.Path], n.Pos())
			}
		}
		slices.SortFunc(spans[home.Path], func(a, b analyzer.Span) int { return a.Start - b.Start })
		if m := p.modeOutside([]*Fix{{Wrapped: nodes}}); m.graph && !m.explicit {
			return nil, "the file that defines " + definedName(nodes[0]).ID + " builds graphs elsewhere as well"
		}
	}
	return spans, ""
}
