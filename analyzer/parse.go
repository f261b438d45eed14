package analyzer

import (
	"bytes"
	"context"
	"sort"
	"sync/atomic"
)

// File is one parsed Python source with everything the other packages ask about it. It is immutable once Parse returns
// but for the caches of its evaluator, so one goroutine owns a File.
type File struct {
	Path     string
	Src      []byte
	Module   *Block
	Comments []Span
	Errors   []Span // where the grammar gave up; empty for a file that it accepts

	lines    []int // byte offset of each line's first byte
	parent   map[Node]Node
	calls    []*Call
	callsTo  map[string][]int // the calls by the last names of their callees, as indices
	scopes   *Scope
	scopeOf  map[Node]*Scope
	resolved map[*Name]Resolution
	readIn   map[*Name]*Scope // the scope that reads a name
	bindings map[*Name]*Binding
	stores   map[string][]attrStore  // by the attribute's name
	attrs    map[string][]*Attribute // by name
	classes  []*ClassDef
	values   map[Expr]Value // what Value has answered
	families map[*ClassDef][]classRef
	exports  map[string][]*Binding // what a name of the module holds when all of it has run, nil among it for "not bound"
	spelled  map[*Call]*Attribute  // getattr(x, "name") as x.name

	sites map[defAt][]callSite // the calls that go to functions in view; nil until they are asked for

	ends *atomic.Pointer[ends] // see HasAsValue; nil until it is asked for, maybe by several goroutines at once

	project *Project // nil where the file stands alone
	module  bool     // the project's own copy of a file, which other files ask by its lock
}

// Parse reads src as Python. Source that the grammar cannot read is no error: File.Errors says where, and what could be
// read around it is there. The error is for a cancelled context or a parser that failed altogether.
func Parse(ctx context.Context, path string, src []byte) (*File, error) {
	if at := tooDeep(src); at >= 0 {
		f := newFile(path, src)
		f.Module, f.Errors = &Block{}, []Span{{at, len(src)}}
		f.index()
		bind(f)
		return f, nil
	}
	t, err := parseTree(ctx, path, src)
	if err != nil {
		return nil, err
	}
	if masked, found := maskTypeCalls(t, src); found {
		t.release()
		if t, err = parseTree(ctx, path, masked); err != nil {
			return nil, err
		}
	}
	f := newFile(path, src)
	lower(f, t)
	t.release()
	f.index()
	bind(f)
	return f, nil
}

func newFile(path string, src []byte) *File {
	return &File{Path: path, Src: src, lines: lineStarts(src), ends: new(atomic.Pointer[ends])}
}

// maxBrackets bounds how deep brackets may lie in each other: tree-sitter takes a time that grows with the square of those
// left open. CPython refuses more than 200.
const maxBrackets = 1000

// tooDeep is the offset of the first bracket that is nested too deep, or -1. It reads just enough of Python to pass over
// strings and comments.
func tooDeep(src []byte) int {
	depth := 0
	for i := 0; i < len(src); i++ {
		switch c := src[i]; c {
		case '(', '[', '{':
			if depth++; depth > maxBrackets {
				return i
			}
		case ')', ']', '}':
			depth = max(depth-1, 0)
		case '#':
			for i+1 < len(src) && src[i+1] != '\n' && src[i+1] != '\r' {
				i++
			}
		case '"', '\'':
			i = skipString(src, i)
		case '\\':
			i++
		}
	}
	return -1
}

// skipString is the offset of the last byte of the string that begins at i; one that is not closed ends with its line.
func skipString(src []byte, i int) int {
	quote := src[i : i+1]
	if long := src[i:min(i+3, len(src))]; len(long) == 3 && long[1] == long[0] && long[2] == long[0] {
		quote = long
	}
	for j := i + len(quote); j < len(src); j++ {
		switch {
		case src[j] == '\\':
			j++
		case bytes.HasPrefix(src[j:], quote):
			return j + len(quote) - 1
		case src[j] == '\n' && len(quote) == 1:
			return j
		}
	}
	return i + len(quote) - 1
}

