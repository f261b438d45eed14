package rewrite

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// Options choose what a plan may do.
type Options struct {
	Unsafe bool       // apply unsafe fixes as well
	Only   rules.Site // apply the fix of this site alone; nil for those of all
	// Wants tells which rules are asked for; nil for all of them. A site that only others find is left.
	Wants func(*rules.Rule) bool
	// Helpers is the module that holds the helpers; the zero value puts them into each file that calls them.
	Helpers HelperModule
	// Project is what the files import from each other; without it a file is looked at alone.
	Project *analyzer.Project
	// Model reads the SavedModel that a program loads from dir with a tag set, if it can be looked at. dir is empty where the program's
	// path is not constant. It may be nil.
	Model func(dir string, tags []string) (Model, bool)
	// OnlySaving leaves the names outside the statements that fixes write as they are, though TensorFlow 2 lacks them.
	OnlySaving bool
	// PredictOnly lets exported signatures have the method name that tf.saved_model.save writes, whatever the program gave them.
	PredictOnly bool

	v1 bool // the file runs together with one that was written for TensorFlow 1, and so was it
}

// Model is what a fix has to know of a SavedModel that a program loads.
type Model struct {
	// Prunable tells that TensorFlow 1 wrote it: what tf.saved_model.load makes of it has a prune method.
	Prunable bool
	// Nodes are the names of the operations of the tag set's graph.
	Nodes map[string]bool
	// Signatures are those of the tag set, by their keys, without any that have a tensor that is not dense.
	Signatures map[string]ModelSignature
}

// ModelSignature has the names of a signature's tensors by their keys.
type ModelSignature struct{ Inputs, Outputs map[string]string }

// Outcome is what becomes of one site: exactly one of Fix and Refusal is set.
type Outcome struct {
	Site    rules.Site
	Fix     *Fix
	Refusal *Refusal
}

// Patch is what becomes of one file.
type Patch struct {
	Outcomes []Outcome // one for each site, in the order of the facts
	Applied  []*Fix
	Edits    []Edit // disjoint, by position
	Result   []byte // the file with the edits made; nil where nothing is applied
	Kept     int    // names that TensorFlow 2 lacks, or means otherwise, and that OnlySaving left as they are
	v1       bool   // the file was written for TensorFlow 1
	graph    bool   // the file turns TensorFlow 1's behaviour on for the whole program
	imports  []string
}

// OutcomeOf is what becomes of a site.
func (p *Patch) OutcomeOf(s rules.Site) (Outcome, bool) {
	for _, o := range p.Outcomes {
		if o.Site == s {
			return o, true
		}
	}
	return Outcome{}, false
}

// FixAt is the fix that takes away what stands at a span, or nil. It finds the fix of a place that belongs to no site: a SignatureDef that reaches its
// export through other functions, say.
func (p *Patch) FixAt(s analyzer.Span) *Fix {
	for _, o := range p.Outcomes {
		if o.Fix != nil && covered(o.Fix.Edits, s) {
			return o.Fix
		}
	}
	return nil
}

// Plan finds the fix of every site and puts together those that may be applied. Source that the grammar can't read is left alone.
func Plan(facts *rules.Facts, opt Options) (*Patch, error) {
	p, patch, mode, err := choose(facts, opt)
	if err != nil || len(patch.Applied) == 0 {
		return patch, err
	}
	patch.graph, patch.v1 = p.keepsV1(mode), p.isV1
	if err := p.assemble(patch, mode); err != nil {
		return nil, fmt.Errorf("%s: %w", facts.File.Path, err)
	}
	return patch, nil
}

