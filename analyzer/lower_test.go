package analyzer

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// checkTree reports whatever is wrong with the spans of a tree: out of bounds, or outside of what is around.
func checkTree(f *File) error {
	in := Span{0, len(f.Src)}
	for _, s := range append(append([]Span(nil), f.Errors...), f.Comments...) {
		if s.Start > s.End || !in.Contains(s) {
			return fmt.Errorf("span %v of an error or a comment is out of bounds", s)
		}
	}
	for i := 1; i < len(f.Comments); i++ {
		if f.Comments[i].Start < f.Comments[i-1].End {
			return fmt.Errorf("comments %v and %v are out of order or the same", f.Comments[i-1], f.Comments[i])
		}
	}
	var err error
	seen := map[Node]bool{}
	Walk(f.Module, func(n Node) bool {
		s := n.Pos()
		if err != nil || seen[n] {
			if err == nil {
				err = fmt.Errorf("%T %v is there twice", n, s)
			}
			return false
		}
		seen[n] = true
		if s.Start > s.End || !in.Contains(s) {
			err = fmt.Errorf("%T %v is out of bounds", n, s)
		}
		if p := f.Parent(n); p != nil && !p.Pos().Contains(s) {
			err = fmt.Errorf("%T %v is not inside its %T %v", n, s, p, p.Pos())
		}
		switch n := n.(type) {
		case *Name:
			if b := f.BindingOf(n); b == nil && len(f.Resolve(n).Bindings) == 0 && !f.Resolve(n).Unbound && len(f.Errors) == 0 {
				err = fmt.Errorf("name %s at %v is neither bound nor read", n.ID, s)
			}
		case *Compare:
			if len(n.Ops) != len(n.Operands)-1 && len(f.Errors) == 0 {
				err = fmt.Errorf("%d operands and operators %q at %v", len(n.Operands), n.Ops, s)
			}
		case Stmt:
			if b, i := f.BlockOf(n); b == nil || b.Stmts[i] != n {
				err = fmt.Errorf("%T %v is in no block", n, s)
			}
		}
		return err == nil
	})
	return err
}

// kindOf is a word for what an expression is.
func kindOf(e Expr) string {
	switch e := e.(type) {
	case *Seq:
		return fmt.Sprintf("%T %d", e, e.Kind)
	case *Comp:
		return fmt.Sprintf("%T %d", e, e.Kind)
	case *Str:
		return fmt.Sprintf("%T %q %v %d", e, e.Value, e.Opaque, len(e.Parts))
	}
	return fmt.Sprintf("%T", e)
}

// TestSpans: the text of an expression's span, parsed again between parentheses, is that expression.
func TestSpans(t *testing.T) {
	checked := 0
	for _, path := range pythonFiles(t, "../testdata") {
		f := parseFile(t, path)
		if err := checkTree(f); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if len(f.Errors) > 0 {
			continue
		}
		Walk(f.Module, func(n Node) bool {
			e, ok := n.(Expr)
			if !ok {
				return true
			}
			switch e := e.(type) {
			case *Starred, *Slice, *Walrus: // no expressions on their own, or not the same ones
				return true
			case *Seq:
				if f.isBound(e) {
					return true
				}
			case *Other:
				return e.Kind != "type"
			case *Str:
				if p, ok := f.Parent(e).(*Str); ok && p.Pos() == e.Pos() {
					return true
				}
			}
			text := f.Text(e.Pos())
			again, err := Parse(t.Context(), "again.py", []byte("("+text+"\n)\n"))
			if err != nil {
				t.Fatal(err)
			}
			checked++
			if len(again.Errors) > 0 || len(again.Module.Stmts) != 1 {
				t.Errorf("%s: %T %q is none on its own", path, e, text)
				return true
			}
			s, ok := again.Module.Stmts[0].(*ExprStmt)
			if !ok || kindOf(s.X) != kindOf(e) {
				t.Errorf("%s: %s %q is %s on its own", path, kindOf(e), text, kindOf(s.X))
			}
			return true
		})
	}
	t.Logf("%d expressions", checked)
}

func (f *File) isBound(e Expr) bool { return (&tracker{f: f}).isTarget(e) || f.inClause(e) }

// inClause tells whether e is the target of a comprehension or of an except.
func (f *File) inClause(e Expr) bool {
	switch p := f.Parent(e).(type) {
	case *Comp:
		for _, k := range p.Clauses {
			if k.Target == e {
				return true
			}
		}
	case *Try:
		return true
	case *Seq:
		return f.inClause(p)
	}
	return false
}

