package rewrite

import (
	"embed"
	"maps"
	"regexp"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

//go:embed helpers/*.py
var helperFiles embed.FS

// helper is a function or a class that fixes put into a file: Python that runs, kept in a file of its own.
type helper struct {
	imports []string // modules of the standard library
	needs   []need   // other helpers
	body    string   // the function or the class
}

// need is a helper that a fix, or another helper, calls, with the parts of it that the call asks for.
type need struct {
	name  string
	parts []string
}

// parts are the sections of helpers that a file has use for, by the names that stand behind `# if` in them:
//
//	tables   the graph may have lookup tables
//	strays   it may use variables that are not among the global ones
//	kinds    the signatures of an Estimator may be for classification and regression
//	methods  a signature has another method name than TensorFlow Serving's predict
//	defaults an input may be a placeholder with a default
//	updates  what computes a signature may change variables
//	names    the names of the inputs are known only when the program runs
//	best     an exporter exports what is better than all before
type parts map[string]bool

var (
	helperImport = regexp.MustCompile(`(?m)^import (\w+)$`)
	helperNeed   = regexp.MustCompile(`(?m)^from (\w+) import \w+(?:  # (\w+(?:, \w+)*))?$`)
	helperStart  = regexp.MustCompile(`(?m)^(def|class) `)
	helperPart   = regexp.MustCompile(`(?m)^ *# if (\w+):$`)
	helperTF     = regexp.MustCompile(`\b(tf1|tf)\.((?:__internal__\.)?\w+(?:\.\w+)*)`)
)

func helperSource(name string) string {
	src, err := helperFiles.ReadFile("helpers/" + name + ".py")
	if err != nil {
		panic(err) // the names are those of the files
	}
	return string(src)
}

// loadHelper reads a helper: what it imports is in front, the function or the class behind. Lines between `# if PART:` and `# end` are there
// where that part is wanted, those behind `# else:` where it is not.
func loadHelper(name string, with parts) helper {
	text := sections(helperSource(name), with)
	at := helperStart.FindStringIndex(text)[0]
	head := text[:at]
	h := helper{body: strings.TrimRight(text[at:], "\n") + "\n"}
	for _, m := range helperImport.FindAllStringSubmatch(head, -1) {
		h.imports = append(h.imports, m[1])
	}
	for _, m := range helperNeed.FindAllStringSubmatch(head, -1) {
		n := need{name: m[1]}
		if m[2] != "" {
			n.parts = strings.Split(m[2], ", ")
		}
		h.needs = append(h.needs, n)
	}
	return h
}

// helperDoc is the first line of what a helper says of itself, by which a file's copy of it is known.
func helperDoc(name string) string {
	doc, _, _ := strings.Cut(strings.SplitN(helperSource(name), `"""`, 3)[1], "\n")
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
		docs = append(docs, helperDoc(strings.TrimSuffix(f.Name(), ".py")))
	}
	return docs
}

func sections(src string, with parts) string {
	var out strings.Builder
	keep := true
	for line := range strings.Lines(src) {
		switch text := strings.TrimSpace(line); {
		case helperPart.MatchString(strings.TrimSuffix(line, "\n")):
			keep = with[strings.TrimSuffix(strings.TrimPrefix(text, "# if "), ":")]
		case text == "# else:":
			keep = !keep
		case text == "# end":
			keep = true
		case keep:
			out.WriteString(line)
		}
	}
	return out.String()
}

// withNeeds are the helpers and what they need, each once, the needed ones first. with gets the parts that they ask of each other.
func withNeeds(names []string, with parts) []string {
	var out []string
	seen := map[string]bool{}
	var add func(string)
	add = func(n string) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, need := range loadHelper(n, with).needs {
			for _, part := range need.parts {
				with[part] = true
			}
			add(need.name)
		}
		out = append(out, n)
	}
	for _, n := range names {
		add(n)
	}
	return out
}

// placed is a helper that an earlier fix has put into the file.
type placed struct {
	def      analyzer.Stmt // nil: the file has none yet
	name     string        // what the file calls it
	parts    parts
	imported bool // from the module of helpers
}

// placedHelper looks for a helper in the file: a function or a class with its docstring, and with its text, whatever parts of it and however laid
// out. Something of the program's own that happens to be called the same is none, nor is a helper that somebody has changed; another name is found
// for the helper then.
func (p *program) placedHelper(name string) placed {
	if h, ok := p.helpers[name]; ok {
		return h
	}
	doc := helperDoc(name)
	found := placed{}
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
		str := body.Stmts[0].(*analyzer.ExprStmt).X.(*analyzer.Str)
		if !strings.HasPrefix(str.Value, doc) {
			continue
		}
		p.helpers[name] = placed{name: defined.ID}
		text := layoutless(p.f.Text(s.Pos()))
		for _, with := range subsets(name) {
			if layoutless(p.helperText(name, with)) == text {
				found = placed{def: s, name: defined.ID, parts: with}
			}
		}
	}
	if found.def == nil {
		if found.name, found.imported = p.importedHelper(name); !found.imported {
			found.name = p.fresh(name)
		}
	}
	p.helpers[name] = found
	return found
}

// subsets are all the choices of a helper's parts.
func subsets(name string) []parts {
	out := []parts{{}}
	seen := map[string]bool{}
	for _, m := range helperPart.FindAllStringSubmatch(helperSource(name), -1) {
		if seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		for _, with := range out[:len(out):len(out)] {
			more := maps.Clone(with)
			more[m[1]] = true
			out = append(out, more)
		}
	}
	return out
}

// layoutless is Python without what a formatter may change of it: white space, the kind of quotes, and the comma behind the last element.
func layoutless(text string) string {
	text = strings.Join(strings.Fields(text), "")
	return strings.NewReplacer(",)", ")", ",]", "]", ",}", "}", "'", `"`).Replace(text)
}

// helper is how the rewritten code spells a helper.
func (p *program) helper(name string) string { return p.placedHelper(name).name }

// helperText is a helper in the file's own words: its names for TensorFlow and for other helpers, its indentation and its line ends.
func (p *program) helperText(name string, with parts) string {
	body := loadHelper(name, with).body
	for _, other := range withNeeds([]string{name}, maps.Clone(with)) {
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
	return strings.ReplaceAll(indentBy(body, p.indent), "\n", p.end)
}

// indentBy gives Python that is indented by four blanks another indentation. What goes on inside brackets keeps its place under them.
func indentBy(text, indent string) string {
	var out strings.Builder
	open, before := 0, 0
	for line := range strings.Lines(text) {
		rest := strings.TrimLeft(line, " ")
		blanks := len(line) - len(rest)
		if open == 0 {
			before = blanks
		}
		if rest != "\n" {
			out.WriteString(strings.Repeat(indent, before/4) + strings.Repeat(" ", blanks-before))
		}
		out.WriteString(rest)
		code, _, _ := strings.Cut(rest, "  # ")
		open += strings.Count(code, "(") + strings.Count(code, "[") + strings.Count(code, "{")
		open -= strings.Count(code, ")") + strings.Count(code, "]") + strings.Count(code, "}")
	}
	return out.String()
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
