package importgraph

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tfmigrate/tfmigrate"

// imports is the graph: for each package of the module, those of the module that its code, tests aside, may import. A package
// that is not here fails the test, so that a new one is put in its place by decision.
var imports = map[string][]string{
	"analyzer":                 {},
	"rules/symbols":            {},
	"rules":                    {"analyzer", "rules/symbols"},
	"rewrite":                  {"analyzer", "rules", "rules/symbols"},
	"verify":                   {},
	"verify/tfrt":              {"verify"},
	"cmd/internal/config":      {"rules"},
	"cmd/internal/gitignore":   {},
	"cmd/internal/baseline":    {"analyzer", "rules"},
	"cmd/internal/cli":         {"analyzer", "rules", "rules/symbols", "rewrite", "verify", "verify/tfrt", "cmd/internal/config", "cmd/internal/gitignore", "cmd/internal/baseline", "cmd/internal/lsp", "cmd/internal/prove"},
	"cmd/internal/lsp":         {"analyzer", "rules", "rewrite", "cmd/internal/config", "cmd/internal/baseline"},
	"cmd/tfmigrate":            {"cmd/internal/cli"},
	"cmd/internal/bench":       {"rewrite", "rules"},
	"cmd/internal/benchverify": {},
	"cmd/internal/corpus":      {"analyzer", "rewrite", "rules"},
	"cmd/internal/guidetable":  {"internal/behave"},
	"cmd/internal/newrule":     {},
	"cmd/internal/docs":        {},
	"cmd/internal/packaging":   {},
	"cmd/internal/picture":     {},
	"cmd/internal/programs":    {},
	"cmd/internal/prove":       {},
	"cmd/internal/ruledocs":    {"cmd/internal/cli", "rules"},
	"internal/behave":          {},
	"internal/importgraph":     {},
	"internal/modeltest":       {},
}

// testImports are what tests may import besides.
var testImports = []string{"internal/behave", "internal/modeltest", "cmd/internal/cli"}

// sourceFile is a Go file of the module, whatever its build constraints.
type sourceFile struct {
	path string // from the module's root, with slashes
	pkg  string // its directory
	test bool
	ast  *ast.File
	fset *token.FileSet
}

func (f sourceFile) at(n ast.Node) string { return f.fset.Position(n.Pos()).String() }

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// sourceFiles parses every Go file of the module: those behind build tags too, which go list would leave out.
func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	dir := root(t)
	var files []sourceFile
	fset := token.NewFileSet()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		pkg, _ := strings.CutSuffix(rel, "/"+filepath.Base(path))
		files = append(files, sourceFile{path: rel, pkg: pkg, test: strings.HasSuffix(rel, "_test.go"), ast: f, fset: fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d Go files in %s", len(files), dir)
	}
	return files
}

// importPaths are the import paths of a file.
func importPaths(f sourceFile) []string {
	var out []string
	for _, s := range f.ast.Imports {
		out = append(out, strings.Trim(s.Path.Value, `"`))
	}
	return out
}

// TestOwnImports holds the graph within the module.
func TestOwnImports(t *testing.T) {
	for _, f := range sourceFiles(t) {
		allowed, known := imports[f.pkg]
		if !known {
			t.Errorf("%s: package %s has no place in the graph", f.path, f.pkg)
			continue
		}
		if f.test {
			allowed = append(slices.Clone(allowed), testImports...)
			allowed = append(allowed, f.pkg)
		}
		for _, path := range importPaths(f) {
			if own, ok := strings.CutPrefix(path, module+"/"); ok && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s", f.path, own)
			}
		}
	}
}

// linksTensorFlow are the packages of the galeone module that bind the C library; its others are protocol buffers in pure Go.
var linksTensorFlow = []string{"github.com/galeone/tensorflow/tensorflow/go", "github.com/galeone/tensorflow/tensorflow/go/op"}

// TestForeignImports holds who may know what is not ours.
func TestForeignImports(t *testing.T) {
	only := []struct {
		path  string // or a path below it
		files []string
		tests bool // tests may too
	}{
		{"github.com/smacker/go-tree-sitter", []string{"analyzer/tree*.go"}, false},
		{"github.com/go-python/gpython", []string{"analyzer/*"}, false},
		{"github.com/sergi/go-diff", []string{"rewrite/diff.go"}, false},
		{"github.com/syndtr/goleveldb", []string{"verify/*"}, true},
		{"github.com/galeone/tensorflow", []string{"verify/*", "verify/tfrt/*", "internal/modeltest/*"}, true},
		{"github.com/spf13/cobra", []string{"cmd/internal/cli/*"}, false},
		{"github.com/pelletier/go-toml", []string{"cmd/internal/config/file.go"}, true},
		{"github.com/bmatcuk/doublestar", []string{"cmd/internal/config/glob.go", "cmd/internal/gitignore/pattern.go"}, false},
		{"github.com/owenrumney/go-sarif", []string{"cmd/internal/cli/*"}, false},
		{"github.com/sourcegraph/jsonrpc2", []string{"cmd/internal/lsp/*"}, true},
		{"github.com/creack/pty", []string{"cmd/internal/picture/*"}, false},
		{"golang.org/x/term", []string{"cmd/internal/cli/*"}, false},
		{"C", []string{"analyzer/tree_bulk.go", "verify/tfrt/*"}, false},
		{"log", nil, false},
		{"log/slog", nil, false},
		{"unsafe", []string{"analyzer/tree_bulk.go", "cmd/internal/bench/cold_linux.go", "verify/tfrt/*"}, false},
	}
	for _, f := range sourceFiles(t) {
		for _, path := range importPaths(f) {
			for _, o := range only {
				if path != o.path && !strings.HasPrefix(path, o.path+"/") || o.path == "log" && path != "log" || f.test && o.tests {
					continue
				}
				if !slices.ContainsFunc(o.files, func(pattern string) bool { ok, _ := filepath.Match(pattern, f.path); return ok }) {
					t.Errorf("%s imports %s", f.path, path)
				}
			}
			if slices.Contains(linksTensorFlow, path) && f.pkg != "verify/tfrt" {
				t.Errorf("%s imports %s, which links TensorFlow", f.path, path)
			}
		}
	}
}