// choose finds the fix of every site, those that may be applied, and the mode that they run in.
func choose(facts *rules.Facts, opt Options) (*program, *Patch, modePlan, error) {
	if len(facts.Sites) == 0 {
		return nil, &Patch{}, modePlan{}, nil
	}
	if why := unplannable(facts.File); why != nil {
		return nil, refuseAll(facts, why), modePlan{}, nil
	}
	eager := true
	for {
		p := newProgram(facts, opt)
		patch := &Patch{Outcomes: p.outcomes(eager)}
		for _, o := range patch.Outcomes {
			wanted := opt.Only == nil || opt.Only == o.Site
			if o.Fix != nil && wanted && (o.Fix.Applicability == Safe || o.Fix.Applicability == Unsafe && opt.Unsafe) {
				patch.Applied = append(patch.Applied, o.Fix)
			}
		}
		patch.Applied = p.disjoint(patch)
		if len(patch.Applied) == 0 {
			return p, patch, modePlan{}, nil
		}
		mode := p.settleMode(patch.Applied)
		switch {
		case mode.conflict == "":
			return p, patch, mode, nil
		case !eager:
			return nil, nil, modePlan{}, fmt.Errorf("%s: the fixes can't run in one mode: %s", facts.File.Path, mode.conflict)
		}
		eager = false // once more without the strategies that call functions
	}
}

// unplannable tells why no site of a file is rewritten; nil where some may be.
func unplannable(f *analyzer.File) *Refusal {
	if len(f.Errors) > 0 {
		return refuse(nil, "", "the file has syntax that could not be read")
	}
	if why := notPython3(f); why != "" {
		return refuse(nil, "port the file to Python 3 first, with 2to3 for example", why)
	}
	if at := indentedCell(f); at != nil {
		return refuse(nil, "take the indentation away", "a cell of the notebook is indented as a whole: `"+firstLine(f.Text(at.Pos()))+"`")
	}
	return nil
}

// indentedCell is a statement of the module that is indented, which IPython allows for all of a cell; nil if there is none.
func indentedCell(f *analyzer.File) analyzer.Stmt {
	for _, s := range f.Module.Stmts {
		line := f.LineSpan(analyzer.Span{Start: s.Pos().Start, End: s.Pos().Start})
		if before := f.Src[line.Start:s.Pos().Start]; len(before) > 0 && len(bytes.TrimLeft(before, " \t")) == 0 {
			return s
		}
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimRight(line, "\r")
}

// refuseAll refuses every site of a file for the same reason.
func refuseAll(facts *rules.Facts, why *Refusal) *Patch {
	patch := &Patch{}
	for _, s := range facts.Sites {
		patch.Outcomes = append(patch.Outcomes, Outcome{Site: s, Refusal: refuse(s, why.ByHand, why.Reason)})
	}
	return patch
}

// shadowed is the file's name for TensorFlow if a scope around a site binds it to something of its own.
func (p *program) shadowed(site rules.Site) string {
	for _, pl := range site.Places() {
		for s := p.f.Scope(pl.Call); s != nil && s.Parent != nil; s = s.Parent {
			for _, name := range []string{p.plain, p.compat, p.newImport} {
				if name != "" && s.Vars[name] != nil {
					return name
				}
			}
		}
	}
	return ""
}

// notPython3 tells what of a file only Python 2 can read; no TensorFlow 2 runs there. "" if there is nothing.
func notPython3(f *analyzer.File) string {
	why := ""
	analyzer.Walk(f.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.OldStmt:
			line, _ := f.Position(n.Start)
			why = fmt.Sprintf("the file is Python 2 (line %d is a %s statement), where TensorFlow 2 does not run", line, n.Kind)
		case *analyzer.Other:
			if n.Kind == "repr" {
				line, _ := f.Position(n.Start)
				why = fmt.Sprintf("the file is Python 2 (line %d has backquotes), where TensorFlow 2 does not run", line)
			}
		}
		return why == ""
	})
	return why
}

