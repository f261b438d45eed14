package rewrite

import (
	"fmt"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// builderApart tells whether a Builder is made, filled and saved in different functions.
func (p *program) builderApart(e *rules.Export) bool {
	if e.Builder == nil {
		return false
	}
	in := p.f.FuncOf(e.MetaGraphs[0].Call)
	return p.f.FuncOf(e.Builder) != in || p.f.FuncOf(e.Save) != in
}

// heldDirectory is for a Builder that methods share as an attribute: the attribute holds the export directory from then on.
type heldDirectory struct {
	made, add, save string // how the attribute is spelled at each place
}

// holdDirectory finds a name for the attribute. ok is false where something else uses the Builder's, or the Builder is shared in another way.
func (p *program) holdDirectory(e *rules.Export) (h heldDirectory, ok bool) {
	made, isAssign := p.f.StmtOf(e.Builder).(*analyzer.Assign)
	if !isAssign || len(made.Targets) != 1 {
		return h, false
	}
	target, isAttr := made.Targets[0].(*analyzer.Attribute)
	if !isAttr {
		return h, false
	}
	ours := map[analyzer.Expr]bool{target: true}
	var bases []string
	for _, c := range []*analyzer.Call{e.MetaGraphs[0].Call, e.Save} {
		fn, _ := c.Fn.(*analyzer.Attribute)
		if fn == nil {
			return h, false
		}
		on, isAttr := fn.X.(*analyzer.Attribute)
		if !isAttr || on.Attr != target.Attr {
			return h, false
		}
		ours[on] = true
		bases = append(bases, p.oneLine(on.X))
	}
	taken := map[string]bool{}
	other := false
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		a, isAttr := n.(*analyzer.Attribute)
		if !isAttr {
			return true
		}
		if _, isAPI := p.API(a); isAPI {
			return false
		}
		taken[a.Attr] = true
		other = other || a.Attr == target.Attr && !ours[a]
		return true
	})
	if other {
		return h, false
	}
	name := "export_dir"
	for i := 2; taken[name]; i++ {
		name = fmt.Sprintf("export_dir_%d", i)
	}
	return heldDirectory{p.oneLine(target.X) + "." + name, bases[0] + "." + name, bases[1] + "." + name}, true
}
