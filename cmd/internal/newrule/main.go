// Command newrule makes what a new rule consists of: its file in rules, its line in the registry, and its tests in testdata/rules. All of it
// is there to be filled in, and the tests fail until it is. `make rule CODE=TFM599 NAME=some-name PACK=hazards` runs it and writes the
// rule's page.
package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

var (
	//go:embed rule.go.tmpl
	ruleTemplate string
	//go:embed tests.txtar.tmpl
	testsTemplate string
)

// newRule is what the templates are filled with.
type newRule struct {
	Code, Name, Pack string
	Ident            string // of the Go variable
}

func main() {
	var r newRule
	flag.StringVar(&r.Code, "code", "", "the code: TFM and three digits")
	flag.StringVar(&r.Name, "name", "", "the name: words with hyphens between them")
	flag.StringVar(&r.Pack, "pack", "", "the pack, which the first digit of the code belongs to")
	flag.Parse()
	made, err := run(".", r)
	if err != nil {
		fmt.Fprintln(os.Stderr, "newrule:", err)
		os.Exit(1)
	}
	for _, path := range made {
		fmt.Println(path)
	}
}

var (
	codePattern = regexp.MustCompile(`^TFM[1-9][0-9]{2}$`)
	namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	packPattern = regexp.MustCompile(`^[a-z]+$`)
)

// run writes the files of a rule into the work tree at root, and gives their paths from there. After an error about the rule nothing is written.
func run(root string, r newRule) ([]string, error) {
	switch {
	case !codePattern.MatchString(r.Code):
		return nil, fmt.Errorf("code %q is not TFM and three digits, as in TFM504", r.Code)
	case !namePattern.MatchString(r.Name):
		return nil, fmt.Errorf("name %q is not small words with hyphens between them, as in save-in-graph", r.Name)
	case !packPattern.MatchString(r.Pack):
		return nil, fmt.Errorf("pack %q is not a small word, as in hazards", r.Pack)
	}
	pkg, err := readRules(filepath.Join(root, "rules"))
	if err != nil {
		return nil, err
	}
	r.Ident = identOf(r.Name)
	if err := pkg.refuse(r); err != nil {
		return nil, err
	}
	registry, err := pkg.register(r)
	if err != nil {
		return nil, err
	}
	files := []struct {
		path, template string
		text           []byte
	}{
		{path: filepath.Join("rules", r.Pack+"_"+strings.ReplaceAll(r.Name, "-", "_")+".go"), template: ruleTemplate},
		{path: filepath.Join("testdata", "rules", r.Code+".txtar"), template: testsTemplate},
		{path: filepath.Join("rules", "registry.go"), text: registry},
	}
	var made []string
	for i, f := range files {
		if f.template == "" {
			continue
		}
		if _, err := os.Lstat(filepath.Join(root, f.path)); err == nil {
			return nil, fmt.Errorf("%s is there already", f.path)
		}
		var b bytes.Buffer
		if err := template.Must(template.New(f.path).Parse(f.template)).Execute(&b, r); err != nil {
			return nil, err
		}
		files[i].text = b.Bytes()
	}
	for _, f := range files {
		path := filepath.Join(root, f.path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return made, err
		}
		if err := os.WriteFile(path, f.text, 0o666); err != nil {
			return made, err
		}
		made = append(made, f.path)
	}
	return made, nil
}

// identOf is saveInGraph for save-in-graph.
func identOf(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// rulesPackage is what a new rule has to fit into.
type rulesPackage struct {
	fset     *token.FileSet
	declared map[string]bool   // names at the top level
	codes    map[string]string // by the variable of the rule
	names    map[string]string // codes by name
	packs    map[string]string // packs by the first digit of their codes
	registry []byte
	all      *ast.CompositeLit
}

// readRules parses the package in dir.
func readRules(dir string) (*rulesPackage, error) {
	p := &rulesPackage{fset: token.NewFileSet(), declared: map[string]bool{}, codes: map[string]string{}, names: map[string]string{}, packs: map[string]string{}}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(p.fset, path, src, 0)
		if err != nil {
			return nil, err
		}
		for _, i := range file.Imports { // a file can't have both under one name
			path, _ := strconv.Unquote(i.Path.Value)
			p.declared[path[strings.LastIndex(path, "/")+1:]] = true
		}
		for _, d := range file.Decls {
			p.declaration(filepath.Base(path), d)
		}
		if filepath.Base(path) == "registry.go" {
			p.registry = src
		}
	}
	if p.all == nil {
		return nil, fmt.Errorf("%s has no registry.go with the slice All", dir)
	}
	return p, nil
}

func (p *rulesPackage) declaration(file string, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			p.declared[d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				p.declared[s.Name.Name] = true
			case *ast.ValueSpec:
				for i, name := range s.Names {
					p.declared[name.Name] = true
					if i < len(s.Values) {
						p.value(file, name.Name, s.Values[i])
					}
				}
			}
		}
	}
}

// value notes a rule, or the list of all.
func (p *rulesPackage) value(file, name string, x ast.Expr) {
	if addr, ok := x.(*ast.UnaryExpr); ok {
		x = addr.X
	}
	lit, ok := x.(*ast.CompositeLit)
	if !ok {
		return
	}
	if name == "All" && file == "registry.go" {
		p.all = lit
		return
	}
	if of, ok := lit.Type.(*ast.Ident); !ok || of.Name != "Rule" {
		return
	}
	field := map[string]string{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			key, _ := kv.Key.(*ast.Ident)
			value, _ := kv.Value.(*ast.BasicLit)
			if key != nil && value != nil {
				field[key.Name], _ = strconv.Unquote(value.Value)
			}
		}
	}
	code := field["Code"]
	p.codes[name], p.names[field["Name"]] = code, code
	if pack, _, ok := strings.Cut(file, "_"); ok && codePattern.MatchString(code) {
		p.packs[code[3:4]] = pack
	}
}

// refuse says why a rule does not fit in.
func (p *rulesPackage) refuse(r newRule) error {
	for ident, code := range p.codes {
		if code == r.Code {
			return fmt.Errorf("code %s is taken by %s", r.Code, ident)
		}
	}
	if code, taken := p.names[r.Name]; taken {
		return fmt.Errorf("name %s is taken by %s", r.Name, code)
	}
	if p.declared[r.Ident] || token.IsKeyword(r.Ident) {
		return fmt.Errorf("name %s makes the Go name %s, which package rules uses for something else", r.Name, r.Ident)
	}
	digit := r.Code[3:4]
	if pack, known := p.packs[digit]; known && pack != r.Pack {
		return fmt.Errorf("codes TFM%sxx are of the pack %s, not %s", digit, pack, r.Pack)
	}
	for other, pack := range p.packs {
		if pack == r.Pack && other != digit {
			return fmt.Errorf("the pack %s has the codes TFM%sxx", pack, other)
		}
	}
	return nil
}

// register is registry.go with the rule in its place: All is ordered by code.
func (p *rulesPackage) register(r newRule) ([]byte, error) {
	at := p.fset.Position(p.all.Rbrace).Offset
	for _, e := range p.all.Elts {
		id, ok := e.(*ast.Ident)
		if !ok || p.codes[id.Name] == "" {
			return nil, fmt.Errorf("rules/registry.go: All has something in it that is no rule of the package")
		}
		if p.codes[id.Name] > r.Code {
			at = p.fset.Position(id.Pos()).Offset
			break
		}
	}
	return format.Source(slices.Concat(p.registry[:at], []byte(r.Ident+",\n"), p.registry[at:]))
}