// outcomes tries the strategies on every site.
func (p *program) outcomes(eager bool) []Outcome {
	var out []Outcome
	broken, brokenWhole := "", false
	asked := false
	for _, s := range p.Sites {
		o := Outcome{Site: s}
		if why := p.Left(s); why != "" {
			out = append(out, Outcome{Site: s, Refusal: refuse(s, "", why)})
			continue
		}
		if why := p.unsaveable(s); why != nil {
			out = append(out, Outcome{Site: s, Refusal: why})
			continue
		}
		for _, st := range strategies {
			fix, refusal := st.emit(p, s)
			if fix != nil && fix.Mode == EagerMode && !eager {
				fix, refusal = nil, refuse(s, "move the rest of the file out of graph mode first",
					"the rest of the file builds graphs in graph mode, where functions can't be called for their values")
			}
			if fix != nil {
				o.Fix, o.Refusal = fix, nil
				break
			}
			if refusal != nil {
				o.Refusal = refusal
			}
		}
		if o.Fix != nil {
			if u, ok := p.contrib(o.Fix.Edits); ok {
				line, _ := p.f.Position(u.node.Pos().Start)
				o.Fix, o.Refusal = nil, refuse(s, "replace tf.contrib first", fmt.Sprintf("line %d uses tf.%s, and TensorFlow 2 has no tf.contrib", line, u.api.Name))
			}
		}
		if o.Fix != nil {
			if name := p.shadowed(s); name != "" {
				o.Fix, o.Refusal = nil, refuse(s, "rename the local variable", "`"+name+"` is a local variable here, and the rewritten code needs it to be TensorFlow")
			}
		}
		if o.Fix != nil {
			if !asked {
				broken, brokenWhole = p.brokenImport()
				asked = true
			}
			switch {
			case broken != "" && brokenWhole:
				o.Fix, o.Refusal = nil, refuse(s, "move that file first", broken)
			case broken != "":
				o.Fix.Applicability = min(o.Fix.Applicability, Unsafe)
				o.Fix.Message += ": " + broken
			}
		}
		if o.Fix == nil && o.Refusal == nil {
			o.Refusal = refuse(s, "", "there is no fix for this kind of site")
		}
		out = append(out, o)
	}
	return out
}

// disjoint leaves out fixes whose edits overlap those of an earlier one; the next round of Converge makes them.
func (p *program) disjoint(patch *Patch) []*Fix {
	var out []*Fix
	var taken []Edit
next:
	for _, f := range patch.Applied {
		for _, e := range f.Edits {
			for _, t := range taken {
				if e.Span.Overlaps(t.Span) || e.Span == t.Span {
					continue next
				}
			}
		}
		taken = append(taken, f.Edits...)
		out = append(out, f)
	}
	return out
}

// assemble puts the edits of the fixes together with what the whole file needs, and checks the result.
func (p *program) assemble(patch *Patch, mode modePlan) error {
	var edits []Edit
	var helpers []string
	with := maps.Clone(p.parts)
	for _, f := range patch.Applied {
		edits = append(edits, f.Edits...)
		for _, h := range f.Helpers {
			helpers = append(helpers, h.name)
			for _, part := range h.parts {
				with[part] = true
			}
		}
	}
	edits = append(edits, mode.edits...)
	for _, r := range p.renames {
		switch {
		case touched(edits, r.Span):
		case p.opt.OnlySaving:
			patch.Kept++
		default:
			edits = append(edits, r)
		}
	}
	top := p.top(helpers, with, mode.lines)
	aliases := p.deadAliases(edits)
	edits = slices.DeleteFunc(edits, func(e Edit) bool { return touched(aliases, e.Span) })
	edits = append(edits, aliases...)
	dead := p.deadImports(edits, top) // behind the renames, which spell out what some imports were for
	edits = slices.DeleteFunc(edits, func(e Edit) bool { return touched(dead, e.Span) })
	edits = append(edits, dead...)
	for _, e := range top {
		for _, deleted := range edits { // the line that it was to stand behind may go
			if deleted.Span.Start < e.Span.Start && e.Span.End < deleted.Span.End {
				e.Span = analyzer.Span{Start: deleted.Span.Start, End: deleted.Span.Start}
			}
		}
		edits = append(edits, e)
	}
	patch.imports = p.imports
	sortEdits(edits)
	if err := checkEdits(p.f.Src, edits); err != nil {
		return err
	}
	edits = settleBlanks(p.f.Src, edits, p.end)
	result, err := Apply(p.f.Src, edits)
	if err != nil {
		return err
	}
	patch.Edits, patch.Result = edits, result
	return check(p.f, result)
}

func touched(edits []Edit, s analyzer.Span) bool {
	for _, e := range edits {
		if e.Span.Overlaps(s) || s.Start == s.End && e.Span.Start < s.Start && s.Start < e.Span.End {
			return true
		}
	}
	return false
}

