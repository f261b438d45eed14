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

// heldDirectory is for a Builder that functions share: what held it holds the export directory from then on.
type heldDirectory struct {
	add, save string // how that is spelled where a meta graph was added, and where the Builder was saved
	edits     []Edit // that put the directory in the Builder's place
}

// holdDirectory puts the export directory in the place of a Builder that functions share. why says what else uses the Builder, or how else it is shared.
func (p *program) holdDirectory(e *rules.Export) (h *heldDirectory, why string) {
	made, isAssign := p.f.StmtOf(e.Builder).(*analyzer.Assign)
	if isAssign && made.Value == analyzer.Expr(e.Builder) && len(made.Targets) == 1 && !e.Passed {
		if target, isAttr := made.Targets[0].(*analyzer.Attribute); isAttr {
			return p.holdInAttribute(e, made, target)
		}
	}
	return p.carryDirectory(e)
}

// holdInAttribute finds a name for an attribute that methods share.
func (p *program) holdInAttribute(e *rules.Export, made *analyzer.Assign, target *analyzer.Attribute) (h *heldDirectory, why string) {
	const elsewhere = "its attribute is used for something else"
	ours := map[analyzer.Expr]bool{target: true}
	var bases []string
	for _, c := range []*analyzer.Call{e.MetaGraphs[0].Call, e.Save} {
		fn, _ := c.Fn.(*analyzer.Attribute)
		if fn == nil {
			return nil, elsewhere
		}
		on, isAttr := fn.X.(*analyzer.Attribute)
		if !isAttr || on.Attr != target.Attr {
			return nil, elsewhere
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
		return nil, elsewhere
	}
	name := "export_dir"
	for i := 2; taken[name]; i++ {
		name = fmt.Sprintf("export_dir_%d", i)
	}
	edit := p.replaceStmt(made, p.oneLine(target.X)+"."+name+" = "+p.oneLine(e.Directory))
	return &heldDirectory{add: bases[0] + "." + name, save: bases[1] + "." + name, edits: []Edit{edit}}, ""
}