// TestSources: odd but whole sources, with the text of what their one call calls.
func TestSources(t *testing.T) {
	for name, c := range map[string]struct{ src, call, constant string }{
		"empty":              {"", "", ""},
		"a newline":          {"\n", "", ""},
		"blanks":             {"  \t ", "", ""},
		"comments":           {"# a\n   # b", "", ""},
		"no final newline":   {"f('a')", "f", "a"},
		"CRLF":               {"if x:\r\n    f('a')\r\nelse:\r\n    pass\r\n", "f", "a"},
		"tabs":               {"if x:\n\tif y:\n\t\tf('a')\n", "f", "a"},
		"tabs and blanks":    {"if x:\n        y\n\tf('a')\n", "f", "a"},
		"form feed":          {"x\n\x0c\nf('a')\n", "f", "a"},
		"BOM":                {"\ufefff('a')\n", "f", "a"},
		"parentheses":        {"((f))(('a'))\n", "f", "a"},
		"lines":              {"f(\n    'a' # b\n    'c' )\n", "f", "ac"},
		"continued":          {"f\\\n  (\\\n'a')\n", "f", "a"},
		"concatenated":       {"f('a' \"b\" '''c''')\n", "f", "abc"},
		"unicode":            {"été.ñ('é')\n", "été.ñ", "é"},
		"decorator":          {"@f('a')\n# b\ndef g(): pass\n", "f", "a"},
		"semicolons":         {"x = 1; f('a'); y = 2\n", "f", "a"},
		"one line":           {"if x: f('a')\n", "f", "a"},
		"await":              {"async def g():\n    await f('a')\n", "f", "a"},
		"yield":              {"def g():\n    x = yield f('a')\n", "f", "a"},
		"print":              {"print(f('a'), file=x)\n", "f", "a"},
		"soft keywords":      {"match = case = type = print = exec = 1\nmatch.case(type)\nf('a')\n", "f", "a"},
		"type is a function": {"type(x).y = f('a')\n", "f", "a"},
		"type alias":         {"type X = int\nf('a')\n", "f", "a"},
		"last comment":       {"def g():\n    f('a')\n    # b\n# c\n", "f", "a"},
		"comment in a body":  {"def g():\n# b\n    f('a')\n", "f", "a"},
	} {
		f, err := Parse(t.Context(), name, []byte(c.src))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Errors) > 0 {
			t.Errorf("%s: errors at %v", name, f.Errors)
		}
		if err := checkTree(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		found := c.call == ""
		for _, call := range f.Calls() {
			if f.Text(call.Fn.Pos()) != c.call || len(call.Args) != 1 {
				continue
			}
			found = true
			if s, ok := f.ConstString(call.Args[0].Value, nil); !ok || s != c.constant {
				t.Errorf("%s: argument is %q, %v", name, s, ok)
			}
		}
		if !found {
			t.Errorf("%s: no call of %s", name, c.call)
		}
	}
}

// TestTooDeep: what is nested too deep is an error of the file, not passed over.
func TestTooDeep(t *testing.T) {
	for _, src := range []string{
		strings.Repeat("[", 50000) + strings.Repeat("]", 50000),
		strings.Repeat("f(", 2000),
		"x = " + strings.Repeat("-", 50000) + "1\n",
		"x = 1" + strings.Repeat(" + 1", 50000),
	} {
		f, err := Parse(t.Context(), "deep.py", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Errors) == 0 {
			t.Errorf("%.20s...: no error", src)
		}
	}
	for _, src := range []string{
		strings.Repeat("[", 500) + strings.Repeat("]", 500),
		"x = 1" + strings.Repeat(" + 1", 5000),
		"'" + strings.Repeat("(", 5000) + "'\n# " + strings.Repeat("[", 5000) + "\n'''\n" + strings.Repeat("{", 5000) + "\n'''",
	} {
		f, err := Parse(t.Context(), "deep.py", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Errors) > 0 {
			t.Errorf("%.20s...: errors at %v", src, f.Errors)
		}
	}
}

// cpuTime is what the process has spent so far: other work on the machine does not count.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestLargeFile: the time for a file grows with its size and not faster.
func TestLargeFile(t *testing.T) {
	layout, err := os.ReadFile(filepath.Join("..", "testdata", "analyzer", "scopes.py"))
	if err != nil {
		t.Fatal(err)
	}
	branches, err := os.ReadFile(filepath.Join("..", "testdata", "analyzer", "branches.py"))
	if err != nil {
		t.Fatal(err)
	}
	unit := append(append(layout, branches...), '\n')
	asked := 0
	took := func(size int) time.Duration {
		src := bytes.Repeat(unit, size/len(unit)+1)
		start := cpuTime(t)
		f, err := Parse(t.Context(), "large.py", src)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range f.Calls() {
			f.Names(c.Fn)
			f.StmtOf(c)
			f.BlockOf(f.StmtOf(c))
		}
		for b := range f.bindings {
			f.Uses(f.bindings[b])
			if asked++; asked%1000 == 0 {
				break
			}
		}
		return cpuTime(t) - start
	}
	size := 1 << 20
	if *everything {
		size = 5 << 20
	}
	small, large := took(size/20), took(size)
	t.Logf("%d KiB: %v, %d KiB: %v", size/20>>10, small, size>>10, large)
	if large > 100*small { // 20 times as large; what grows with the square would take 400 times as long
		t.Errorf("%d KiB took %v, a 20th of it %v", size>>10, large, small)
	}
}
