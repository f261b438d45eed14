package analyzer

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/go-python/gpython/parser"
	"github.com/go-python/gpython/py"
	"github.com/go-python/gpython/symtable"
)

var everything = flag.Bool("everything", false, "compare all of CPython's library, not every tenth file, and parse a larger file")

// reply is one line of testdata/cpython.py.
type reply struct {
	Answer  json.RawMessage
	Refused string
}

// askPython runs testdata/cpython.py in the given mode on lines of input.
func askPython(t *testing.T, mode string, lines []string) []reply {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "python3", "testdata/cpython.py", mode)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3 (the tests compare with CPython 3.11): %v\n%s", err, stderr.String())
	}
	var out []reply
	d := json.NewDecoder(bytes.NewReader(raw))
	for d.More() {
		var r reply
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	if len(out) != len(lines) {
		t.Fatalf("python3 answered %d of %d", len(out), len(lines))
	}
	return out
}

// pythonFiles are the Python files below a folder.
func pythonFiles(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "site-packages" {
			return fs.SkipDir
		}
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".py") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sample are the Python files below a folder: all of the project's own, and every tenth of others.
func sample(t *testing.T, root string) []string {
	t.Helper()
	all := pythonFiles(t, root)
	if len(all) == 0 {
		t.Fatalf("no Python files below %s", root)
	}
	if *everything || strings.HasPrefix(root, "..") {
		return all
	}
	var out []string
	for i := 0; i < len(all); i += 10 {
		out = append(out, all[i])
	}
	return out
}