// top is what the fixes need at the top of the file: imports of the standard library in front of the file's own, and behind these an import of
// tensorflow, the lines that set the mode, and the helpers. A helper that is there already without a part that is needed now gets it.
func (p *program) top(helpers []string, with parts, lines []string) []Edit {
	var edits []Edit
	var functions, imports []string
	modules := map[string]bool{}
	imported := ""
	if p.opt.Helpers.Name != "" {
		p.imports = slices.DeleteFunc(slices.Clone(helpers), func(name string) bool { return p.placedHelper(name).def != nil })
		helpers = slices.DeleteFunc(slices.Clone(helpers), func(name string) bool { return p.placedHelper(name).def == nil })
		imported = p.helperImports(p.imports)
	}
	for _, name := range withNeeds(helpers, with) {
		if h := p.placedHelper(name); h.def != nil {
			union := maps.Clone(h.parts)
			for part, wanted := range with {
				union[part] = union[part] || wanted
			}
			if text := p.helperText(name, union); text != p.helperText(name, h.parts) {
				edits = append(edits, Edit{h.def.Pos(), strings.TrimSuffix(text, p.end)})
			}
			continue
		}
		functions = append(functions, p.helperText(name, with))
		for _, m := range loadHelper(name, with).imports {
			if m != "tensorflow" && !modules[m] && p.moduleAlias(m) != m {
				modules[m] = true
				imports = append(imports, "import "+m+p.end)
			}
		}
	}
	var behind strings.Builder
	if first := p.firstImport(); first != nil && len(imports) > 0 {
		at := p.f.LineSpan(first.Pos()).Start
		text := strings.Join(imports, "")
		if b := p.anyBinding(first); b != nil && !standardModules[rootModule(b.Import)] {
			text += p.end // the standard library's imports are a group of their own
		}
		edits = append(edits, Edit{analyzer.Span{Start: at, End: at}, text})
	} else {
		behind.WriteString(strings.Join(imports, ""))
	}
	if p.newImport != "" {
		behind.WriteString("import tensorflow as " + p.newImport + p.end)
	}
	if imported != "" {
		behind.WriteString(blanksBefore(1) + imported)
	}
	if len(lines) > 0 {
		behind.WriteString(blanksBefore(1) + strings.Join(lines, p.end) + p.end + blanksAfter(1))
	}
	for _, f := range functions {
		behind.WriteString(blanksBefore(2) + f + blanksAfter(2))
	}
	if behind.Len() == 0 {
		return edits
	}
	text, at := behind.String(), 0
	if after := p.afterImports(); after != nil {
		line := p.f.LineSpan(after.Pos())
		at = line.End
		if !strings.HasSuffix(p.f.Text(line), "\n") {
			text = p.end + text
		}
		if from, ok := after.(*analyzer.ImportFrom); isDocstring(after) || ok && from.Module == "__future__" {
			text = blanksBefore(1) + text
		}
	} else if len(p.f.Module.Stmts) > 0 { // behind the shebang, the encoding and the licence
		at = p.f.LineSpan(p.f.Module.Stmts[0].Pos()).Start
		text = blanksBefore(1) + text
	}
	return append(edits, Edit{analyzer.Span{Start: at, End: at}, text})
}

// anyBinding is one of the bindings that an import makes.
func (p *program) anyBinding(s analyzer.Stmt) *analyzer.Binding {
	for _, in := range importNames(s) {
		if b := p.importBinding(s, in); b != nil {
			return b
		}
	}
	return nil
}

// firstImport is the first import of the standard library at the top level, else the first import of all, but for those from __future__.
func (p *program) firstImport() analyzer.Stmt {
	var first analyzer.Stmt
	for _, s := range p.f.Module.Stmts {
		if from, ok := s.(*analyzer.ImportFrom); ok && from.Module == "__future__" {
			continue
		}
		b := p.anyBinding(s)
		if b == nil {
			continue
		}
		if standardModules[rootModule(b.Import)] {
			return s
		}
		if first == nil {
			first = s
		}
	}
	return first
}
