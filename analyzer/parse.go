package analyzer

import (
	"context"
	"fmt"
	"sort"

	sitter "github.com/smacker/go-tree-sitter"
	"github.com/smacker/go-tree-sitter/python"
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
	scopes   *Scope
	scopeOf  map[Node]*Scope
	resolved map[*Name]Resolution
	bindings map[*Name]*Binding
}

// Parse reads src as Python. Source that the grammar cannot read is no error: File.Errors says where, and what could be
// read around it is there. The error is for a cancelled context or a parser that failed altogether.
func Parse(ctx context.Context, path string, src []byte) (*File, error) {
	p := sitter.NewParser()
	defer p.Close()
	p.SetLanguage(python.GetLanguage())
	tree, err := p.ParseCtx(ctx, nil, src)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", path, err)
	}
	defer tree.Close()
	f := &File{Path: path, Src: src, lines: lineStarts(src)}
	lower(f, tree.RootNode())
	f.index()
	bind(f)
	return f, nil
}

// index records parents and the calls in source order.
func (f *File) index() {
	f.parent = map[Node]Node{}
	var visit func(n Node)
	visit = func(n Node) {
		if c, ok := n.(*Call); ok {
			f.calls = append(f.calls, c)
		}
		Children(n, func(c Node) {
			f.parent[c] = n
			visit(c)
		})
	}
	visit(f.Module)
	sort.SliceStable(f.calls, func(i, j int) bool { return f.calls[i].Fn.Pos().End < f.calls[j].Fn.Pos().End })
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
		for i, t := range b.Stmts {
			if t == s {
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