// standardLibrary is where python3 keeps its own modules: files that nobody here wrote.
func standardLibrary(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "python3", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func parseFile(t *testing.T, path string) *File {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(t.Context(), path, src)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// scopeTable is what CPython's symtable and the analyzer both say of a scope.
type scopeTable struct {
	Kind, Name string
	Names      map[string]string
	Inner      []*scopeTable
}

// lines are a scope and those in it in a canonical form. Scopes of one place that are called the same are in no order.
func (s *scopeTable) lines(path string) []string {
	path += "/" + s.Kind + " " + s.Name
	var names []string
	for n, k := range s.Names {
		names = append(names, n+" "+k)
	}
	sort.Strings(names)
	out := []string{path + ": " + strings.Join(names, ", ")}
	for _, in := range s.Inner {
		out = append(out, in.lines(path)...)
	}
	sort.Strings(out)
	return out
}

// scopeTables is what the analyzer says of a file.
func scopeTables(f *File) *scopeTable {
	reads := map[*Scope][]string{}
	for n, s := range f.readIn {
		reads[s] = append(reads[s], n.ID)
	}
	Walk(f.Module, func(n Node) bool {
		// CPython notes a walrus in the comprehension that it stands in, as a nonlocal.
		if w, ok := n.(*Walrus); ok && f.Scope(w).Kind == CompScope {
			reads[f.Scope(w)] = append(reads[f.Scope(w)], w.Target.ID)
		}
		return true
	})
	var table func(s *Scope, class string) *scopeTable
	table = func(s *Scope, class string) *scopeTable {
		out := &scopeTable{Names: map[string]string{}}
		switch n := s.Node.(type) {
		case *Block:
			out.Kind, out.Name = "module", "top"
		case *ClassDef:
			out.Kind, out.Name, class = "class", n.Name.ID, n.Name.ID
		case *FuncDef:
			out.Kind, out.Name = "function", n.Name.ID
		case *Lambda:
			out.Kind, out.Name = "function", "lambda"
		case *Comp:
			out.Kind, out.Name = "function", map[SeqKind]string{ListSeq: "listcomp", SetSeq: "setcomp", DictSeq: "dictcomp", Generator: "genexpr"}[n.Kind]
		}
		names := reads[s]
		for n, v := range s.Vars {
			// What only an inner scope binds by nonlocal is none of this scope's; it is an error, too.
			if !v.foreign || s.Kind == ModuleScope || slices.ContainsFunc(v.Bindings, func(b *Binding) bool { return slices.Contains(s.ordered, b) }) {
				names = append(names, n)
			}
		}
		for n := range s.declared {
			names = append(names, n)
		}
		if s.Kind == ModuleScope {
			names = append(names, declaredGlobal(s)...)
		}
		for _, n := range names {
			if n == "__class__" { // left out above, too
				continue
			}
			kind := "global"
			_, home := s.lookupVar(n)
			_, declared := s.declared[n]
			switch {
			case declared && home == nil, home == nil:
			case home == s && !declared:
				kind = "local"
			case home.Kind != ModuleScope:
				kind = "free"
			}
			if s.Kind == ModuleScope { // where being local or global is the same
				kind = "global"
			}
			out.Names[mangle(n, class)] = kind
		}
		for _, in := range s.Inner {
			out.Inner = append(out.Inner, table(in, class))
		}
		return out
	}
	return table(f.scopes, "")
}

// declaredGlobal are the names that the scopes inside s declare global; CPython puts them into the module's table.
func declaredGlobal(s *Scope) []string {
	var out []string
	for _, in := range s.Inner {
		for n, target := range in.declared {
			if target.Kind == ModuleScope {
				out = append(out, n)
			}
		}
		out = append(out, declaredGlobal(in)...)
	}
	return out
}

// mangle is the name that a class's private name has to the compiler.
func mangle(name, class string) string {
	class = strings.TrimLeft(class, "_")
	if class == "" || !strings.HasPrefix(name, "__") || strings.HasSuffix(name, "__") {
		return name
	}
	return "_" + class + name
}

// compareScopes reports the first few differences between two descriptions of a file's scopes.
func compareScopes(t *testing.T, path string, want, got *scopeTable) {
	t.Helper()
	w, g := want.lines(""), got.lines("")
	if slices.Equal(w, g) {
		return
	}
	var diff []string
	for _, l := range w {
		if !slices.Contains(g, l) {
			diff = append(diff, "- "+l)
		}
	}
	for _, l := range g {
		if !slices.Contains(w, l) {
			diff = append(diff, "+ "+l)
		}
	}
	sort.SliceStable(diff, func(i, j int) bool { return diff[i][2:] < diff[j][2:] })
	t.Errorf("%s: scopes differ (- CPython, + analyzer)\n%s", path, strings.Join(diff[:min(len(diff), 8)], "\n"))
}

// TestScopesAgainstCPython compares every scope of every Python file of testdata and of CPython's own library.
func TestScopesAgainstCPython(t *testing.T) {
	for _, root := range []string{"../testdata", standardLibrary(t)} {
		paths := sample(t, root)
		refused, future := 0, 0
		for i, r := range askPython(t, "symtable", paths) {
			if r.Refused != "" { // Python 2, or a file that is broken on purpose
				refused++
				if strings.HasPrefix(root, "..") && !strings.Contains(paths[i], "python2") && !strings.Contains(paths[i], "broken") {
					t.Errorf("%s: %s", paths[i], r.Refused)
				}
				continue
			}
			f := parseFile(t, paths[i])
			if len(f.Errors) > 0 {
				if strings.HasPrefix(root, "..") {
					t.Errorf("%s: the grammar gave up at %v", paths[i], f.Errors)
				}
				refused++
				continue
			}
			if bytes.Contains(f.Src, []byte("from __future__ import annotations")) {
				future++ // the annotations of such a file are in no scope
				continue
			}
			var want scopeTable
			if err := json.Unmarshal(r.Answer, &want); err != nil {
				t.Fatal(err)
			}
			compareScopes(t, paths[i], &want, scopeTables(f))
		}
		t.Logf("%s: %d files, %d compared, %d that CPython or the grammar refused, %d with annotations as text", root, len(paths), len(paths)-refused-future, refused, future)
		if compared := len(paths) - refused - future; compared*10 < len(paths)*7 {
			t.Errorf("%s: only %d of %d files were compared", root, compared, len(paths))
		}
	}
}

// TestScopesAgainstGpython asks gpython's symtable for a second opinion on what it can read.
func TestScopesAgainstGpython(t *testing.T) {
	compared, refused := 0, 0
	paths := pythonFiles(t, "../testdata")
	for _, path := range paths {
		f := parseFile(t, path)
		want, err := gpythonScopes(f.Src, path)
		if err != nil || len(f.Errors) > 0 {
			refused++
			continue
		}
		compared++
		compareScopes(t, path, want, scopeTables(f))
	}
	t.Logf("%d files compared, %d that gpython could not read", compared, refused)
	if compared*4 < len(paths) {
		t.Errorf("only %d of %d files were compared", compared, len(paths))
	}
}

func gpythonScopes(src []byte, path string) (out *scopeTable, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("gpython: %v", r)
		}
	}()
	tree, err := parser.ParseString(string(src)+"\n", py.ExecMode)
	if err != nil {
		return nil, err
	}
	st, err := symtable.NewSymTable(tree, path)
	if err != nil {
		return nil, err
	}
	var table func(st *symtable.SymTable, class string) *scopeTable
	table = func(st *symtable.SymTable, class string) *scopeTable {
		out := &scopeTable{Name: st.Name, Names: map[string]string{}}
		switch st.Type {
		case symtable.ModuleBlock:
			out.Kind = "module"
		case symtable.ClassBlock:
			out.Kind, class = "class", st.Name
		case symtable.FunctionBlock:
			out.Kind = "function"
		}
		const own = symtable.DefGlobal | symtable.DefLocal | symtable.DefParam | symtable.DefNonlocal | symtable.DefUse | symtable.DefImport
		for n, s := range st.Symbols {
			// gpython keeps a dotted decorator as one name, and a variable _[1] for what a comprehension gathers.
			if s.Flags&own == 0 || strings.ContainsAny(n, ".[") || n == "__class__" {
				continue
			}
			kind := "global"
			switch s.Scope {
			case symtable.ScopeLocal, symtable.ScopeCell:
				if st.Type != symtable.ModuleBlock {
					kind = "local"
				}
			case symtable.ScopeFree:
				kind = "free"
			}
			out.Names[mangle(n, class)] = kind
		}
		for _, c := range st.Children {
			out.Inner = append(out.Inner, table(c, class))
		}
		return out
	}
	return table(st, ""), nil
}

