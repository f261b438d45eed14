package rewrite

import (
	"embed"
	"regexp"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

//go:embed helpers/*.py
var helperFiles embed.FS

// helper is a function that fixes call: Python that runs, kept in a file of its own.
type helper struct {
	imports []string // modules of the standard library
	needs   []string // other helpers
	body    string   // the function
}

var (
	helperImport = regexp.MustCompile(`(?m)^import (\w+)$`)
	helperNeed   = regexp.MustCompile(`(?m)^from (\w+) import \w+$`)
	helperStart  = regexp.MustCompile(`(?m)^(def|class) `)
	helperTF     = regexp.MustCompile(`\b(tf1|tf)\.((?:__internal__\.)?\w+(?:\.\w+)*)`)
)

// loadHelper reads a helper: what it imports is in front, the function or class behind. Lines between `# with tables:` and `# end` are
// for graphs that may have lookup tables, those behind `# without tables:` for the others.
func loadHelper(name string, tables bool) helper {
	src, err := helperFiles.ReadFile("helpers/" + name + ".py")
	if err != nil {
		panic(err) // the names are those of the files
	}
	text := variant(string(src), tables)
	at := helperStart.FindStringIndex(text)[0]
	head := text[:at]
	h := helper{body: strings.TrimRight(text[at:], "\n") + "\n"}
	for _, m := range helperImport.FindAllStringSubmatch(head, -1) {
		h.imports = append(h.imports, m[1])
	}
	for _, m := range helperNeed.FindAllStringSubmatch(head, -1) {
		h.needs = append(h.needs, m[1])
	}
	return h
}

// doc is the first line of what a helper says of itself, by which a file's copy of it is known.
func (h helper) doc() string {
	doc, _, _ := strings.Cut(strings.SplitN(h.body, `"""`, 3)[1], "\n")
	return strings.TrimSuffix(doc, `"""`)
}

// helperDocs are those of all helpers.
func helperDocs() []string {
	files, err := helperFiles.ReadDir("helpers")
	if err != nil {
		panic(err) // it is embedded
	}
	var docs []string
	for _, f := range files {
		docs = append(docs, loadHelper(strings.TrimSuffix(f.Name(), ".py"), true).doc())
	}
	return docs
}

func variant(src string, tables bool) string {
	var out strings.Builder
	keep := true
	for line := range strings.Lines(src) {
		switch strings.TrimSpace(line) {
		case "# with tables:":
			keep = tables
		case "# without tables:":
			keep = !tables
		case "# end":
			keep = true
		default:
			if keep {
				out.WriteString(line)
			}
		}
	}
	return out.String()
}

// withNeeds are the helpers and what they need, each once, the needed ones first.
func withNeeds(names []string, tables bool) []string {
	var out []string
	seen := map[string]bool{}
	var add func(string)
	add = func(n string) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, need := range loadHelper(n, tables).needs {
			add(need)
		}
		out = append(out, n)
	}
	for _, n := range names {
		add(n)
	}
	return out
}

// helperIn is the name under which the file has a helper, and whether an earlier fix has put it there. A function of the program's own that
// happens to be called the same is none: the helper gets another name then.
func (p *program) helperIn(name string) (used string, there bool) {
	doc := loadHelper(name, p.tables).doc()
	for _, s := range p.f.Module.Stmts {
		var defined *analyzer.Name
		var body *analyzer.Block
		switch s := s.(type) {
		case *analyzer.FuncDef:
			defined, body = s.Name, s.Body
		case *analyzer.ClassDef:
			defined, body = s.Name, s.Body
		}
		if body == nil || len(body.Stmts) == 0 || !isDocstring(body.Stmts[0]) {
			continue
		}
		if str := body.Stmts[0].(*analyzer.ExprStmt).X.(*analyzer.Str); strings.HasPrefix(str.Value, doc) {
			return defined.ID, true
		}
	}
	if p.helpers[name] == "" {
		p.helpers[name] = p.fresh(name)
	}
	return p.helpers[name], false
}

// helper is how the rewritten code spells a helper.
func (p *program) helper(name string) string {
	used, _ := p.helperIn(name)
	return used
}

