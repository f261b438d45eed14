package rewrite

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// deadImports deletes what the top level imports from TensorFlow or the standard library and only deleted code used: whole statements, or single
// names of them. What a package's __init__.py imports is for others to import from there. top is what is going to be put at the top of the file.
func (p *program) deadImports(edits, top []Edit) []Edit {
	if filepath.Base(p.f.Path) == "__init__.py" {
		return nil
	}
	var out []Edit
	for _, s := range p.f.Module.Stmts {
		names := importNames(s)
		var dead []int
		for i, in := range names {
			if p.isDeadImport(s, in, edits, top) {
				dead = append(dead, i)
			}
		}
		switch {
		case len(dead) == 0:
		case len(dead) < len(names):
			out = append(out, p.withoutNames(names, dead)...)
		case p.ownLines(s):
			out = append(out, p.deleteStmts([]analyzer.Stmt{s})...)
		}
	}
	return out
}

// isDeadImport tells whether a name that a statement imports is used in code that edits delete, and nowhere else. One that was not used before is
// not ours to judge.
func (p *program) isDeadImport(s analyzer.Stmt, in analyzer.ImportName, edits, top []Edit) bool {
	b := p.importBinding(s, in)
	if b == nil || rootModule(b.Import) != "tensorflow" && !standardModules[rootModule(b.Import)] {
		return false
	}
	uses := p.f.Uses(b)
	for _, u := range uses {
		if !covered(edits, u.Pos()) {
			return false
		}
	}
	return len(uses) > 0 && !p.spelledByFix(b, edits) && !p.spelledByFix(b, top)
}

// spelledByFix tells whether the text of an edit uses a name that an import binds.
func (p *program) spelledByFix(b *analyzer.Binding, edits []Edit) bool {
	if b.Ident == p.plain || b.Ident == p.compat {
		return true
	}
	word := regexp.MustCompile(`(^|[^.\w])` + regexp.QuoteMeta(b.Ident) + `\b`)
	for _, e := range edits {
		if word.MatchString(e.Text) {
			return true
		}
	}
	return false
}

// deadAliases deletes assignments that give a name to something of tf.saved_model, where only deleted code used the name.
func (p *program) deadAliases(edits []Edit) []Edit {
	if filepath.Base(p.f.Path) == "__init__.py" {
		return nil
	}
	var out []Edit
	for {
		var dead []analyzer.Stmt
		for _, u := range p.uses {
			st, ok := p.f.Parent(u.node).(*analyzer.Assign)
			if !ok || st.Value != u.node || !strings.HasPrefix(u.api.Name, "saved_model") || !p.ownLines(st) || covered(out, st.Span) || covered(edits, st.Span) {
				continue
			}
			if p.isDeadAlias(st, slices.Concat(edits, out)) {
				dead = append(dead, st)
			}
		}
		if len(dead) == 0 {
			return out
		}
		out = append(out, p.deleteStmts(dead)...)
	}
}

func (p *program) isDeadAlias(st *analyzer.Assign, edits []Edit) bool {
	if len(st.Targets) != 1 {
		return false
	}
	target, ok := st.Targets[0].(*analyzer.Name)
	if !ok {
		return false
	}
	b := p.f.BindingOf(target)
	if b == nil || b.Scope.Kind == analyzer.ClassScope || len(b.Scope.Vars[b.Ident].Bindings) != 1 {
		return false
	}
	uses := p.f.Uses(b)
	for _, u := range uses {
		if !covered(edits, u.Pos()) {
			return false
		}
	}
	return len(uses) > 0 && !p.spelledByFix(b, edits)
}

// withoutNames takes names out of an import statement that keeps others, each with the comma that parts it from its neighbour. Nothing is taken
// where a comment stands in between.
func (p *program) withoutNames(names []analyzer.ImportName, dead []int) []Edit {
	isDead := map[int]bool{}
	for _, i := range dead {
		isDead[i] = true
	}
	last := len(names) - 1 // of the names that stay
	for isDead[last] {
		last--
	}
	var out []Edit
	for i := range last {
		if isDead[i] {
			out = append(out, Edit{Span: analyzer.Span{Start: names[i].Start, End: names[i+1].Start}})
		}
	}
	if last < len(names)-1 {
		out = append(out, Edit{Span: analyzer.Span{Start: names[last].End, End: names[len(names)-1].End}})
	}
	for _, e := range out {
		if strings.Contains(p.f.Text(e.Span), "#") {
			return nil
		}
	}
	return out
}

func importNames(s analyzer.Stmt) []analyzer.ImportName {
	switch s := s.(type) {
	case *analyzer.Import:
		return s.Names
	case *analyzer.ImportFrom:
		return s.Names
	}
	return nil
}

// importBinding is what a name that a statement of the top level imports is bound by; nil where it is bound to nothing.
func (p *program) importBinding(s analyzer.Stmt, in analyzer.ImportName) *analyzer.Binding {
	if p.importBindings == nil {
		p.importBindings = map[analyzer.Node][]*analyzer.Binding{}
		for _, v := range p.f.Scope(p.f.Module).Vars {
			for _, b := range v.Bindings {
				switch b.Node.(type) {
				case *analyzer.Import, *analyzer.ImportFrom:
					p.importBindings[b.Node] = append(p.importBindings[b.Node], b)
				}
			}
		}
	}
	for _, b := range p.importBindings[s] {
		if in.Span.Contains(b.At) {
			return b
		}
	}
	return nil
}