// index records parents, the classes and the calls in source order.
func (f *File) index() {
	f.parent = make(map[Node]Node, len(f.Src)/8) // about as many as there are
	f.forget()
	f.attrs = map[string][]*Attribute{}
	name := func(x *Name, n Node) {
		if x != nil {
			f.parent[x] = n
		}
	}
	var around Node
	var visit func(n Node)
	below := func(c Node) {
		f.parent[c] = around
		visit(c)
	}
	visit = func(n Node) {
		// The names that a statement binds but does not evaluate are no children of it.
		switch n := n.(type) {
		case *Call:
			f.calls = append(f.calls, n)
		case *Attribute:
			f.attrs[n.Attr] = append(f.attrs[n.Attr], n)
		case *ClassDef:
			f.classes = append(f.classes, n)
			name(n.Name, n)
		case *FuncDef:
			name(n.Name, n)
			for _, p := range n.Params {
				name(p.Name, n)
			}
		case *Lambda:
			for _, p := range n.Params {
				name(p.Name, n)
			}
		case *Import:
			for _, in := range n.Names {
				name(in.As, n)
			}
		case *ImportFrom:
			for _, in := range n.Names {
				name(in.As, n)
			}
		case *Global:
			for _, x := range n.Names {
				name(x, n)
			}
		case *Match:
			for _, k := range n.Cases {
				for _, x := range k.Binds {
					name(x, n)
				}
			}
		}
		outer := around
		around = n
		Children(n, below)
		around = outer
	}
	visit(f.Module)
	sort.SliceStable(f.calls, func(i, j int) bool { return f.calls[i].Fn.Pos().End < f.calls[j].Fn.Pos().End })
	f.callsTo = map[string][]int{}
	for i, c := range f.calls {
		if name := lastName(c.Fn); name != "" {
			f.callsTo[name] = append(f.callsTo[name], i)
		}
	}
}

// forget empties the caches of the evaluator.
func (f *File) forget() {
	f.values = map[Expr]Value{}
	f.families = map[*ClassDef][]classRef{}
	f.spelled = map[*Call]*Attribute{}
	f.sites = nil
}

// again is a File of the same source with caches of its own, so that another goroutine may own it.
func (f *File) again() *File {
	g := *f
	g.forget()
	return &g
}

// Calls are all calls of the file, ordered by where the callee ends.
func (f *File) Calls() []*Call { return f.calls }

// Parent is the node right around n, nil for the module.
func (f *File) Parent(n Node) Node { return f.parent[n] }

// StmtOf is the innermost statement around n, or n itself if it is one; nil for the module's block.
func (f *File) StmtOf(n Node) Stmt {
	for ; n != nil; n = f.parent[n] {
		if s, ok := n.(Stmt); ok {
			return s
		}
	}
	return nil
}

// BlockOf is the block that holds s, and s's index in it.
func (f *File) BlockOf(s Stmt) (*Block, int) {
	b, _ := f.parent[s].(*Block)
	if b != nil {
		i := sort.Search(len(b.Stmts), func(i int) bool { return b.Stmts[i].Pos().Start >= s.Pos().Start })
		for ; i < len(b.Stmts); i++ {
			if b.Stmts[i] == s {
				return b, i
			}
		}
	}
	return nil, -1
}

// FuncOf is the function that n is in (not n itself), or nil at module or class level.
func (f *File) FuncOf(n Node) *FuncDef {
	for n = f.parent[n]; n != nil; n = f.parent[n] {
		if d, ok := n.(*FuncDef); ok {
			return d
		}
	}
	return nil
}

// ClassOf is the class whose body n is in, looking through functions, or nil.
func (f *File) ClassOf(n Node) *ClassDef {
	for n = f.parent[n]; n != nil; n = f.parent[n] {
		if d, ok := n.(*ClassDef); ok {
			return d
		}
	}
	return nil
}

// Text is the source of a span.
func (f *File) Text(s Span) string { return string(f.Src[s.Start:s.End]) }

// Position is the line and the column of an offset, both from 1; the column counts bytes.
func (f *File) Position(offset int) (line, column int) {
	i := sort.SearchInts(f.lines, offset+1) - 1
	return i + 1, offset - f.lines[i] + 1
}

// LineSpan is the span of the lines that s touches, with the last line's newline.
func (f *File) LineSpan(s Span) Span {
	first, _ := f.Position(s.Start)
	end := s.End
	if end > s.Start {
		end--
	}
	last, _ := f.Position(end)
	out := Span{f.lines[first-1], len(f.Src)}
	if last < len(f.lines) {
		out.End = f.lines[last]
	}
	return out
}

func lineStarts(src []byte) []int {
	starts := []int{0}
	for i, c := range src {
		if c == '\n' || c == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	return starts
}