// TestCommentsAgainstCPython compares File.Comments with what tokenize finds.
func TestCommentsAgainstCPython(t *testing.T) {
	for _, root := range []string{"../testdata", standardLibrary(t)} {
		paths := sample(t, root)
		compared, comments := 0, 0
		for i, r := range askPython(t, "comments", paths) {
			if r.Refused != "" {
				continue
			}
			f := parseFile(t, paths[i])
			if len(f.Errors) > 0 {
				continue
			}
			var pairs [][2]int
			if err := json.Unmarshal(r.Answer, &pairs); err != nil {
				t.Fatal(err)
			}
			var want []Span
			for _, p := range pairs {
				want = append(want, Span{p[0], p[1]})
			}
			compared++
			comments += len(want)
			if !slices.Equal(want, f.Comments) {
				t.Errorf("%s: %d comments, CPython has %d", paths[i], len(f.Comments), len(want))
				for _, s := range want {
					if !slices.Contains(f.Comments, s) {
						t.Errorf("  missing %q", f.Text(s))
						break
					}
				}
				for _, s := range f.Comments {
					if !slices.Contains(want, s) {
						t.Errorf("  extra %q", f.Text(s))
						break
					}
				}
			}
		}
		t.Logf("%s: %d of %d files compared, %d comments", root, compared, len(paths), comments)
		if compared*10 < len(paths)*7 {
			t.Errorf("%s: only %d of %d files were compared", root, compared, len(paths))
		}
	}
}