// helperText is a helper in the file's own words: its names for TensorFlow and for other helpers, its indentation and its line ends.
func (p *program) helperText(name string, h helper) string {
	body := h.body
	for _, other := range withNeeds([]string{name}, p.tables) {
		body = regexp.MustCompile(`\b`+other+`\(`).ReplaceAllString(body, p.helper(other)+"(")
	}
	body = helperTF.ReplaceAllStringFunc(body, func(s string) string {
		m := helperTF.FindStringSubmatch(s)
		// What follows the name of a function or a class is not TensorFlow's to rename; the longest known name is.
		if m[1] == "tf1" {
			return p.v1(m[2])
		}
		return p.v2(m[2])
	})
	if p.indent != "    " {
		var out strings.Builder
		for line := range strings.Lines(body) {
			rest := strings.TrimLeft(line, " ")
			out.WriteString(strings.Repeat(p.indent, (len(line)-len(rest))/4) + strings.Repeat(" ", (len(line)-len(rest))%4) + rest)
		}
		body = out.String()
	}
	return strings.ReplaceAll(body, "\n", p.end)
}

// afterImports is where a file's own code begins: behind the docstring, the imports, and the statements that only try imports, as far
// as they stand together at the top, and behind the import of tensorflow wherever that is at the top level. end is the statement it stands behind, nil in a
// file without any.
func (p *program) afterImports() (end analyzer.Stmt) {
	leading := true
	for i, s := range p.f.Module.Stmts {
		isImport := onlyImports(s)
		_, isExpr := s.(*analyzer.ExprStmt)
		switch {
		case isImport && (leading || p.importsTensorflow(s)):
			end = s
		case i == 0 && isExpr && isDocstring(s):
			end = s
		case leading && end != nil && p.isControl(s):
			end = s
		case !isImport:
			leading = false
		}
	}
	return end
}

// isControl tells whether a statement sets how TensorFlow behaves: disable_v2_behavior() and its like.
func (p *program) isControl(s analyzer.Stmt) bool {
	e, ok := s.(*analyzer.ExprStmt)
	if !ok {
		return false
	}
	c, ok := e.X.(*analyzer.Call)
	if !ok {
		return false
	}
	api, ok := p.Callee(c)
	return ok && (strings.HasPrefix(api.Name, "disable_") || strings.HasPrefix(api.Name, "enable_"))
}

func isDocstring(s analyzer.Stmt) bool {
	e, ok := s.(*analyzer.ExprStmt)
	if !ok {
		return false
	}
	_, ok = e.X.(*analyzer.Str)
	return ok
}

// onlyImports tells whether a statement only imports, or tries to.
func onlyImports(s analyzer.Stmt) bool {
	all := func(bs ...*analyzer.Block) bool {
		for _, b := range bs {
			if b == nil {
				continue
			}
			for _, s := range b.Stmts {
				if _, pass := s.(*analyzer.Simple); !pass && !onlyImports(s) {
					return false
				}
			}
		}
		return true
	}
	switch s := s.(type) {
	case *analyzer.Import, *analyzer.ImportFrom:
		return true
	case *analyzer.Try:
		for _, h := range s.Handlers {
			if !all(h.Body) {
				return false
			}
		}
		return all(s.Body, s.Else, s.Finally)
	}
	return false
}

// importsTensorflowItself is importsTensorflow for what runs when the module is imported.
func (p *program) importsTensorflowItself(s analyzer.Stmt) bool {
	switch s.(type) {
	case *analyzer.FuncDef, *analyzer.ClassDef:
		return false
	}
	return p.importsTensorflow(s)
}

func (p *program) importsTensorflow(s analyzer.Stmt) bool {
	found := false
	analyzer.Walk(s, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Import:
			for _, in := range n.Names {
				found = found || in.Name == "tensorflow" || strings.HasPrefix(in.Name, "tensorflow.")
			}
		case *analyzer.ImportFrom:
			found = found || n.Module == "tensorflow" || strings.HasPrefix(n.Module, "tensorflow.")
		}
		return !found
	})
	return found
}