// doings are what a function of the standard library does to the world.
var doings = map[string][]string{
	"prints":       {"fmt.Print", "fmt.Printf", "fmt.Println", "os.Stdout", "os.Stderr", "print", "println"},
	"exits":        {"os.Exit", "runtime.Goexit", "syscall.Exit"},
	"writes files": {"os.WriteFile", "os.Create", "os.CreateTemp", "os.OpenFile", "os.Rename", "os.Remove", "os.RemoveAll", "os.Truncate", "os.Mkdir", "os.MkdirAll", "os.MkdirTemp", "os.Symlink", "os.Link", "os.Chmod", "os.CopyFS"},
}

// mayDo names the files, by pattern, that may do it. Tests may do what they need.
var mayDo = map[string][]string{
	"prints": {"cmd/tfmigrate/main.go", "cmd/internal/bench/main.go", "cmd/internal/benchverify/main.go", "cmd/internal/guidetable/main.go", "cmd/internal/corpus/main.go", "cmd/internal/newrule/main.go", "cmd/internal/picture/main.go", "cmd/internal/ruledocs/main.go"},
	"exits":  {"cmd/tfmigrate/main.go", "cmd/internal/bench/main.go", "cmd/internal/benchverify/main.go", "cmd/internal/guidetable/main.go", "cmd/internal/corpus/main.go", "cmd/internal/newrule/main.go", "cmd/internal/picture/main.go", "cmd/internal/ruledocs/main.go"},
	"writes files": {"rewrite/write.go", "cmd/internal/bench/*", "cmd/internal/guidetable/main.go", "cmd/internal/newrule/main.go", "cmd/internal/picture/main.go", "cmd/internal/ruledocs/main.go", "cmd/internal/corpus/*", "internal/modeltest/*", "internal/behave/*",
		"cmd/internal/prove/*",                                                                                     // copies in a directory of its own
		"cmd/internal/cli/counterexample.go", "cmd/internal/cli/verify_html.go", "cmd/internal/cli/lint_report.go", // the files that --counterexample, --html and --output name
		"cmd/internal/cli/man.go"}, // the manual pages
}

// TestDoings holds that nothing but cmd prints or exits, and that only rewrite writes files, but for those that a flag names.
func TestDoings(t *testing.T) {
	for _, f := range sourceFiles(t) {
		if f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			name := ""
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Obj == nil {
					name = x.Name + "." + n.Sel.Name
				}
			case *ast.CallExpr:
				if x, ok := n.Fun.(*ast.Ident); ok && x.Obj == nil {
					name = x.Name
				}
			}
			for doing, names := range doings {
				may := slices.ContainsFunc(mayDo[doing], func(pattern string) bool { ok, _ := filepath.Match(pattern, f.path); return ok })
				if slices.Contains(names, name) && !may {
					t.Errorf("%s: %s %s", f.at(n), name, doing)
				}
			}
			return true
		})
	}
}

// TestNoInit holds that nothing happens before main, generated code aside.
func TestNoInit(t *testing.T) {
	for _, f := range sourceFiles(t) {
		if ast.IsGenerated(f.ast) {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: a function init", f.at(fn))
			}
		}
	}
}

// TestPackageDocs holds that every package has a doc.go, or for a program a main.go, that says what it is for.
func TestPackageDocs(t *testing.T) {
	documented, seen := map[string]bool{}, map[string]bool{}
	for _, f := range sourceFiles(t) {
		seen[f.pkg] = true
		if f.ast.Doc != nil && !f.test {
			documented[f.pkg] = true
		}
	}
	for pkg := range seen {
		if !documented[pkg] {
			t.Errorf("package %s has no documentation", pkg)
		}
	}
}

// TestDependencies holds, by what go list says of a build, that the whole program without the runtime reaches no package that links TensorFlow, and
// that no program carries the equipment of the tests.
func TestDependencies(t *testing.T) {
	for _, tags := range []string{"", "tensorflow"} {
		cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,CgoFiles,Standard", "-tags", tags, "./cmd/tfmigrate")
		cmd.Dir = root(t)
		out, err := cmd.Output()
		if err != nil {
			var e *exec.ExitError
			if errors.As(err, &e) {
				t.Fatalf("go list: %v\n%s", err, e.Stderr)
			}
			t.Fatal(err)
		}
		d := json.NewDecoder(strings.NewReader(string(out)))
		for {
			var p struct {
				ImportPath string
				CgoFiles   []string
				Standard   bool
			}
			if err := d.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			own, ours := strings.CutPrefix(p.ImportPath, module+"/")
			if ours && strings.HasPrefix(own, "internal/") {
				t.Errorf("tags %q: the program carries %s", tags, own)
			}
			if tags == "" && slices.Contains(linksTensorFlow, p.ImportPath) {
				t.Errorf("without the runtime the program carries %s", p.ImportPath)
			}
			mayCgo := p.Standard || strings.HasPrefix(p.ImportPath, "github.com/smacker/go-tree-sitter") || own == "analyzer" || tags != "" && (own == "verify/tfrt" || slices.Contains(linksTensorFlow, p.ImportPath))
			if len(p.CgoFiles) > 0 && !mayCgo {
				t.Errorf("tags %q: %s uses cgo", tags, p.ImportPath)
			}
		}
	}
}
