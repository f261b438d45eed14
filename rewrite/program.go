package rewrite

import (
	"fmt"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// program is a file that is being rewritten: its facts, how it names TensorFlow, and the names that are taken.
type program struct {
	*rules.Facts
	f   *analyzer.File
	opt Options

	uses        []use  // TensorFlow names as the file uses them
	contribUses []use  // those of tf.contrib
	isV1        bool   // the file was written for TensorFlow 1: it uses names that TensorFlow 2 lacks
	renames     []Edit // what TensorFlow 2 calls them, by position

	plain     string // what the file calls the module tensorflow; empty if it has no one name for it
	compat    string // what it calls tensorflow.compat.v1
	taken     map[string]bool
	numbered  map[string]int                 // the number to try next behind a name
	helpers   map[string]placed              // the helpers that fixes add, by name
	imports   []string                       // those of them that come from the module of helpers
	indent    string                         // one level of indentation
	end       string                         // the line ending
	single    bool                           // strings are in single quotes
	parts     parts                          // of the helpers that the graphs of the file have use for
	frozen    map[*rules.FrozenImport]*Fix   // of the imports that were looked at; nil where there is none
	frozenWhy map[*rules.FrozenImport]string // and why
	// signaturePairs is what becomes of the SignatureDefs that the file collects, once it is asked for; sharing are the fixes of exports that share it.
	signaturePairs *signaturePairs
	sharing        map[*rules.Export]*Fix
	// importBindings are what the imports of the top level bind, by the statement; nil until they are asked for.
	importBindings map[analyzer.Node][]*analyzer.Binding
	// newImport is the alias of an import of tensorflow that the fix has to add.
	newImport string
}

func newProgram(facts *rules.Facts, opt Options) *program {
	p := &program{Facts: facts, f: facts.File, opt: opt, taken: map[string]bool{}, numbered: map[string]int{}, helpers: map[string]placed{},
		frozen: map[*rules.FrozenImport]*Fix{}, frozenWhy: map[*rules.FrozenImport]string{}, sharing: map[*rules.Export]*Fix{}}
	p.plain = p.moduleAlias("tensorflow")
	p.compat = p.moduleAlias("tensorflow.compat.v1")
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Name:
			p.taken[n.ID] = true
		case *analyzer.FuncDef:
			p.taken[n.Name.ID] = true
			for _, a := range n.Params {
				if a.Name != nil {
					p.taken[a.Name.ID] = true
				}
			}
		case *analyzer.ClassDef:
			p.taken[n.Name.ID] = true
		case *analyzer.Import:
			p.takeImports(n.Names)
		case *analyzer.ImportFrom:
			p.takeImports(n.Names)
		}
		return true
	})
	p.indent, p.end = style(p.f)
	p.single = p.singleQuotes()
	p.findUses()
	p.parts = parts{"tables": p.mayHaveTables(), "strays": p.mayHaveStrays(), "defaults": p.mayHaveDefaults(), "updates": p.mayUpdate(), "kinds": !opt.PredictOnly}
	return p
}

func (p *program) takeImports(names []analyzer.ImportName) {
	for _, in := range names {
		if in.As != nil {
			p.taken[in.As.ID] = true
		} else {
			first, _, _ := strings.Cut(in.Name, ".")
			p.taken[first] = true
		}
	}
}

// moduleAlias is the name that the whole file may use for a module: bound at the top level, and to nothing else.
func (p *program) moduleAlias(path string) string {
	best, at := "", 0
	for name, v := range p.f.Scope(p.f.Module).Vars {
		same := len(v.Bindings) > 0
		for _, b := range v.Bindings {
			same = same && b.Kind == analyzer.BindImport && b.Import == path
		}
		if same && (best == "" || v.Bindings[0].At.Start < at) {
			best, at = name, v.Bindings[0].At.Start
		}
	}
	return best
}

// fresh is name, or name with a number behind it, that the file does not use; it is taken from then on.
func (p *program) fresh(name string) string {
	out, next := freeFrom(name, max(p.numbered[name], 2), p.taken)
	p.numbered[name] = next // what was taken stays so
	p.taken[out] = true
	return out
}

func free(name string, taken map[string]bool) string {
	out, _ := freeFrom(name, 2, taken)
	return out
}

// freeFrom is name, or name with a number behind it, from one on, that is not taken. It gives the number to go on with, too.
func freeFrom(name string, number int, taken map[string]bool) (out string, next int) {
	for out = name; taken[out]; number++ {
		out = fmt.Sprintf("%s_%d", name, number)
	}
	return out, number
}

// v2 is how the file spells a name of TensorFlow 2's API.
func (p *program) v2(name string) string {
	if p.plain != "" {
		return p.plain + "." + name
	}
	if p.compat != "" {
		if strings.HasPrefix(name, "__internal__.") {
			return p.compat + ".compat.v2." + name
		}
		if s, ok := symbols.Lookup(name); ok && s.V2Name == name {
			return p.compat + "." + name
		}
		for s := range symbols.All() {
			if s.V2Name == name {
				return p.compat + "." + s.Name
			}
		}
	}
	return p.importTensorflow() + "." + name
}

// v1 is how the file spells a name of tf.compat.v1.
func (p *program) v1(name string) string {
	if p.compat != "" {
		return p.compat + "." + name
	}
	if p.plain != "" {
		return p.plain + ".compat.v1." + name
	}
	return p.importTensorflow() + ".compat.v1." + name
}

func (p *program) importTensorflow() string {
	if p.newImport == "" {
		p.newImport = "tf"
		if p.taken["tf"] {
			p.newImport = p.fresh("tf2")
		}
		p.taken[p.newImport] = true
	}
	return p.newImport
}

// style finds out how the file indents and ends its lines.
func style(f *analyzer.File) (indent, end string) {
	indent, end = "    ", "\n"
	if i := strings.IndexByte(string(f.Src), '\n'); i > 0 && f.Src[i-1] == '\r' {
		end = "\r\n"
	}
	found := ""
	analyzer.Walk(f.Module, func(n analyzer.Node) bool {
		b, ok := n.(*analyzer.Block)
		if !ok || found != "" || len(b.Stmts) == 0 {
			return found == ""
		}
		parent, ok := f.Parent(b).(analyzer.Stmt)
		if !ok {
			return true
		}
		outer, inner := lineIndent(f, parent.Pos().Start), lineIndent(f, b.Start)
		if rest, ok := strings.CutPrefix(inner, outer); ok && rest != "" {
			found = rest
		}
		return found == ""
	})
	if found != "" {
		indent = found
	}
	return indent, end
}

// lineIndent is the white space that the line of an offset starts with.
func lineIndent(f *analyzer.File, offset int) string {
	line := f.LineSpan(analyzer.Span{Start: offset, End: offset})
	text := f.Text(line)
	return text[:len(text)-len(strings.TrimLeft(text, " \t"))]
}
